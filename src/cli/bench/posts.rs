//! Posts in the reference form for benchmarks, as many as wanted, always the same: six articles each, about companies
//! and topics of the dictionaries.

use std::fmt::Write as _;

use chrono::{DateTime, Duration, FixedOffset};

/// Articles in a post.
pub(super) const ARTICLES: usize = 6;

const COMPANIES: [&str; 12] = [
    "엔비디아",
    "구글",
    "오픈AI",
    "아마존",
    "삼성전자",
    "SK하이닉스",
    "마이크로소프트",
    "메타",
    "애플",
    "TSMC",
    "인텔",
    "테슬라",
];
const SUBJECTS: [&str; 10] = [
    "데이터센터 투자",
    "차세대 반도체",
    "추론 모델",
    "AI 규제 법안",
    "로봇 플랫폼",
    "클라우드 계약",
    "전력 공급",
    "오픈소스 공개",
    "인수 협상",
    "자율주행 시험",
];
const DEEDS: [&str; 8] = [
    "발표했습니다",
    "확대했습니다",
    "시작했습니다",
    "검토하고 있습니다",
    "연기했습니다",
    "공개했습니다",
    "체결했습니다",
    "중단했습니다",
];

/// The file name and the text of an old post with this number: ten come out a day, the first one last.
pub(super) fn post(number: usize, newest: DateTime<FixedOffset>) -> (String, String) {
    let age = Duration::minutes(i64::try_from(number).unwrap_or_default() * 144);
    news(number, newest - age)
}

/// The file name and the text of a post with this number of that instant.
pub(super) fn news(number: usize, at: DateTime<FixedOffset>) -> (String, String) {
    let day = at.format("%Y-%m-%d");
    let mut text = format!(
        "---\nlayout: post\ntitle: \"{day} AI 뉴스\"\ndate: {}\n---\n",
        at.format("%Y-%m-%d %H:%M:%S %z")
    );
    for article in 0..ARTICLES {
        let seed = number * ARTICLES + article;
        let (company, subject, deed) =
            (pick(&COMPANIES, seed), pick(&SUBJECTS, seed / 5), pick(&DEEDS, seed / 7));
        let other = pick(&COMPANIES, seed / 3 + 1);
        let rule = if article == 0 { "" } else { "\n---\n" };
        // A string takes everything.
        let _ = write!(
            text,
            "{rule}\n## {company}, {subject} 관련 계획 {number}-{article} 공개\n\n\
             [AI Daily](https://news.example/{number}/{article}) - 발행일: {day}\n\n### 요약\n\n\
             - **핵심 내용**: {company}{subject_particle} {subject} 계획을 {deed}. 규모는 {amount}억 달러입니다.\n\
             - **상대**: {other}의 참여 여부가 관심을 모으고 있으며 협의는 이번 분기에 이어집니다.\n\
             - **배경**: 수요가 빠르게 늘면서 공급망 전반의 경쟁이 치열해지고 있습니다.\n\n\
             ### 주요 내용 및 시사점\n\n\
             - **기술적 의미**: {subject}에 필요한 성능과 효율이 이전 세대보다 크게 나아졌다는 평가입니다.\n\
             - **산업적 영향**: 관련 업체의 주문이 늘고 인력과 전력을 확보하려는 움직임이 뒤따를 전망입니다.\n\
             - **향후 전망**: 업계는 내년 상반기에 첫 결과가 나올 것으로 보고 있습니다.\n",
            subject_particle = crate::text::particle(company, "이/가"),
            amount = seed % 90 + 10,
        );
    }
    (format!("{day}-ai-news-{number}.md"), text)
}

fn pick<'a>(from: &[&'a str], seed: usize) -> &'a str {
    from[seed % from.len()]
}
