use chrono::FixedOffset;
use proptest::prelude::*;

use super::*;

const NOW: &str = "2027-01-01T00:00:00Z";

fn rules(rule: &str, count: u32) -> Rules {
    let count = Some(Count::Of(count));
    let mut rules = Rules::default();
    match rule {
        "last" => rules.last = count,
        "daily" => rules.daily = count,
        "weekly" => rules.weekly = count,
        "monthly" => rules.monthly = count,
        _ => rules.yearly = count,
    }
    rules
}

fn within(span: &str) -> Rules {
    Rules {
        within: Some(span.parse().unwrap()),
        ..Rules::default()
    }
}

fn dated(at: &str) -> Dated {
    Dated {
        at: at.parse().unwrap(),
        expiry: None,
    }
}

/// What is kept, and why, of backups of these moments in the order given.
fn kept(rules: &Rules, at: &[&str], zone: &impl TimeZone) -> Vec<(usize, String)> {
    let backups: Vec<Dated> = at.iter().map(|at| dated(at)).collect();
    let reasons = reasons(rules, &backups, NOW.parse().unwrap(), zone);
    let all = reasons.into_iter().map(|reasons| reasons.join(", "));
    all.enumerate().filter(|(_, why)| !why.is_empty()).collect()
}

fn is(found: &[(usize, String)], expected: &[(usize, &str)]) {
    let found: Vec<_> = found.iter().map(|(at, why)| (*at, why.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn each_rule_keeps_the_newest_of_its_periods_and_the_oldest_where_some_are_left() {
    let at = [
        "2025-12-28T12:00:00Z",
        "2025-12-29T12:00:00Z",
        "2026-01-01T12:00:00Z",
        "2026-01-04T10:00:00Z",
        "2026-01-04T12:00:00Z",
    ];
    is(
        &kept(&rules("last", 2), &at, &Utc),
        &[(3, "last"), (4, "newest, last")],
    );
    is(
        &kept(&rules("daily", 2), &at, &Utc),
        &[(2, "daily 2026-01-01"), (4, "newest, daily 2026-01-04")],
    );
    // The week of the turn of the year is one, whatever the year of its days.
    is(
        &kept(&rules("weekly", 2), &at, &Utc),
        &[(0, "weekly 2025-W52"), (4, "newest, weekly 2026-W01")],
    );
    is(
        &kept(&rules("monthly", 5), &at, &Utc),
        &[
            (0, "oldest monthly 2025-12"),
            (1, "monthly 2025-12"),
            (4, "newest, monthly 2026-01"),
        ],
    );
    is(
        &kept(&rules("yearly", 1), &at, &Utc),
        &[(4, "newest, yearly 2026")],
    );
}

#[test]
fn an_unlimited_rule_never_runs_out() {
    let rules = Rules {
        daily: Some(Count::Unlimited),
        ..Rules::default()
    };
    let at = [
        "2020-01-01T01:00:00Z",
        "2020-01-01T02:00:00Z",
        "2026-01-01T00:00:00Z",
    ];
    is(
        &kept(&rules, &at, &Utc),
        &[
            (0, "oldest daily 2020-01-01"),
            (1, "daily 2020-01-01"),
            (2, "newest, daily 2026-01-01"),
        ],
    );
}

#[test]
fn days_are_those_of_the_local_time_zone() {
    let at = [
        "2026-01-01T22:30:00Z",
        "2026-01-01T23:30:00Z",
        "2026-01-02T12:00:00Z",
    ];
    let two = rules("daily", 2);
    is(
        &kept(&two, &at, &Utc),
        &[(1, "daily 2026-01-01"), (2, "newest, daily 2026-01-02")],
    );
    let east = FixedOffset::east_opt(3600).unwrap();
    is(
        &kept(&two, &at, &east),
        &[(0, "daily 2026-01-01"), (2, "newest, daily 2026-01-02")],
    );
}

#[test]
fn within_counts_back_from_the_newest_by_the_calendar() {
    let at = [
        "2026-02-28T11:59:00Z",
        "2026-03-03T12:00:00Z",
        "2026-03-03T12:00:01Z",
        "2026-03-31T12:00:00Z",
    ];
    // The 31st of February is the 3rd of March, and the moment itself is not within.
    is(
        &kept(&within("1m"), &at, &Utc),
        &[(2, "within 1m"), (3, "newest, within 1m")],
    );
    is(
        &kept(&within("27d24h1m"), &at, &Utc)[..1],
        &[(0, "within 1m27d24h")],
    );
    let all = kept(&within("4294967295y4294967295d"), &at, &Utc);
    assert_eq!(all.len(), 4);
}

#[test]
fn rules_are_united_and_the_newest_stays_without_any() {
    let at = [
        "2024-06-01T00:00:00Z",
        "2025-06-01T00:00:00Z",
        "2025-06-02T00:00:00Z",
    ];
    let both = Rules {
        last: Some(Count::Of(1)),
        yearly: Some(Count::Of(2)),
        ..Rules::default()
    };
    is(
        &kept(&both, &at, &Utc),
        &[(0, "yearly 2024"), (2, "newest, last, yearly 2025")],
    );
    is(&kept(&rules("last", 0), &at, &Utc), &[(2, "newest")]);
}

#[test]
fn a_date_in_the_future_is_kept_and_takes_nobodys_place() {
    let at = [
        "2026-06-01T00:00:00Z",
        "2026-06-02T00:00:00Z",
        "2099-01-01T00:00:00Z",
    ];
    is(
        &kept(&rules("last", 1), &at, &Utc),
        &[(1, "newest, last"), (2, "dated in the future")],
    );
}

#[test]
fn the_backup_with_the_latest_links_stays_whatever_its_date() {
    let expiring = |at: &str, expiry: &str| Dated {
        expiry: Some(expiry.parse().unwrap()),
        ..dated(at)
    };
    let backups = [
        expiring("1970-01-01T00:00:00Z", "2026-06-14T00:00:00Z"),
        expiring("2026-06-01T00:00:00Z", "2026-06-07T00:00:00Z"),
        expiring("2026-06-02T00:00:00Z", "2026-06-08T00:00:00Z"),
    ];
    let found = reasons(&rules("last", 1), &backups, NOW.parse().unwrap(), &Utc);
    assert_eq!(found[0], ["latest links"]);
    assert!(found[1].is_empty(), "{found:?}");
    // Nothing is told by a date that they share.
    let alike = backups.map(|backup| Dated {
        expiry: backups[0].expiry,
        ..backup
    });
    let found = reasons(&rules("last", 1), &alike, NOW.parse().unwrap(), &Utc);
    assert!(found[0].is_empty() && found[1].is_empty(), "{found:?}");
}

#[test]
fn rules_that_keep_nothing_are_empty() {
    assert!(Rules::default().are_empty() && rules("daily", 0).are_empty());
    assert!(!rules("yearly", 1).are_empty() && !within("1h").are_empty());
}

#[test]
fn spans_and_counts_are_written_as_restic_has_them() {
    for (text, shown) in [("2y5m7d3h", "2y5m7d3h"), ("3h2y", "2y3h"), ("030d", "30d")] {
        assert_eq!(text.parse::<Span>().unwrap().to_string(), shown);
    }
    for wrong in [
        "",
        "0d",
        "d",
        "5",
        "5w",
        "-1d",
        "1d1d",
        "1d 2h",
        "+1d",
        "99999999999d",
    ] {
        assert!(wrong.parse::<Span>().is_err(), "{wrong}");
    }
    assert_eq!("unlimited".parse(), Ok(Count::Unlimited));
    for wrong in ["", "-1", "all", "1.5"] {
        assert!(wrong.parse::<Count>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn the_newest_always_stays_and_more_rules_never_remove_more(
        seconds in proptest::collection::vec(0_i64..100_000_000, 1..40),
        counts in proptest::array::uniform5(proptest::option::of(0_u32..4)),
        hours in proptest::option::of(1_u32..10_000),
    ) {
        let at = |seconds| DateTime::from_timestamp(1_600_000_000 + seconds, 0).unwrap();
        let dates = seconds.iter().map(|seconds| Dated { at: at(*seconds), expiry: None });
        let dates: Vec<Dated> = dates.collect();
        let [last, daily, weekly, monthly, yearly] = counts.map(|count| count.map(Count::Of));
        let within = hours.map(|hours| format!("{hours}h").parse().unwrap());
        let rules = Rules { last, daily, weekly, monthly, yearly, within };
        let kept = |rules: &Rules| -> Vec<bool> {
            let found = reasons(rules, &dates, NOW.parse().unwrap(), &Utc);
            found.iter().map(|reasons| !reasons.is_empty()).collect()
        };
        let all = kept(&rules);
        let newest = dates.iter().map(|date| date.at).max().unwrap();
        prop_assert!(dates.iter().zip(&all).any(|(date, kept)| *kept && date.at == newest));
        for fewer in [Rules { last: None, ..rules }, Rules { weekly: None, ..rules }, Rules { within: None, ..rules }] {
            for (fewer, all) in kept(&fewer).into_iter().zip(&all) {
                prop_assert!(!fewer || *all);
            }
        }
        if let Some(Count::Of(last)) = last {
            let count = all.iter().filter(|kept| **kept).count();
            prop_assert!(count >= dates.len().min(usize::try_from(last).unwrap()));
        }
    }
}
