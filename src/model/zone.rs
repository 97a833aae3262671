//! Time zones as people name them: IANA names in any case, abbreviations, cities and countries in Korean.

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::model::Language;

/// How alike two names must be, from 0 to 1 (Jaro-Winkler), for one to be offered in place of the other.
const ALIKE: f64 = 0.85;

/// The most characters of somebody's text that an error repeats.
const MAX_QUOTED_CHARS: usize = 40;

/// Names besides those of the IANA database. The first Korean name of a zone is the one that replies use.
///
/// An abbreviation stands for a place, not an offset: who writes `EST` lives where clocks change. Those that mean
/// several places far apart (`CST`, `IST`) are left out.
const ALIASES: &[(&str, Tz)] = &[
    ("서울", Tz::Asia__Seoul),
    ("한국", Tz::Asia__Seoul),
    ("대한민국", Tz::Asia__Seoul),
    ("한국시간", Tz::Asia__Seoul),
    ("부산", Tz::Asia__Seoul),
    ("kst", Tz::Asia__Seoul),
    ("korea", Tz::Asia__Seoul),
    ("평양", Tz::Asia__Pyongyang),
    ("도쿄", Tz::Asia__Tokyo),
    ("일본", Tz::Asia__Tokyo),
    ("jst", Tz::Asia__Tokyo),
    ("japan", Tz::Asia__Tokyo),
    ("상하이", Tz::Asia__Shanghai),
    ("베이징", Tz::Asia__Shanghai),
    ("중국", Tz::Asia__Shanghai),
    ("beijing", Tz::Asia__Shanghai),
    ("china", Tz::Asia__Shanghai),
    ("타이베이", Tz::Asia__Taipei),
    ("대만", Tz::Asia__Taipei),
    ("taiwan", Tz::Asia__Taipei),
    ("홍콩", Tz::Asia__Hong_Kong),
    ("싱가포르", Tz::Asia__Singapore),
    ("sgt", Tz::Asia__Singapore),
    ("방콕", Tz::Asia__Bangkok),
    ("태국", Tz::Asia__Bangkok),
    ("호찌민", Tz::Asia__Ho_Chi_Minh),
    ("하노이", Tz::Asia__Ho_Chi_Minh),
    ("베트남", Tz::Asia__Ho_Chi_Minh),
    ("vietnam", Tz::Asia__Ho_Chi_Minh),
    ("자카르타", Tz::Asia__Jakarta),
    ("마닐라", Tz::Asia__Manila),
    ("인도", Tz::Asia__Kolkata),
    ("뭄바이", Tz::Asia__Kolkata),
    ("india", Tz::Asia__Kolkata),
    ("두바이", Tz::Asia__Dubai),
    ("이스탄불", Tz::Europe__Istanbul),
    ("모스크바", Tz::Europe__Moscow),
    ("런던", Tz::Europe__London),
    ("영국", Tz::Europe__London),
    ("uk", Tz::Europe__London),
    ("bst", Tz::Europe__London),
    ("파리", Tz::Europe__Paris),
    ("프랑스", Tz::Europe__Paris),
    ("베를린", Tz::Europe__Berlin),
    ("독일", Tz::Europe__Berlin),
    ("germany", Tz::Europe__Berlin),
    ("cest", Tz::Europe__Berlin),
    ("cet", Tz::Europe__Berlin),
    ("마드리드", Tz::Europe__Madrid),
    ("로마", Tz::Europe__Rome),
    ("암스테르담", Tz::Europe__Amsterdam),
    ("취리히", Tz::Europe__Zurich),
    ("뉴욕", Tz::America__New_York),
    ("보스턴", Tz::America__New_York),
    ("워싱턴", Tz::America__New_York),
    ("est", Tz::America__New_York),
    ("edt", Tz::America__New_York),
    ("et", Tz::America__New_York),
    ("nyc", Tz::America__New_York),
    ("boston", Tz::America__New_York),
    ("washington", Tz::America__New_York),
    ("시카고", Tz::America__Chicago),
    ("cdt", Tz::America__Chicago),
    ("덴버", Tz::America__Denver),
    ("mst", Tz::America__Denver),
    ("mdt", Tz::America__Denver),
    ("로스앤젤레스", Tz::America__Los_Angeles),
    ("샌프란시스코", Tz::America__Los_Angeles),
    ("시애틀", Tz::America__Los_Angeles),
    ("실리콘밸리", Tz::America__Los_Angeles),
    ("la", Tz::America__Los_Angeles),
    ("sf", Tz::America__Los_Angeles),
    ("pst", Tz::America__Los_Angeles),
    ("pdt", Tz::America__Los_Angeles),
    ("pt", Tz::America__Los_Angeles),
    ("sanfrancisco", Tz::America__Los_Angeles),
    ("seattle", Tz::America__Los_Angeles),
    ("밴쿠버", Tz::America__Vancouver),
    ("토론토", Tz::America__Toronto),
    ("멕시코시티", Tz::America__Mexico_City),
    ("상파울루", Tz::America__Sao_Paulo),
    ("하와이", Tz::Pacific__Honolulu),
    ("호놀룰루", Tz::Pacific__Honolulu),
    ("hawaii", Tz::Pacific__Honolulu),
    ("hst", Tz::Pacific__Honolulu),
    ("시드니", Tz::Australia__Sydney),
    ("aest", Tz::Australia__Sydney),
    ("aedt", Tz::Australia__Sydney),
    ("멜버른", Tz::Australia__Melbourne),
    ("오클랜드", Tz::Pacific__Auckland),
    ("협정세계시", Tz::UTC),
    ("z", Tz::UTC),
];

/// A text that names no time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownZone {
    /// The text, shortened where it is long.
    pub text: String,
    /// The name that was probably meant.
    pub suggestion: Option<&'static str>,
}

impl UnknownZone {
    /// What is wrong, for a reply.
    pub fn explain(&self, language: Language) -> String {
        let Self { text, suggestion } = self;
        match (language, suggestion) {
            (Language::Ko, Some(name)) => {
                format!(
                    "‘{text}’ 시간대는 찾지 못했습니다. 혹시 {name} 시간대인가요? 예: Asia/Seoul, 서울, KST"
                )
            }
            (Language::Ko, None) => format!("‘{text}’ 시간대는 찾지 못했습니다. 예: Asia/Seoul, 서울, KST"),
            (Language::En, Some(name)) => {
                format!(
                    "`{text}` is no time zone I know; did you mean `{name}`? Write for example `Asia/Seoul` or `KST`"
                )
            }
            (Language::En, None) => {
                format!("`{text}` is no time zone I know: write for example `Asia/Seoul` or `KST`")
            }
        }
    }
}

impl std::fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.explain(Language::En))
    }
}

impl std::error::Error for UnknownZone {}

/// Reads a zone's name: an IANA name in any case (`asia/seoul`), its city alone (`new york`), an abbreviation
/// (`KST`) or a Korean name (`서울`).
pub fn parse_zone(text: &str) -> Result<Tz, UnknownZone> {
    let wanted = key(text);
    named(&wanted).ok_or_else(|| UnknownZone { text: shortened(text), suggestion: alike(&wanted) })
}

/// Whether a word of a command names a zone without doubt: a word of two letters may be something else.
pub fn is_zone(word: &str) -> bool {
    (word.chars().count() > 2 || !word.is_ascii()) && parse_zone(word).is_ok()
}

/// Whether a word of a command is meant as a zone, known or not: it has the form of an IANA name (`Asia/Soul`). Such
/// a word is no filter: who wrote it wants to hear of the slip.
pub fn is_meant_as_zone(word: &str) -> bool {
    let area = |name: &str| name.split_once('/').map(|(area, _)| area.to_ascii_lowercase());
    area(word).is_some_and(|meant| TZ_VARIANTS.iter().any(|zone| area(zone.name()).as_ref() == Some(&meant)))
}

/// What a reply calls a zone: `서울` where Korean has a name for it, else the city (`New York`).
pub fn display_name(zone: Tz, language: Language) -> String {
    let korean = ALIASES.iter().find(|(alias, at)| *at == zone && !alias.is_ascii());
    match (language, korean) {
        (Language::Ko, Some((name, _))) => (*name).to_owned(),
        _ => city(zone.name()).replace('_', " "),
    }
}

/// Names that begin with, or contain, what somebody has typed so far, best first, at most `most`: for
/// autocomplete. IANA names only, so that what is chosen is plain; aliases find theirs.
pub fn suggest(typed: &str, most: usize) -> Vec<&'static str> {
    let typed = key(typed);
    let by_alias = ALIASES.iter().filter(|(alias, _)| alias.starts_with(&typed)).map(|(_, zone)| zone.name());
    let names = || TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| name.contains('/'));
    let by_city = names().filter(|name| key(city(name)).starts_with(&typed));
    let anywhere = names().filter(|name| key(name).contains(&typed));
    let mut found: Vec<&'static str> = Vec::new();
    for name in by_alias.chain(by_city).chain(anywhere) {
        if found.len() == most {
            break;
        }
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// A name as it is compared: lower case, without spaces and underscores.
fn key(name: &str) -> String {
    name.trim().chars().filter(|c| !c.is_whitespace() && *c != '_').flat_map(char::to_lowercase).collect()
}

fn named(wanted: &str) -> Option<Tz> {
    let alias = || ALIASES.iter().find(|(alias, _)| *alias == wanted).map(|(_, zone)| *zone);
    let iana = || TZ_VARIANTS.iter().find(|zone| key(zone.name()) == wanted).copied();
    let by_city = || {
        let named = |zone: &&Tz| zone.name().contains('/') && key(city(zone.name())) == wanted;
        TZ_VARIANTS.iter().find(named).copied()
    };
    alias().or_else(iana).or_else(by_city)
}

/// Longer texts are like no zone, in code points: the longest has 32.
const LONGEST: usize = 40;

/// The name most like `wanted`, if any is like it.
fn alike(wanted: &str) -> Option<&'static str> {
    if wanted.chars().nth(LONGEST).is_some() {
        return None;
    }
    let iana = TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| name.contains('/'));
    let candidates = iana.flat_map(|name| [(key(name), name), (key(city(name)), name)]);
    let aliases = ALIASES.iter().map(|(alias, _)| ((*alias).to_owned(), *alias));
    let likeness = |name: &str| strsim::jaro_winkler(wanted, name);
    candidates
        .chain(aliases)
        .map(|(key, name)| (likeness(&key), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

fn city(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn shortened(text: &str) -> String {
    text.trim().chars().take(MAX_QUOTED_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("KST", Tz::Asia__Seoul)]
    #[case("서울", Tz::Asia__Seoul)]
    #[case("Asia/Seoul", Tz::Asia__Seoul)]
    #[case(" asia/seoul ", Tz::Asia__Seoul)]
    #[case("seoul", Tz::Asia__Seoul)]
    #[case("New York", Tz::America__New_York)]
    #[case("america/new_york", Tz::America__New_York)]
    #[case("EST", Tz::America__New_York)]
    #[case("뉴욕", Tz::America__New_York)]
    #[case("UTC", Tz::UTC)]
    #[case("Lord Howe", Tz::Australia__Lord_Howe)]
    fn a_zone_has_many_names(#[case] text: &str, #[case] zone: Tz) {
        assert_eq!(parse_zone(text), Ok(zone));
    }

    #[rstest]
    #[case("Asia/Soul", Some("Asia/Seoul"))]
    #[case("Europe/Berln", Some("Europe/Berlin"))]
    #[case("Newyrk", Some("America/New_York"))]
    #[case("Mars/Olympus", None)]
    #[case("", None)]
    fn a_typo_is_answered_with_what_was_probably_meant(#[case] text: &str, #[case] suggestion: Option<&str>) {
        let error = parse_zone(text).unwrap_err();
        assert_eq!(error.suggestion, suggestion);
        assert!(error.to_string().contains("Asia/Seoul"), "{error}");
    }

    #[test]
    fn every_zone_is_read_back_from_its_name() {
        for zone in TZ_VARIANTS {
            let read = parse_zone(zone.name()).unwrap();
            // `EST` and its like are taken for the place.
            assert!(read == zone || !zone.name().contains('/'), "{zone}");
        }
    }

    #[test]
    fn replies_call_a_zone_as_people_do() {
        assert_eq!(display_name(Tz::Asia__Seoul, Language::Ko), "서울");
        assert_eq!(display_name(Tz::America__New_York, Language::En), "New York");
        assert_eq!(display_name(Tz::Africa__Abidjan, Language::Ko), "Abidjan");
    }

    #[test]
    fn autocomplete_finds_aliases_and_cities_first() {
        assert_eq!(suggest("서", 5), ["Asia/Seoul"]);
        assert_eq!(suggest("seo", 5)[0], "Asia/Seoul");
        assert_eq!(suggest("new y", 25)[0], "America/New_York");
        assert_eq!(suggest("america", 25).len(), 25);
    }

    #[test]
    fn a_short_word_is_not_taken_for_a_zone_in_passing() {
        assert!(!is_zone("la"));
        assert!(is_zone("KST"));
        assert!(is_zone("서울"));
    }
}
