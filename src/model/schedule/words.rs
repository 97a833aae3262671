//! The words of days and times in a schedule, Korean and English, read and written.

use chrono::{NaiveTime, Weekday};

use super::{ScheduleError, SlotRule, WEEK, is_daily, is_now, quote};

const WEEKDAYS: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
const WEEKEND: [Weekday; 2] = [Weekday::Sat, Weekday::Sun];

/// Reads a part of a schedule without cron: days, then the times on them, once or more often.
pub(super) fn rules(text: &str) -> Result<Vec<SlotRule>, ScheduleError> {
    let tokens = tokens(text)?;
    let mut reader = Reader { text, tokens: &tokens, place: 0 };
    let mut groups = vec![Group::default()];
    while let Some(token) = reader.next() {
        if matches!(token.kind, Kind::Comma) || is_filler(&token.kind) {
            continue;
        }
        if let Some(days) = reader.days(token)? {
            if groups.last().is_some_and(|group| !group.times.is_empty()) {
                groups.push(Group::default());
            }
            if let Some(group) = groups.last_mut() {
                group.days.extend(days);
            }
        } else {
            let time = reader.time(token)?;
            if let Some(group) = groups.last_mut() {
                group.times.push(time);
            }
        }
    }
    // `09:00 weekdays` means `weekdays 09:00`.
    if let [times, days] = &mut groups[..]
        && times.days.is_empty()
        && days.times.is_empty()
    {
        times.days = std::mem::take(&mut days.days);
        groups.pop();
    }
    let mut rules = Vec::new();
    for group in groups {
        if group.times.is_empty() {
            return Err(ScheduleError::NoTime(quote(text)));
        }
        let meant = |day: &Weekday| group.days.is_empty() || group.days.contains(day);
        let days: Vec<Weekday> = WEEK.into_iter().filter(meant).collect();
        rules.extend(group.times.into_iter().map(|time| SlotRule::Weekly { days: days.clone(), time }));
    }
    Ok(rules)
}

/// Whether a word of a command was plainly meant to say when.
pub(super) fn is_meant_as_time(word: &str) -> bool {
    let digits_before = |mark: char| {
        word.split_once(mark).is_some_and(|(before, _)| {
            before.ends_with(|c: char| c.is_ascii_digit()) && before.chars().count() <= 4
        })
    };
    digits_before(':') || digits_before('시')
}

/// Days as the canonical text has them: `weekdays`, `mon,thu`.
pub(super) fn canonical_days(days: &[Weekday]) -> String {
    if days == WEEKDAYS {
        return "weekdays".to_owned();
    }
    if days == WEEKEND {
        return "weekends".to_owned();
    }
    days.iter().map(|day| day.to_string().to_lowercase()).collect::<Vec<_>>().join(",")
}

/// `매일`, `평일`, `매주 월요일`, `월·목요일`.
pub(super) fn days_in_korean(days: &[Weekday]) -> String {
    let letter = |day: &Weekday| DAY_NAMES[day.num_days_from_monday() as usize].0.to_string();
    match days {
        _ if is_daily(days) => "매일".to_owned(),
        _ if days == WEEKDAYS => "평일".to_owned(),
        _ if days == WEEKEND => "주말".to_owned(),
        [day] => format!("매주 {}요일", letter(day)),
        _ => format!("{}요일", days.iter().map(letter).collect::<Vec<_>>().join("·")),
    }
}

/// `every day`, `weekdays`, `every Monday`, `Mon and Thu`.
pub(super) fn days_in_english(days: &[Weekday]) -> String {
    let name = |day: &Weekday| DAY_NAMES[day.num_days_from_monday() as usize].1;
    match days {
        _ if is_daily(days) => "every day".to_owned(),
        _ if days == WEEKDAYS => "weekdays".to_owned(),
        _ if days == WEEKEND => "weekends".to_owned(),
        [day] => format!("every {}", name(day)),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(Weekday::to_string).collect();
            format!("{} and {last}", first.join(", "))
        }
        [] => String::new(),
    }
}

/// The days' names, Monday first.
const DAY_NAMES: [(char, &str); 7] = [
    ('월', "Monday"),
    ('화', "Tuesday"),
    ('수', "Wednesday"),
    ('목', "Thursday"),
    ('금', "Friday"),
    ('토', "Saturday"),
    ('일', "Sunday"),
];

#[derive(Default)]
struct Group {
    days: Vec<Weekday>,
    times: Vec<NaiveTime>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Digits as written.
    Number(String),
    /// Letters, in lower case.
    Word(String),
    Colon,
    /// Between two days: from one to the other.
    Dash,
    /// Parts what is listed.
    Comma,
}

#[derive(Debug, Clone)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
}

fn tokens(text: &str) -> Result<Vec<Token>, ScheduleError> {
    let mut tokens: Vec<Token> = Vec::new();
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        let adjoining = tokens.last_mut().filter(|last| last.end == start);
        let kind = match (c, adjoining) {
            (c, _) if c.is_whitespace() => continue,
            (c, Some(Token { kind: Kind::Number(digits), end: last, .. })) if c.is_ascii_digit() => {
                digits.push(c);
                *last = end;
                continue;
            }
            (c, Some(Token { kind: Kind::Word(word), end: last, .. })) if c.is_alphabetic() => {
                word.extend(c.to_lowercase());
                *last = end;
                continue;
            }
            (c, _) if c.is_ascii_digit() => Kind::Number(c.to_string()),
            (c, _) if c.is_alphabetic() => Kind::Word(c.to_lowercase().collect()),
            (':', _) => Kind::Colon,
            ('-' | '~' | '–' | '〜', _) => Kind::Dash,
            (',' | '、' | '·' | '&' | '+' | '/' | '.', _) => Kind::Comma,
            _ => return Err(ScheduleError::Unknown(quote(word_around(text, start)))),
        };
        tokens.push(Token { kind, start, end });
    }
    Ok(tokens)
}

/// The written word that has the character at `place`.
fn word_around(text: &str, place: usize) -> &str {
    let start = text[..place].rfind(char::is_whitespace).unwrap_or(0);
    text[start..].split_whitespace().next().unwrap_or(text)
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    place: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.place)?;
        self.place += 1;
        Some(token)
    }

    /// Takes the next token if `f` makes something of it.
    fn take<T>(&mut self, f: impl FnOnce(&Kind) -> Option<T>) -> Option<T> {
        let taken = f(&self.tokens.get(self.place)?.kind)?;
        self.place += 1;
        Some(taken)
    }

    /// Passes over the next token if it is as asked.
    fn skip(&mut self, is: impl FnOnce(&Kind) -> bool) -> bool {
        self.take(|kind| is(kind).then_some(())).is_some()
    }

    /// Days, if `first` names some, as a range if a dash and another day follow.
    fn days(&mut self, first: &Token) -> Result<Option<Vec<Weekday>>, ScheduleError> {
        let Some(days) = days_of(&first.kind) else { return Ok(None) };
        if !self.skip(|kind| *kind == Kind::Dash) {
            return Ok(Some(days));
        }
        let last = self.take(days_of);
        let (&[from], Some(&[to])) = (&days[..], last.as_deref()) else {
            return Err(ScheduleError::Unknown(self.written(first)));
        };
        let (from, to) = (from.num_days_from_monday(), to.num_days_from_monday());
        // `금~월` goes around the end of the week.
        let to = if to < from { to + 7 } else { to };
        Ok(Some((from..=to).map(|day| WEEK[day as usize % 7]).collect()))
    }

    /// The time that begins at `first`.
    fn time(&mut self, first: &Token) -> Result<NaiveTime, ScheduleError> {
        let mut half = None;
        let hour = match &first.kind {
            Kind::Number(digits) => digits,
            Kind::Word(word) => {
                if let Some(time) = named_time(word) {
                    return Ok(time);
                }
                half = half_of(word);
                let number = if half.is_some() { self.take(number) } else { None };
                match number {
                    Some(digits) => &digits.to_owned(),
                    None if is_now(word) => return Err(ScheduleError::NowAndMore),
                    None => return Err(ScheduleError::Unknown(self.written(first))),
                }
            }
            _ => return Err(ScheduleError::Unknown(self.written(first))),
        };
        let minute = self.minute();
        if half.is_none() {
            half = self.take(|kind| match kind {
                Kind::Word(word) if matches!(word.as_str(), "am" | "pm") => half_of(word),
                _ => None,
            });
        }
        // `9` alone says too little; `9am` and `오전 9` are plain.
        let minute = match minute {
            Some(minute) => minute,
            None if half.is_some() => "0".to_owned(),
            None => return Err(ScheduleError::BadTime(self.written(first))),
        };
        time_of(hour, &minute, half).ok_or_else(|| ScheduleError::BadTime(self.written(first)))
    }

    /// What follows the hour: `:30`, `시`, `시 30분`, `시 반`. `None`: nothing does; empty: it is no minute.
    fn minute(&mut self) -> Option<String> {
        if self.skip(|kind| *kind == Kind::Colon) {
            let minute = self.take(number).filter(|digits| digits.len() == 2);
            if self.skip(|kind| *kind == Kind::Colon) {
                // `09:00:30` is no time to the minute.
                self.take(number);
                return Some(String::new());
            }
            return Some(minute.unwrap_or_default());
        }
        let after_hour = self.take(|kind| word(kind)?.strip_prefix('시').map(str::to_owned))?;
        match after_hour.as_str() {
            "반" | "반에" => return Some("30".to_owned()),
            "" | "에" => {}
            // `9시간` is a duration.
            _ => return Some(String::new()),
        }
        if self.skip(|kind| matches!(word(kind), Some("반" | "반에"))) {
            return Some("30".to_owned());
        }
        let before = self.place;
        if let Some(minute) = self.take(number)
            && self.skip(|kind| matches!(word(kind), Some("분" | "분에")))
        {
            return Some(minute);
        }
        // The number is the next time's hour: `9시 18시`.
        self.place = before;
        Some("0".to_owned())
    }

    /// What was written from `first` to the token that was read last, in words.
    fn written(&self, first: &Token) -> String {
        let end = self.tokens.get(self.place.saturating_sub(1)).map_or(first.end, |last| last.end);
        quote(self.text.get(first.start..end.max(first.end)).unwrap_or(self.text))
    }
}

fn word(kind: &Kind) -> Option<&str> {
    match kind {
        Kind::Word(word) => Some(word),
        _ => None,
    }
}

fn number(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Number(digits) => Some(digits.clone()),
        _ => None,
    }
}

/// A word that says nothing by itself.
fn is_filler(kind: &Kind) -> bool {
    word(kind).is_some_and(|word| {
        matches!(word, "at" | "on" | "every" | "each" | "and" | "매주" | "마다" | "에" | "과" | "와")
    })
}

fn named_time(word: &str) -> Option<NaiveTime> {
    match word {
        "정오" | "noon" => NaiveTime::from_hms_opt(12, 0, 0),
        "자정" | "midnight" => Some(NaiveTime::MIN),
        _ => None,
    }
}

fn half_of(word: &str) -> Option<Half> {
    match word {
        "오전" | "새벽" | "아침" | "am" => Some(Half::Morning),
        "오후" | "저녁" | "pm" => Some(Half::Afternoon),
        _ => None,
    }
}

fn time_of(hour: &str, minute: &str, half: Option<Half>) -> Option<NaiveTime> {
    if hour.len() > 2 || minute.len() > 2 {
        return None;
    }
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match half {
        None => hour,
        Some(Half::Morning) if hour == 12 => 0,
        Some(Half::Morning) => Some(hour).filter(|hour| *hour < 12)?,
        Some(Half::Afternoon) if hour < 12 => hour + 12,
        Some(Half::Afternoon) => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, 0)
}

fn days_of(kind: &Kind) -> Option<Vec<Weekday>> {
    let word = word(kind)?;
    let bare = |particle: &str| word.strip_suffix(particle).filter(|word| !word.is_empty());
    let word = ["마다", "에", "과", "와"].into_iter().find_map(bare).unwrap_or(word);
    match word {
        "매일" | "날" | "daily" | "everyday" | "day" | "days" => return Some(WEEK.to_vec()),
        "평일" | "주중" | "weekday" | "weekdays" => return Some(WEEKDAYS.to_vec()),
        "주말" | "weekend" | "weekends" => return Some(WEEKEND.to_vec()),
        _ => {}
    }
    if let Some(day) = english_day(word) {
        return Some(vec![day]);
    }
    // `월`, `월요일`, `월수금`.
    let letters = word.strip_suffix("요일").unwrap_or(word);
    letters.chars().map(korean_day).collect::<Option<Vec<_>>>().filter(|days| !days.is_empty())
}

fn korean_day(letter: char) -> Option<Weekday> {
    DAY_NAMES.iter().position(|(name, _)| *name == letter).map(|place| WEEK[place])
}

/// `mon`, `monday`, `mondays`, `tues`, `thurs`.
fn english_day(word: &str) -> Option<Weekday> {
    let singular = word.strip_suffix("days").map(|stem| format!("{stem}day"));
    let word = match word {
        "tues" => "tue",
        "thur" | "thurs" => "thu",
        _ => singular.as_deref().unwrap_or(word),
    };
    word.parse().ok()
}
