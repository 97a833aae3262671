//! Draws trends as SVG: companies on the left, topics on the right. All lengths are pixels.

use std::fmt::Write as _;

use crate::model::language::Language;
use crate::model::lexicon::Lexicon;
use crate::model::trends::{Days, Trend, Trends};
use crate::render::words::Phrase;
use crate::text::attribute;

const WIDTH: u32 = 1280;
const MARGIN: u32 = 48;
/// A column's left edge is a margin, or this far from it.
const SECOND_COLUMN: u32 = 620;
/// Where the rows begin, and how far apart they are.
const TOP: u32 = 190;
const ROW: u32 = 46;
/// The most rows of a column.
const ROWS: usize = 10;
/// Within a column: where bars begin, the longest bar, where lines begin and how wide they are, where it ends.
const BAR_AT: u32 = 178;
const BAR: u32 = 176;
const LINE_AT: u32 = 410;
const LINE: u32 = 84;
const END: u32 = 564;
/// The widest name, in hundredths of its letters' height.
const NAME: u32 = 760;

const GROUND: &str = "#fbfbfa";
const INK: &str = "#1c1d21";
const FAINT: &str = "#6b6f76";
const RULE: &str = "#e3e4e6";
/// Companies' bars; topics have colours of their own.
const COMPANIES: u32 = 0x3b6fd4;
const MORE: &str = "#157f3c";
const LESS: &str = "#b3372f";

/// A picture as text, and what it is called.
pub(super) struct Drawing {
    pub(super) svg: String,
    pub(super) title: String,
}

/// One bar.
struct Row<'a> {
    name: &'a str,
    colour: u32,
    trend: &'a Trend,
}

pub(super) fn trends(trends: &Trends, lexicon: &Lexicon, language: Language) -> Drawing {
    let companies: Vec<Row<'_>> = trends
        .companies
        .iter()
        .take(ROWS)
        .map(|trend| Row { name: lexicon.company(&trend.key, language), colour: COMPANIES, trend })
        .collect();
    let topics: Vec<Row<'_>> = trends
        .topics
        .iter()
        .take(ROWS)
        .map(|trend| Row {
            name: lexicon.topic(&trend.key, language),
            colour: lexicon.topics.get(&trend.key).map_or(COMPANIES, |look| look.colour),
            trend,
        })
        .collect();
    let rows = u32::try_from(companies.len().max(topics.len())).unwrap_or_default();
    let height = TOP + rows * ROW + MARGIN / 2;
    let title = Phrase::TrendsTitle.say(language);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\">\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"{GROUND}\"/>"
    );
    text(&mut svg, MARGIN, 76, 38, INK, &format!("{title} · {}", days(trends.days)));
    let counted = Phrase::TrendsCounts(trends.articles, trends.days.count(), trends.articles_before);
    text(&mut svg, MARGIN, 116, 22, FAINT, &counted.say(language));
    column(&mut svg, MARGIN, &Phrase::Companies.say(language), &companies);
    column(&mut svg, MARGIN + SECOND_COLUMN, &Phrase::Topics.say(language), &topics);
    svg.push_str("</svg>");
    Drawing { svg, title: format!("{title} {}", days(trends.days)) }
}

fn column(svg: &mut String, left: u32, title: &str, rows: &[Row<'_>]) {
    text(svg, left, TOP - 26, 22, FAINT, title);
    let _ =
        write!(svg, "<rect x=\"{left}\" y=\"{}\" width=\"{END}\" height=\"1\" fill=\"{RULE}\"/>", TOP - 12);
    let most = rows.iter().map(|row| row.trend.total()).max().unwrap_or(1).max(1);
    for (place, row) in (0..).zip(rows) {
        let (top, total) = (TOP + place * ROW, row.trend.total());
        let base = top + 26;
        text(svg, left, base, 22, INK, &shortened(row.name));
        let length = (BAR * total / most).max(4);
        let _ = write!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{length}\" height=\"20\" rx=\"4\" fill=\"#{:06x}\"/>",
            left + BAR_AT,
            top + 8,
            row.colour
        );
        text(svg, left + BAR_AT + length + 8, base, 20, INK, &total.to_string());
        line(svg, left + LINE_AT, top + 6, row);
        change(svg, left + END, base, row.trend);
    }
}

/// The days of a row as a line; nothing where there are too few for one.
fn line(svg: &mut String, left: u32, top: u32, row: &Row<'_>) {
    const HEIGHT: u32 = 24;
    let by_day = &row.trend.by_day;
    let Some(steps) = by_day.len().checked_sub(1).filter(|steps| *steps > 1) else { return };
    let most = by_day.iter().copied().max().unwrap_or(1).max(1);
    let points: Vec<String> = by_day
        .iter()
        .enumerate()
        .map(|(day, count)| {
            let x = f64::from(left) + f64::from(LINE) * day as f64 / steps as f64;
            let y = f64::from(top + HEIGHT) - f64::from(HEIGHT * count) / f64::from(most);
            format!("{x:.1},{y:.1}")
        })
        .collect();
    let _ = write!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#{:06x}\" stroke-width=\"2.5\" \
         stroke-linejoin=\"round\" stroke-linecap=\"round\"/>",
        points.join(" "),
        row.colour
    );
}

/// How much more or less than before, at the end of a row.
fn change(svg: &mut String, right: u32, base: u32, trend: &Trend) {
    let (now, before) = (trend.total(), trend.before);
    let (colour, shown) = match now.cmp(&before) {
        std::cmp::Ordering::Greater => (MORE, format!("▲ {}", now - before)),
        std::cmp::Ordering::Less => (LESS, format!("▼ {}", before - now)),
        std::cmp::Ordering::Equal => (FAINT, "–".to_owned()),
    };
    let _ = write!(
        svg,
        "<text x=\"{right}\" y=\"{base}\" font-size=\"20\" fill=\"{colour}\" text-anchor=\"end\">{}</text>",
        attribute(&shown)
    );
}

fn text(svg: &mut String, x: u32, y: u32, size: u32, colour: &str, text: &str) {
    let _ = write!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{colour}\">{}</text>",
        attribute(text)
    );
}

fn days(days: Days) -> String {
    if days.first == days.last {
        return days.last.to_string();
    }
    format!("{} – {}", days.first, days.last.format("%m-%d"))
}

/// A name that does not reach its bar. A Latin letter is about half as wide as a Korean syllable.
fn shortened(name: &str) -> String {
    let width = |c: char| if c.is_ascii() { 56 } else { 96 };
    let whole: u32 = name.chars().map(width).sum();
    if whole <= NAME {
        return name.to_owned();
    }
    let mut left = NAME - width('…');
    let kept: String = name
        .chars()
        .take_while(|c| {
            let fits = width(*c) <= left;
            left = left.saturating_sub(width(*c));
            fits
        })
        .collect();
    format!("{}…", kept.trim_end())
}
