//! What Zoho takes, what it does not, and RFC 5545's own examples.

use proptest::prelude::*;

use super::*;

fn rule(raw: &str) -> Rule {
    raw.parse().unwrap()
}

fn raw(rule: Result<Rule, Problem>) -> String {
    rule.unwrap().to_string()
}

/// Message and hint of a rule that is refused.
fn why(result: Result<Rule, Problem>) -> (String, String) {
    let error = result.unwrap_err();
    (error.message, error.hint.unwrap())
}

fn why_not(raw: &str) -> String {
    why(raw.parse()).0
}

fn dates(raw: &str, after: &str, count: usize) -> Vec<String> {
    let dates = rule(raw).next(after.parse().unwrap());
    dates.take(count).map(|date| date.to_string()).collect()
}

#[test]
fn zohos_samples_are_read_and_written_as_they_are() {
    for sample in [
        "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO",
        "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=5",
        "RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=1TH",
        "RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=4TH",
        "RRULE:FREQ=WEEKLY;INTERVAL=52;BYDAY=SU",
        "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=31",
    ] {
        assert_eq!(rule(sample).to_string(), sample);
    }
}

#[test]
fn the_prefix_may_be_missing_and_order_and_case_do_not_matter() {
    let whole = "RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=3WE";
    for spelling in [
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=3WE",
        "rrule:freq=monthly;interval=2;byday=3we",
        " RRule:BYDAY=+3WE;INTERVAL=02;FREQ=MONTHLY\n",
    ] {
        assert_eq!(rule(spelling).to_string(), whole, "{spelling}");
    }
}

#[test]
fn what_version_2_took_is_refused_by_name() {
    let (message, hint) = why("FREQ=DAILY;INTERVAL=1".parse());
    let daily = "Zoho makes no daily backups since version 3 of its API";
    assert_eq!((&*message, &*hint), (daily, DAILY_HINT));
    let (message, hint) = why("FREQ=WEEKLY;INTERVAL=1;BYDAY=MO;COUNT=3".parse());
    let count = "Zoho accepts no COUNT: a schedule has no end of its own";
    assert_eq!(message, count);
    assert!(hint.contains("backup-fetch cancel"), "{hint}");
}

#[test]
fn each_missing_part_is_named() {
    assert_eq!(why_not("INTERVAL=1;BYDAY=MO"), "the rule has no FREQ");
    let message = why_not("FREQ=WEEKLY;BYDAY=MO");
    assert!(message.starts_with("the rule has no INTERVAL"), "{message}");
    assert_eq!(
        why_not("FREQ=MONTHLY;INTERVAL=1"),
        "the rule has neither BYDAY nor BYMONTHDAY"
    );
}

#[test]
fn parts_that_are_unknown_doubled_or_no_parts_are_named() {
    let weekly = "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO";
    for (more, message) in [
        ("WKST=SU", "Zoho accepts no \"WKST\" in a rule"),
        (
            "BYHOUR=3",
            "Zoho accepts no BYHOUR: it chooses the time of day",
        ),
        ("BYDAY=MO", "BYDAY is given twice"),
        ("INTERVAL=2", "INTERVAL is given twice"),
        ("FREQ=MONTHLY", "FREQ is given twice"),
        ("", "\"\" is not a part like FREQ=WEEKLY"),
        ("\x1b[2J", "\"\\u{1b}[2J\" is not a part like FREQ=WEEKLY"),
    ] {
        assert_eq!(why_not(&format!("{weekly};{more}")), message);
    }
}

#[test]
fn days_that_do_not_fit_the_frequency_are_why() {
    for (rule, message) in [
        (
            "FREQ=WEEKLY;INTERVAL=1;BYMONTHDAY=5",
            "works only with FREQ=MONTHLY",
        ),
        ("FREQ=WEEKLY;INTERVAL=1;BYDAY=1TH", "not \"1TH\""),
        ("FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TH", "not \"MO,TH\""),
        ("FREQ=MONTHLY;INTERVAL=1;BYDAY=TH", "from 1 to 4, not \"\""),
        (
            "FREQ=MONTHLY;INTERVAL=1;BYDAY=5TH",
            "from 1 to 4, not \"5\"",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=1;BYDAY=-1FR",
            "from the end of the month",
        ),
        ("FREQ=MONTHLY;INTERVAL=1;BYDAY=1XX", "not \"XX\""),
        (
            "FREQ=MONTHLY;INTERVAL=1;BYDAY=1TH;BYMONTHDAY=5",
            "one of them",
        ),
        ("FREQ=YEARLY;INTERVAL=1;BYMONTHDAY=5", "not \"YEARLY\""),
    ] {
        let why = why_not(rule);
        assert!(why.ends_with(message), "{rule}: {why}");
    }
}

#[test]
fn numbers_keep_to_zohos_limits() {
    for number in ["0", "53", "300", "", "-1", "+1", "1.5"] {
        let why = why_not(&format!("FREQ=WEEKLY;INTERVAL={number};BYDAY=MO"));
        let message = format!("INTERVAL must be a number from 1 to 52, not {number:?}");
        assert_eq!(why, message);
    }
    for number in ["0", "32", "-1", "5,6"] {
        let why = why_not(&format!("FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY={number}"));
        let message = format!("BYMONTHDAY must be a number from 1 to 31, not {number:?}");
        assert_eq!(why, message);
    }
}

#[test]
fn weekly_takes_a_weekday_by_the_start_of_its_name() {
    for (text, code) in [
        ("mon", "MO"),
        ("Tuesday", "TU"),
        ("WE", "WE"),
        (" thurs ", "TH"),
        ("fri", "FR"),
        ("sat", "SA"),
        ("sun", "SU"),
    ] {
        let wanted = format!("RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY={code}");
        assert_eq!(raw(Rule::weekly(text)), wanted);
    }
}

#[test]
fn what_is_no_single_weekday_is_why() {
    for text in ["", "s", "t", "5", "montag", "mondays", "1st-thu"] {
        let (message, hint) = why(Rule::weekly(text));
        assert_eq!(message, format!("{text:?} is not a weekday"));
        assert_eq!(hint, WEEKDAY_HINT);
    }
    let (message, _) = why(Rule::weekly("mon,thu"));
    assert_eq!(message, "Zoho accepts only one weekday, not \"mon,thu\"");
}

#[test]
fn monthly_takes_a_day_or_a_weekday_with_its_week() {
    for (text, day) in [
        ("5", "BYMONTHDAY=5"),
        ("31st", "BYMONTHDAY=31"),
        ("12th", "BYMONTHDAY=12"),
        ("1st-thu", "BYDAY=1TH"),
        ("2nd monday", "BYDAY=2MO"),
        ("3-Fri", "BYDAY=3FR"),
        ("4TH-SUN", "BYDAY=4SU"),
    ] {
        let wanted = format!("RRULE:FREQ=MONTHLY;INTERVAL=1;{day}");
        assert_eq!(raw(Rule::monthly(text)), wanted, "{text}");
    }
}

#[test]
fn a_day_that_could_mean_two_things_is_not_guessed() {
    // The raw form's first Thursday, or somebody's first of the month.
    let (message, hint) = why(Rule::monthly("1TH"));
    assert_eq!(message, "\"1TH\" is not a day of the month");
    assert_eq!(hint, MONTHLY_HINT);
    let (message, _) = why(Rule::monthly("thu"));
    assert_eq!(message, "which Thursday of the month?");
}

#[test]
fn a_monthly_day_that_zoho_does_not_have_is_why() {
    for (text, message) in [
        (
            "0",
            "the day of the month must be a number from 1 to 31, not \"0\"",
        ),
        (
            "32",
            "the day of the month must be a number from 1 to 31, not \"32\"",
        ),
        (
            "5th-thu",
            "the week of the month must be a number from 1 to 4, not \"5\"",
        ),
        ("last-fri", "\"last-fri\" counts from the end of the month"),
        ("1st-xyz", "\"1st-xyz\" is not a day of the month"),
        ("-1", "\"-1\" is not a day of the month"),
        ("2st", "\"2st\" is not a day of the month"),
        ("1t", "\"1t\" is not a day of the month"),
        ("", "\"\" is not a day of the month"),
    ] {
        assert_eq!(why(Rule::monthly(text)).0, message);
    }
}

#[test]
fn every_takes_weeks_and_months_in_all_spellings() {
    for pace in ["2 weeks", "2weeks", "2w", "2 WEEK", " 2  weeks "] {
        let wanted = "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH";
        assert_eq!(raw(Rule::every(pace, "thu")), wanted, "{pace}");
    }
    let wanted = "RRULE:FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=5";
    assert_eq!(raw(Rule::every("3 months", "5")), wanted);
    let wanted = "RRULE:FREQ=MONTHLY;INTERVAL=3;BYDAY=1TH";
    assert_eq!(raw(Rule::every("3m", "1st-thu")), wanted);
    assert_eq!(
        Rule::every("week", "mon").unwrap(),
        Rule::weekly("mon").unwrap()
    );
}

#[test]
fn every_refuses_other_paces_and_days_that_do_not_fit() {
    let limit = "the number of weeks or months must be a number from 1 to 52, not";
    for (pace, on, message) in [
        ("53 weeks", "mon", &*format!("{limit} \"53\"")),
        ("0w", "mon", &*format!("{limit} \"0\"")),
        (
            "14 days",
            "mon",
            "Zoho makes no daily backups since version 3 of its API",
        ),
        ("2", "mon", "\"2\" is not a number of weeks or months"),
        (
            "2 years",
            "5",
            "\"2 years\" is not a number of weeks or months",
        ),
        ("2 weeks", "5", "\"5\" is not a weekday"),
        ("2 months", "thu", "which Thursday of the month?"),
    ] {
        assert_eq!(why(Rule::every(pace, on)).0, message);
    }
}

#[test]
fn a_rule_is_told_in_plain_words() {
    for (rule, words) in [
        (Rule::weekly("mon"), "weekly on Monday"),
        (Rule::every("2w", "thu"), "every 2 weeks on Thursday"),
        (Rule::monthly("1st-thu"), "monthly on the 1st Thursday"),
        (Rule::monthly("22"), "monthly on the 22nd"),
        (Rule::monthly("28"), "monthly on the 28th"),
        (
            Rule::monthly("29"),
            "monthly on the 29th (months without it are skipped)",
        ),
        (
            Rule::monthly("31"),
            "monthly on the 31st (months without it are skipped)",
        ),
        (Rule::every("3m", "13"), "every 3 months on the 13th"),
        (
            Rule::every("2m", "3rd-sun"),
            "every 2 months on the 3rd Sunday",
        ),
    ] {
        assert_eq!(rule.unwrap().describe(), words);
    }
}

#[test]
fn the_start_itself_is_not_among_the_dates() {
    let weekly = "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU";
    assert_eq!(dates(weekly, "1997-09-02", 2), ["1997-09-09", "1997-09-16"]);
    assert_eq!(dates(weekly, "1997-09-01", 1), ["1997-09-02"]);
}

#[test]
fn every_second_week_counts_from_the_monday_before_the_start() {
    // RFC 5545's example of what WKST changes: from a Tuesday, the Sunday still is in the first week.
    let sundays = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU";
    assert_eq!(
        dates(sundays, "1997-08-05", 2),
        ["1997-08-10", "1997-08-24"]
    );
    // Its day in the first week is over: the next one is two weeks after that day.
    let mondays = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO";
    assert_eq!(
        dates(mondays, "1997-08-05", 2),
        ["1997-08-18", "1997-09-01"]
    );
}

#[test]
fn the_first_friday_falls_where_rfc_5545_says() {
    let fridays = "FREQ=MONTHLY;INTERVAL=1;BYDAY=1FR";
    assert_eq!(
        dates(fridays, "1997-09-05", 4),
        ["1997-10-03", "1997-11-07", "1997-12-05", "1998-01-02"]
    );
}

#[test]
fn months_are_counted_across_years_from_the_month_of_the_start() {
    let tenth = "FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=10";
    assert_eq!(dates(tenth, "1997-09-10", 2), ["1999-03-10", "2000-09-10"]);
    assert_eq!(dates(tenth, "1997-09-09", 2), ["1997-09-10", "1999-03-10"]);
}

#[test]
fn short_months_are_skipped_and_never_shift_the_day() {
    let last = "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=31";
    assert_eq!(
        dates(last, "2025-01-31", 3),
        ["2025-03-31", "2025-05-31", "2025-07-31"]
    );
    let leap = "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=29";
    assert_eq!(dates(leap, "2025-02-10", 2), ["2028-02-29", "2032-02-29"]);
}

#[test]
fn a_day_that_never_comes_ends_the_search() {
    let never = "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30";
    assert_eq!(dates(never, "2025-02-10", 1).len(), 0);
    assert_eq!(
        rule("FREQ=WEEKLY;INTERVAL=1;BYDAY=MO")
            .next(NaiveDate::MAX)
            .count(),
        0
    );
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let weekday = (0..7usize).prop_map(|nth| week().nth(nth).unwrap());
    let day = prop_oneof![
        weekday.clone().prop_map(Day::OfWeek),
        (1..=4u8, weekday).prop_map(|(week, weekday)| Day::NthOfMonth(week, weekday)),
        (1..=31u8).prop_map(Day::OfMonth),
    ];
    (1..=52u8, day).prop_map(|(interval, day)| Rule { interval, day })
}

/// Judges a single date, without stepping from one to the next.
fn is_due(rule: Rule, start: NaiveDate, date: NaiveDate) -> bool {
    let monday = |date: NaiveDate| date.week(WEEK_START).first_day();
    let month = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month());
    let weeks = (monday(date) - monday(start)).num_weeks();
    let (periods, fits) = match rule.day {
        Day::OfWeek(weekday) => (weeks, date.weekday() == weekday),
        Day::NthOfMonth(week, weekday) => {
            let nth = date.day0() / 7 + 1;
            (
                month(date) - month(start),
                date.weekday() == weekday && nth == u32::from(week),
            )
        }
        Day::OfMonth(day) => (month(date) - month(start), date.day() == u32::from(day)),
    };
    fits && periods % i64::from(rule.interval) == 0
}

proptest! {
    #[test]
    fn a_rule_survives_being_written_and_read(rule in any_rule()) {
        prop_assert_eq!(rule.to_string().parse::<Rule>().unwrap(), rule);
    }

    #[test]
    fn the_dates_are_those_that_a_calendar_shows(rule in any_rule(), offset in 0..1500i64) {
        let start: NaiveDate = "2024-01-01".parse().unwrap();
        let start = start + chrono::TimeDelta::days(offset);
        let end = start + Days::new(2000);
        let expected: Vec<_> = start.iter_days().skip(1).take_while(|date| *date < end)
            .filter(|date| is_due(rule, start, *date)).collect();
        let found: Vec<_> = rule.next(start).take_while(|date| *date < end).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_text_makes_it_panic(key in "(BYDAY=|BYMONTHDAY=|)", text in "[1-9+-]?\\PC{0,8}") {
        let _ = format!("FREQ=MONTHLY;INTERVAL=1;{key}{text}").parse::<Rule>();
        let _ = (Rule::weekly(&text), Rule::monthly(&text), Rule::every(&text, &text));
    }
}
