//! Markdown to pieces, a paragraph or a block at a time.

use rstest::rstest;

use super::*;

/// A run with its markup written out: `<b>`, `<i>`, `<s>`, `<a href>`, `<code>`, `/` for a line break.
fn marked(run: &[Inline]) -> String {
    run.iter()
        .map(|inline| match inline {
            Inline::Text(text) => text.clone(),
            Inline::Strong(run) => format!("<b>{}</b>", marked(run)),
            Inline::Emphasis(run) => format!("<i>{}</i>", marked(run)),
            Inline::Strike(run) => format!("<s>{}</s>", marked(run)),
            Inline::Code(text) => format!("<code>{text}</code>"),
            Inline::Link { url, text } => format!("<a {url}>{}</a>", marked(text)),
            Inline::Break => "/".to_owned(),
        })
        .collect()
}

fn paragraph(markdown: &str) -> String {
    let document = read(markdown, 1);
    match document.pieces.as_slice() {
        [Piece { kind: PieceKind::Block(Block::Paragraph(run)), .. }] => marked(run),
        other => panic!("not one paragraph: {other:?}"),
    }
}

#[rstest]
#[case::common_mark_does_it("**앤스로픽(Anthropic)** 및", "<b>앤스로픽(Anthropic)</b> 및")]
#[case::brackets_and_particle("**인공지능(AI)**은 는다", "<b>인공지능(AI)</b>은 는다")]
#[case::quotes_and_particle("**'OpenAI'**는 **\"GPT\"**를", "<b>'OpenAI'</b>는 <b>\"GPT\"</b>를")]
#[case::opens_inside_a_word("삼성**'갤럭시'**를", "삼성<b>'갤럭시'</b>를")]
#[case::with_a_plain_one_behind("**A(B)**는 C **D** E", "<b>A(B)</b>는 C <b>D</b> E")]
#[case::a_link_inside("**[제목](https://a.b)**은", "<b><a https://a.b>제목</a></b>은")]
#[case::code_inside("**`a`**는", "<b><code>a</code></b>는")]
#[case::over_lines("**가\n(나)**는", "<b>가/(나)</b>는")]
#[case::percent("**12%**의", "<b>12%</b>의")]
#[case::zero_width("**가(나)**\u{200b}는", "<b>가(나)</b>는")]
#[case::never_closed("**가(나) 다", "**가(나) 다")]
#[case::blanks_inside("가 ** 나 ** 다", "가 ** 나 ** 다")]
#[case::escaped("\\*\\*가(나)\\*\\*는", "**가(나)**는")]
#[case::in_code("`**가(나)**는`", "<code>**가(나)**는</code>")]
#[case::four_stars("****가", "****가")]
fn strong_emphasis_is_seen_next_to_korean(#[case] markdown: &str, #[case] shown: &str) {
    assert_eq!(paragraph(markdown), shown);
}

#[rstest]
#[case::ranges("3~5개, 7~8개", "3~5개, 7~8개")]
#[case::struck("~~3~5개~~", "<s>3~5개</s>")]
#[case::dollars("$62,885 (-0.82%) $5", "$62,885 (-0.82%) $5")]
#[case::soft_and_hard_breaks("가\n나  \n다", "가/나/다")]
#[case::entities("AT&amp;T &copy; &#xAE00;", "AT&T © 글")]
#[case::tags("<b>가</b> <span title='x'>나</span><br>다", "가 나/다")]
#[case::footnote_without_its_text("가[^1]", "가[^1]")]
#[case::html_link("가 <a href=\"https://a.kr\">나</a> 다", "가 <a https://a.kr>나</a> 다")]
#[case::html_link_without_an_end("가 <a href=https://a.kr>나", "가 <a https://a.kr>나</a>")]
#[case::html_link_in_a_link("[가 <a href=https://b.kr>나</a>](https://a.kr)", "<a https://a.kr>가 나</a>")]
#[case::html_link_of_a_picture("<a href=https://a.kr><img src=b alt=나></a>", "<a https://a.kr>나</a>")]
fn what_writers_type_is_kept(#[case] markdown: &str, #[case] shown: &str) {
    assert_eq!(paragraph(markdown), shown);
}

#[rstest]
#[case::alone("https://a.kr/b", "<a https://a.kr/b>https://a.kr/b</a>")]
#[case::full_stop("https://a.kr/b. 끝", "<a https://a.kr/b>https://a.kr/b</a>. 끝")]
#[case::brackets("(https://a.kr/b_(c))", "(<a https://a.kr/b_(c)>https://a.kr/b_(c)</a>)")]
#[case::particle("https://a.kr/b에서", "<a https://a.kr/b>https://a.kr/b</a>에서")]
#[case::korean_path("https://a.kr/위키/글 참고", "<a https://a.kr/위키/글>https://a.kr/위키/글</a> 참고")]
#[case::query("http://a.kr?x=1&amp;y=2", "<a http://a.kr?x=1&y=2>http://a.kr?x=1&y=2</a>")]
#[case::scheme_alone("https:// 와 http", "https:// 와 http")]
#[case::inside_a_word("xhttps://a.kr", "xhttps://a.kr")]
#[case::in_a_link("[https://a.kr](https://b.kr)", "<a https://b.kr>https://a.kr</a>")]
#[case::in_code("`https://a.kr`", "<code>https://a.kr</code>")]
#[case::in_strong("**https://a.kr**", "<b><a https://a.kr>https://a.kr</a></b>")]
#[case::no_text("[](https://a.kr)", "<a https://a.kr>https://a.kr</a>")]
fn addresses_become_links(#[case] markdown: &str, #[case] shown: &str) {
    assert_eq!(paragraph(markdown), shown);
}

#[rstest]
#[case::liquid("{% include a.html %}\n", "{% include a.html %}")]
#[case::liquid_output("{{ page.title }}\n", "{{ page.title }}")]
#[case::attributes("{: .wide #x}\n", "{: .wide #x}")]
#[case::comment("<!-- 나중에 -->\n", "나중에")]
#[case::script("<script>\nx()\n</script>\n", "<script>\nx()\n</script>\n")]
#[case::style_in_a_line("<style>a{}</style>\n", "<style>a{}</style>\n")]
#[case::definition("[비고]: 내일은\n", "[비고]: 내일은")]
fn what_is_no_text_is_dropped(#[case] markdown: &str, #[case] dropped: &str) {
    let document = read(markdown, 1);
    assert_eq!(document.pieces, []);
    assert_eq!(document.dropped.iter().map(|part| part.text.trim()).collect::<Vec<_>>(), [dropped.trim()]);
}

#[test]
fn headings_and_links_in_html_are_what_they_are() {
    let document =
        read("<h2 id=a>가 <img src=x alt=나></h2>\n<p>글 <a href=https://a.kr>링크</a>\n<h3>다\n", 1);
    let [heading, text, open] = document.pieces.as_slice() else { panic!("{document:?}") };
    assert!(
        matches!(&heading.kind, PieceKind::Heading { level: 2, text } if marked(text) == "가 나"),
        "{heading:?}"
    );
    assert!(
        matches!(&text.kind, PieceKind::Block(Block::Paragraph(run)) if marked(run) == "글 <a https://a.kr>링크</a>"),
        "{text:?}"
    );
    assert!(matches!(&open.kind, PieceKind::Heading { level: 3, text } if marked(text) == "다"), "{open:?}");
}

#[test]
fn pieces_know_their_lines() {
    let document = read("## 가 {#id}\n\n글\n\n---\n\n- 하나\n\n```\n#\n```\n", 7);
    let lines: Vec<u32> = document.pieces.iter().map(|piece| piece.line).collect();
    assert_eq!(lines, [7, 9, 11, 13, 15]);
    assert!(
        matches!(&document.pieces[0].kind, PieceKind::Heading { level: 2, text } if marked(text) == "가")
    );
    assert_eq!(document.pieces[2].kind, PieceKind::Rule);
}

#[test]
fn a_picture_stands_alone_where_there_is_room() {
    let text = |text: &str| Inline::Text(text.to_owned());
    let image = Block::Image { url: "a.png".to_owned(), alt: "그림".to_owned() };
    let blocks = |markdown: &str| -> Vec<PieceKind> {
        read(markdown, 1).pieces.into_iter().map(|piece| piece.kind).collect()
    };
    assert_eq!(
        blocks("앞 ![그림](a.png) 뒤"),
        [
            PieceKind::Block(Block::Paragraph(vec![text("앞")])),
            PieceKind::Block(image.clone()),
            PieceKind::Block(Block::Paragraph(vec![text("뒤")])),
        ]
    );
    assert_eq!(blocks("<img src=a.png alt='그림'>"), [PieceKind::Block(image)]);
    assert_eq!(paragraph("[![그림](a.png)](https://a.kr)"), "<a https://a.kr>그림</a>");
}

#[test]
fn deep_lists_become_shallow_and_keep_their_words() {
    let deep: String = (0..100).map(|depth| format!("{}- 단계{depth}끝\n", "  ".repeat(depth))).collect();
    let document = read(&deep, 1);
    let [Piece { kind: PieceKind::Block(list), .. }] = document.pieces.as_slice() else { panic!("one list") };
    let text = crate::model::rich::plain_blocks(std::slice::from_ref(list));
    assert!((0..100).all(|depth| text.contains(&format!("단계{depth}끝"))));
    assert!(depth(list) <= 16, "{}", depth(list));
}

fn depth(block: &Block) -> usize {
    let inner = match block {
        Block::List { items, .. } => items.iter().flatten().map(depth).max(),
        Block::Quote(blocks) => blocks.iter().map(depth).max(),
        _ => None,
    };
    1 + inner.unwrap_or_default()
}
