//! What can be typed after `schedule`.

use clap::Args;

use super::values::Suggested;

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

#[derive(Debug, Clone, Default, Args)]
#[group(skip)] // It would hold every field; only these exclude each other.
#[command(group = clap::ArgGroup::new("form").required(true).args(["rule", "weekly", "every", "monthly"]))]
pub(crate) struct ScheduleOptions {
    /// Rule as Zoho writes it, such as 'RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO'
    #[arg(value_name = "RRULE", value_parser = rule)]
    pub(crate) rule: Option<String>,

    /// Every week on this day, such as mon
    #[arg(long, value_name = "DAY", value_parser = Suggested(WEEKDAYS.to_vec()), hide_possible_values = true)]
    pub(crate) weekly: Option<String>,

    /// Every N weeks or months, such as '2 weeks' or '3 months'
    #[arg(long, value_name = "PACE", requires = "on")]
    pub(crate) every: Option<String>,

    /// Day for --every: thu; for months also 5 or 1st-thu
    #[arg(long, value_name = "DAY", requires = "every")]
    pub(crate) on: Option<String>,

    /// Every month on this day, such as 5 or 1st-thu
    #[arg(long, value_name = "DAY")]
    pub(crate) monthly: Option<String>,

    /// Show what would be scheduled, and schedule nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// A rule in Zoho's words, which have a `=` at least.
fn rule(text: &str) -> Result<String, String> {
    if text.contains('=') {
        Ok(text.to_owned())
    } else {
        Err("it is not a rule like RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO".to_owned())
    }
}
