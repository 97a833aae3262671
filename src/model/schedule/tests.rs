//! What admins write and what is made of it.

use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn parsed(text: &str) -> Schedule {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[rstest]
#[case("09:00", "09:00")]
#[case("9:00", "09:00")]
#[case("9시", "09:00")]
#[case("9시에", "09:00")]
#[case("오전 9시 30분", "09:30")]
#[case("오전9시30분에", "09:30")]
#[case("아침 7시 반", "07:30")]
#[case("오후 3:05", "15:05")]
#[case("저녁 8시반", "20:30")]
#[case("오전 12시", "00:00")]
#[case("오후 12시", "12:00")]
#[case("15시", "15:00")]
#[case("9am", "09:00")]
#[case("9:30 PM", "21:30")]
#[case("noon", "12:00")]
#[case("자정", "00:00")]
#[case("매일 08:30", "08:30")]
#[case("every day at 08:30", "08:30")]
#[case("08:30,18:00", "08:30,18:00")]
#[case("18:00, 08:30, 18:00", "08:30,18:00")]
#[case("9시 18시", "09:00,18:00")]
#[case("９：００", "09:00")]
#[case("weekdays 09:00", "weekdays 09:00")]
#[case("09:00 weekdays", "weekdays 09:00")]
#[case("평일 9시", "weekdays 09:00")]
#[case("주말 10:00", "weekends 10:00")]
#[case("mon-fri 09:00", "weekdays 09:00")]
#[case("월~금 09:00", "weekdays 09:00")]
#[case("금~월 09:00", "mon,fri,sat,sun 09:00")]
#[case("mon 09:00", "mon 09:00")]
#[case("Mondays at 9:00", "mon 09:00")]
#[case("월요일 09:00", "mon 09:00")]
#[case("매주 월요일마다 09:00", "mon 09:00")]
#[case("thu,mon 09:00", "mon,thu 09:00")]
#[case("월,목 09:00", "mon,thu 09:00")]
#[case("월요일과 목요일 09:00", "mon,thu 09:00")]
#[case("월·수·금 09:00", "mon,wed,fri 09:00")]
#[case("월수금 09:00", "mon,wed,fri 09:00")]
#[case("일 9:00", "sun 09:00")]
#[case("weekdays 08:30, weekends 10:00", "weekdays 08:30; weekends 10:00")]
#[case("mon 09:00; 18:00", "mon 09:00; 18:00")]
#[case("now", "now")]
#[case(" NOW ", "now")]
#[case("바로", "now")]
#[case("30 9 * * *", "30 9 * * *")]
#[case("30  9 * *\t1-5", "30 9 * * 1-5")]
#[case("0 9 1,15 jan-jun MON", "0 9 1,15 jan-jun MON")]
#[case("08:30; 0 18 * * 5", "08:30; 0 18 * * 5")]
fn what_admins_write_is_understood(#[case] text: &str, #[case] canonical: &str) {
    let schedule = parsed(text);
    assert_eq!(schedule.to_string(), canonical);
    assert_eq!(parsed(canonical), schedule);
}

#[rstest]
#[case("25:70", ScheduleError::BadTime("25:70".into()))]
#[case("mon 25:70", ScheduleError::BadTime("25:70".into()))]
#[case("24:00", ScheduleError::BadTime("24:00".into()))]
#[case("9:5", ScheduleError::BadTime("9:5".into()))]
#[case("9:", ScheduleError::BadTime("9:".into()))]
#[case("09:00:30", ScheduleError::BadTime("09:00:30".into()))]
#[case("9", ScheduleError::BadTime("9".into()))]
#[case("99999999999999:00", ScheduleError::BadTime("99999999999999:00".into()))]
#[case("오전 15시", ScheduleError::BadTime("오전 15시".into()))]
#[case("9시 70분", ScheduleError::BadTime("9시 70분".into()))]
#[case("9시간", ScheduleError::BadTime("9시간".into()))]
#[case("", ScheduleError::Empty)]
#[case(" ; ", ScheduleError::Empty)]
#[case("mon", ScheduleError::NoTime("mon".into()))]
#[case("평일", ScheduleError::NoTime("평일".into()))]
#[case("soon", ScheduleError::Unknown("soon".into()))]
#[case("09:00 @everyone", ScheduleError::Unknown("@everyone".into()))]
#[case("now, 09:00", ScheduleError::NowAndMore)]
#[case("now; 09:00", ScheduleError::NowAndMore)]
#[case("* * * * *", ScheduleError::TooOften(1440))]
#[case("0,30 * * * *", ScheduleError::TooOften(48))]
#[case("0 * * * *; 12:34", ScheduleError::TooOften(25))]
#[case("30 9 * *", CronError::Fields("30 9 * *".into(), 4).into())]
#[case("0 30 9 * * *", CronError::Fields("0 30 9 * * *".into(), 6).into())]
#[case("70 9 * * *", CronError::Field("70".into(), cron::Field::Minute).into())]
#[case("0 24 * * *", CronError::Field("24".into(), cron::Field::Hour).into())]
#[case("0 9 32 * *", CronError::Field("32".into(), cron::Field::DayOfMonth).into())]
#[case("0 9 L * *", CronError::Field("L".into(), cron::Field::DayOfMonth).into())]
#[case("0 9 * 13 *", CronError::Field("13".into(), cron::Field::Month).into())]
#[case("0 9 * * 8", CronError::Field("8".into(), cron::Field::DayOfWeek).into())]
#[case("0 9 * * funday", CronError::Field("funday".into(), cron::Field::DayOfWeek).into())]
#[case("*/0 9 * * *", CronError::Field("*/0".into(), cron::Field::Minute).into())]
#[case("0 9 31 2 *", CronError::Never("0 9 31 2 *".into()).into())]
fn what_cannot_be_understood_is_quoted(#[case] text: &str, #[case] error: ScheduleError) {
    assert_eq!(text.parse::<Schedule>(), Err(error.clone()));
    for language in [Language::Ko, Language::En] {
        let told = error.explain(language);
        assert!(told.contains(":00") || told.contains(":30") || told.contains("30 9"), "no example: {told}");
    }
}

#[test]
fn twenty_four_firings_a_day_are_allowed() {
    assert_eq!(parsed("0 * * * *").to_string(), "0 * * * *");
    // Twenty on weekdays and twenty at the weekend never come on one day.
    let twenty: Vec<String> = (0..20).map(|hour| format!("{hour:02}:00")).collect();
    let twenty = twenty.join(",");
    assert!(format!("weekdays {twenty}; weekends {twenty}").parse::<Schedule>().is_ok());
    assert_eq!("0-4 0-9 * * *".parse::<Schedule>(), Err(ScheduleError::TooOften(50)));
}

#[rstest]
#[case("now", "나오는 대로", "as soon as it is out")]
#[case("08:30", "매일 08:30", "every day at 08:30")]
#[case("08:30,18:00", "매일 08:30, 18:00", "every day at 08:30, 18:00")]
#[case("weekdays 09:00", "평일 09:00", "weekdays at 09:00")]
#[case("주말 10:00", "주말 10:00", "weekends at 10:00")]
#[case("mon 09:00", "매주 월요일 09:00", "every Monday at 09:00")]
#[case("mon,thu 09:00", "월·목요일 09:00", "Mon and Thu at 09:00")]
#[case("weekdays 08:30; weekends 10:00", "평일 08:30, 주말 10:00", "weekdays at 08:30, weekends at 10:00")]
#[case("30 9 * * *", "매일 09:30", "every day at 09:30")]
#[case("30 9 * * 1-5", "평일 09:30", "weekdays at 09:30")]
#[case("30 9 1 * *", "cron 30 9 1 * *", "cron 30 9 1 * *")]
fn a_schedule_is_told_in_words(#[case] text: &str, #[case] korean: &str, #[case] english: &str) {
    assert_eq!(parsed(text).describe(Language::Ko), korean);
    assert_eq!(parsed(text).describe(Language::En), english);
}

/// The days of the first week of February 2027, a Monday, on which an expression fires.
fn fires_on(expression: &str) -> Vec<u32> {
    use chrono::Datelike;
    let cron = Cron::parse(expression).unwrap();
    let mut at = NaiveDate::from_ymd_opt(2027, 1, 31).unwrap().and_hms_opt(23, 59, 59).unwrap();
    let mut days = Vec::new();
    while let Some(next) = cron.after(at).filter(|next| next.date().day() <= 7 && next.date().month() == 2) {
        days.push(next.date().day());
        at = next;
    }
    days
}

#[rstest]
#[case("0 9 * * 0", &[7])]
#[case("0 9 * * 7", &[7])]
#[case("0 9 * * sun", &[7])]
#[case("0 9 * * 1", &[1])]
#[case("0 9 * * 1-5", &[1, 2, 3, 4, 5])]
#[case("0 9 * * 5-7", &[5, 6, 7])]
#[case("0 9 * * fri-mon", &[1, 5, 6, 7])]
#[case("0 9 * * */2", &[2, 4, 6, 7])]
#[case("0 9 * * 1,3", &[1, 3])]
#[case("0 9 * * 1-5/2", &[1, 3, 5])]
// Both day fields: either is enough, unless one begins with a star.
#[case("0 9 2 * 5", &[2, 5])]
#[case("0 9 */2 * 5", &[5])]
#[case("0 9 2 * ?", &[2])]
fn cron_days_are_those_of_unix(#[case] expression: &str, #[case] days: &[u32]) {
    assert_eq!(fires_on(expression), days);
}

#[rstest]
#[case(&["09:00", "Asia/Seoul", "full"], 0..1, "09:00")]
#[case(&["full", "weekdays", "09:00"], 1..3, "weekdays 09:00")]
#[case(&["반도체", "오전", "9시", "30분", "투자"], 1..4, "09:30")]
#[case(&["30", "9", "*", "*", "*", "full"], 0..5, "30 9 * * *")]
#[case(&["now"], 0..1, "now")]
fn the_words_that_say_when_are_found_in_a_command(
    #[case] words: &[&str],
    #[case] place: Range<usize>,
    #[case] schedule: &str,
) {
    assert_eq!(find(words), Some((place, Ok(parsed(schedule)))));
}

#[test]
fn a_word_that_was_meant_as_a_time_is_found_with_its_error() {
    let error = ScheduleError::BadTime("25:70".into());
    assert_eq!(find(&["full", "25:70"]), Some((1..2, Err(error))));
    assert_eq!(find(&["full", "삼성"]), None);
    assert_eq!(find(&[]), None);
}

/// Pieces from which schedules and near-schedules are made.
const PIECES: &[&str] = &[
    "09:00",
    "18:30",
    "9시",
    "오후",
    "월",
    "목요일",
    "mon",
    "fri",
    "weekdays",
    "주말",
    "매일",
    ",",
    ";",
    "-",
    "~",
    " ",
    "now",
    "30 9 * * 1-5",
    "0 9 1 * *",
    "*",
    "/",
    "25:70",
    "반",
    "분",
    "7",
    "\u{3000}",
];

proptest! {
    #[test]
    fn whatever_is_understood_is_read_back_from_its_canonical_text(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..8),
    ) {
        if let Ok(schedule) = pieces.join(" ").parse::<Schedule>() {
            prop_assert_eq!(schedule.to_string().parse(), Ok(schedule));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}", pieces in prop::collection::vec(prop::sample::select(PIECES), 0..8)) {
        let _ = text.parse::<Schedule>();
        let glued = pieces.concat();
        if let Err(error) = glued.parse::<Schedule>() {
            prop_assert!(error.explain(Language::Ko).chars().count() < 200);
        }
    }

    #[test]
    fn cron_goes_back_the_way_it_went_forward(
        minutes in 0i64..60 * 24 * 365 * 60,
        expression in prop::sample::select(&["30 9 * * *", "0 0 29 2 *", "15,45 6-8 1-7 * 1", "59 23 31 * *", "0 9 13 * 5"][..]),
    ) {
        let cron = Cron::parse(expression).unwrap();
        let at = NaiveDateTime::default() + chrono::TimeDelta::minutes(minutes);
        let next = cron.after(at).unwrap();
        prop_assert!(next > at);
        prop_assert_eq!(cron.at_or_before(next), Some(next));
        let last = cron.at_or_before(next - chrono::TimeDelta::seconds(1));
        prop_assert!(last.is_none_or(|last| last <= at), "{last:?} is between {at} and {next}");
    }
}
