//! The picture against what it has to show: whether it draws is seen in its pixels, what it says in its text.

use super::*;
use crate::model::lexicon::{CompanyName, TopicLook};
use crate::model::trends::{Days, Trend};

fn shown(companies: usize) -> (Trends, Lexicon) {
    let days = Days::ending("2026-03-08".parse().unwrap(), 7);
    let names = ["OpenAI", "엔비디아", "한국전자통신연구원 부설연구소", "A & B <\"Labs\">"];
    let trend =
        |key: &str, by_day: [u32; 7], before| Trend { key: key.to_owned(), by_day: by_day.into(), before };
    let lexicon = Lexicon {
        companies: names
            .iter()
            .map(|name| {
                let name = (*name).to_owned();
                (name.clone(), CompanyName { ko: name.clone(), en: name })
            })
            .collect(),
        topics: [(
            "chips".to_owned(),
            TopicLook {
                ko: "반도체".to_owned(),
                en: "chips".to_owned(),
                emoji: "🔲".to_owned(),
                colour: 0x2e_cc71,
            },
        )]
        .into(),
    };
    let trends = Trends {
        days,
        before: days.before(),
        articles: 42,
        articles_before: 38,
        companies: (0_u32..)
            .zip(names.iter().cycle().take(companies))
            .map(|(place, name)| trend(name, [5, 0, 3, 1, 0, 2, 20 - place.min(20)], 7 + place))
            .collect(),
        topics: vec![trend("chips", [1, 2, 3, 4, 5, 6, 7], 30)],
    };
    (trends, lexicon)
}

#[test]
fn it_is_a_picture_on_light_ground() {
    let (trends, lexicon) = shown(4);
    let picture = super::trends(&trends, &lexicon, Language::Ko).unwrap();
    assert!(picture.png.len() < 200_000, "{} bytes", picture.png.len());
    let pixels = Pixmap::decode_png(&picture.png).unwrap();
    assert_eq!(pixels.width(), 1280);
    let light = pixels.pixels().iter().filter(|pixel| pixel.red() > 0xf0 && pixel.alpha() == 0xff).count();
    assert!(
        light * 10 > pixels.pixels().len() * 8,
        "most of it is light, and nothing lets the theme through"
    );
}

#[test]
fn every_letter_of_a_name_is_drawn() {
    let drawn = |letter: char| {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"24\" height=\"24\">\
             <text x=\"2\" y=\"20\" font-size=\"20\">{}</text></svg>",
            crate::text::html(&letter.to_string())
        );
        png(&svg).unwrap()
    };
    // What the font lacks looks like a letter that no font has.
    let missing = drawn('\u{e000}');
    let dictionaries = crate::enrich::Dictionaries::shipped();
    let lexicon = dictionaries.lexicon();
    let names = lexicon.companies.values().flat_map(|name| [&name.ko, &name.en]);
    let topics = lexicon.topics.values().flat_map(|look| [&look.ko, &look.en]);
    let letters: std::collections::BTreeSet<char> =
        names.chain(topics).flat_map(|name| name.chars()).chain("·▲▼–…0123456789".chars()).collect();
    for letter in letters.into_iter().filter(|letter| *letter != ' ') {
        assert!(drawn(letter) != missing, "{letter}");
    }
}

#[test]
fn names_are_data_and_do_not_reach_their_bars() {
    let (trends, lexicon) = shown(4);
    let drawing = draw::trends(&trends, &lexicon, Language::Ko);
    assert!(drawing.svg.contains("A &amp; B &lt;&quot;Lab…"), "{}", drawing.svg);
    assert!(drawing.svg.contains("한국전자통신…"), "{}", drawing.svg);
    assert!(drawing.svg.contains("기사 42건 · 이전 7일 38건"), "{}", drawing.svg);
}

#[test]
fn without_news_there_is_no_picture() {
    let (mut trends, lexicon) = shown(0);
    trends.topics.clear();
    assert!(super::trends(&trends, &lexicon, Language::En).is_none());
}
