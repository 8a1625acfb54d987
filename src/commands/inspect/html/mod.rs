//! `inspect --html`: a page of what a backup holds, to look at rather than read. All of it is in the one file: no script, and
//! nothing that is fetched from anywhere.
//!
//! `history` reads the backups beside it, `chart` draws them, `file` writes the page where it may.

mod chart;
mod file;
mod history;

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use maud::{Markup, PreEscaped, html};

use crate::cli::Percent;
use crate::contents::{Contents, Files, Module, ModuleChange};
use crate::output::units;
use crate::problem::Problem;
use crate::store::manifest::SetState;
use crate::untrusted::printable;

use super::change::{Compared, changed};
use super::subject::Subject;
use history::{Holds, Night};

pub(super) use file::PageFile;
pub(super) use history::{History, Known};

const STYLE: PreEscaped<&str> = PreEscaped(include_str!("style.css"));

/// Whatever the page might be made to do, a browser must not do it.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

pub(super) struct Page<'a> {
    pub(super) subject: &'a Subject,
    pub(super) contents: &'a Contents,
    pub(super) compared: Option<&'a Compared>,
    pub(super) most: Option<Percent>,
    pub(super) history: &'a History,
    pub(super) warnings: &'a [String],
    pub(super) errors: &'a [Problem],
    /// So many things of it can't be read.
    pub(super) damaged: usize,
}

impl Page<'_> {
    pub(super) fn render(&self, now: DateTime<Utc>) -> String {
        let title = self.title();
        let page = html! {
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (title) }
                    style { (STYLE) }
                }
                body {
                    header { (self.head(&title)) }
                    main {
                        (self.facts())
                        (self.findings())
                        (self.records_over_time())
                        (self.modules())
                        (self.files())
                        (self.backups())
                    }
                    footer {
                        p { "Written by backup-fetch " (env!("CARGO_PKG_VERSION")) ", " (moment(now)) "." }
                    }
                }
            }
        };
        page.into_string()
    }

    fn title(&self) -> String {
        let Some(set) = &self.subject.set else {
            return format!("Contents of {}", printable(&self.subject.name));
        };
        let date = set.manifest.date().map(units::minute);
        let date = date.map_or_else(|| printable(&set.name), |date| format!("of {date}"));
        match set.manifest.org.as_deref() {
            Some(org) => format!("Backup {date}, organisation {}", printable(org)),
            None => format!("Backup {date}"),
        }
    }

    fn head(&self, title: &str) -> Markup {
        html! {
            h1 { (title) }
            p.soft.where { (printable(&self.subject.path.to_string())) }
            ul.verdicts {
                (self.state())
                @if self.damaged > 0 { li.bad { "✗ damaged: not all of it can be read" } }
                (self.alarm())
            }
        }
    }

    fn state(&self) -> Markup {
        let Some(set) = &self.subject.set else {
            return html! { li.soft { "a single zip" } };
        };
        let (saved, all) = (set.manifest.saved_files().count(), set.manifest.files.len());
        match set.manifest.state {
            SetState::Complete if self.damaged > 0 => {
                html! { li.soft { "complete when it was saved: " (units::files(all)) } }
            }
            SetState::Complete => html! { li.good { "✓ complete: " (units::files(all)) } },
            SetState::Incomplete => {
                html! { li.bad { "✗ incomplete: " (saved) " of " (units::files(all)) } }
            }
        }
    }

    fn alarm(&self) -> Markup {
        let (Some(most), Some(compared)) = (self.most, self.compared) else {
            return html! {};
        };
        let most_text = most.to_string();
        match compared.change.lost_more_than(most.0).len() {
            // What can't be read may be lost.
            0 if self.damaged > 0 => html! {},
            0 => html! { li.good { "✓ no module lost more than " (most_text) } },
            1 => html! { li.bad { "▼ alarm: more than " (most_text) " lost" } },
            lost => html! { li.bad { "▼ alarm: " (lost) " modules lost more than " (most_text) } },
        }
    }

    fn facts(&self) -> Markup {
        let contents = self.contents;
        let since = self.compared.map(|compared| {
            let date = compared.completed().map(units::date);
            let [count, share] = changed(&compared.change.in_all());
            let since = date.map_or_else(String::new, |date| format!(" since {date}"));
            match count.as_str() {
                "" => format!("as many as before{since}"),
                _ => format!("{count} ({share}){since}"),
            }
        });
        let fact = |name: &str, figure: String, more: String| {
            html! {
                div { dt { (name) } dd { (figure) @if !more.is_empty() { div.more { (more) } } } }
            }
        };
        let attachments = &contents.attachments;
        let modules = contents.modules.len() as u64;
        html! {
            dl.facts {
                (fact("Records", units::count(contents.records()), since.unwrap_or_default()))
                (fact("Modules", units::count(modules), format!("{} of tables, unpacked", units::size(contents.table_bytes()))))
                (fact("Attachments", units::count(attachments.files), units::size(attachments.bytes)))
                @if let Some(set) = &self.subject.set {
                    (fact("Saved", units::size(set.manifest.saved_bytes()), units::files(set.manifest.saved_files().count())))
                }
            }
        }
    }

    fn findings(&self) -> Markup {
        html! {
            h2 { "Findings" }
            @if self.errors.is_empty() && self.warnings.is_empty() {
                p { "None. Every table was read to its end and is sound." }
            } @else {
                ul.findings {
                    @for error in self.errors {
                        li.bad { strong { "Error: " } span { (error.message) } @if let Some(hint) = &error.hint { p.note { (hint) } } }
                    }
                    @for warning in self.warnings { li.odd { strong { "Warning: " } span { (warning) } } }
                }
            }
            p.note { "Attachments were counted, and not read: backup-fetch verify reads all of a backup." }
        }
    }

    fn records_over_time(&self) -> Markup {
        if self.history.nights.is_empty() {
            return html! {};
        }
        let is_there = |wanted: fn(&Holds) -> bool| {
            self.history.nights.iter().any(|night| wanted(&night.holds))
        };
        let has_lost = is_there(|it| matches!(it, Holds::Counted { lost, .. } if !lost.is_empty()));
        let has_gaps = is_there(|it| !matches!(it, Holds::Counted { .. }));
        html! {
            h2 { "Records over time" }
            div.scroll { (chart::over_time(self.history)) }
            ul.legend {
                li { svg width="12" height="12" aria-hidden="true" { circle.dot cx="6" cy="6" r="4" {} } " a complete backup" }
                @if has_lost {
                    li { svg width="14" height="12" aria-hidden="true" { path.alarm d="M0 0L14 0L7 12Z" {} } " alarm: a module lost more than " (self.most.map_or_else(String::new, |most| most.to_string())) }
                }
                @if has_gaps {
                    li { svg width="12" height="12" aria-hidden="true" { path.cross d="M2 2L10 10M2 10L10 2" {} } " incomplete or damaged, not counted" }
                }
            }
        }
    }

    fn modules(&self) -> Markup {
        let contents = self.contents;
        if contents.modules.is_empty() && self.compared.is_none() {
            return html! {};
        }
        let has_trend = self.history.counted().nth(1).is_some();
        let changes = self.compared.map(|compared| &compared.change);
        html! {
            h2 { "Modules" }
            div.scroll { table {
                thead { tr {
                    th scope="col" { "Module" }
                    th.n scope="col" { "Records" }
                    @if changes.is_some() { th.n scope="col" { "Change" } th.n scope="col" { "Share" } }
                    th.n scope="col" { "Bytes" }
                    @if has_trend { th scope="col" { "Over time" } }
                } }
                tbody { @for name in self.names() { (self.module(name, has_trend)) } }
                tfoot { tr {
                    th scope="row" { "Total" }
                    td.n { (units::count(contents.records())) }
                    @if let Some(change) = changes { (change_cells(&change.in_all(), None)) }
                    td.n { (units::size(contents.table_bytes())) }
                    @if has_trend { td {} }
                } }
            } }
        }
    }

    /// Of the modules that are there, and of those that are gone.
    fn names(&self) -> impl Iterator<Item = &str> {
        let compared = self.compared.into_iter();
        let before = compared.flat_map(|compared| &compared.change.modules);
        let before = before.map(|module| module.name.as_str());
        let there = self.contents.modules.iter();
        let there = there.map(|module| module.name.as_str());
        let names: BTreeSet<_> = there
            .chain(before)
            .map(|name| (name.to_lowercase(), name))
            .collect();
        names.into_iter().map(|(_, name)| name)
    }

    fn module(&self, name: &str, has_trend: bool) -> Markup {
        let mut there = self.contents.modules.iter();
        let module = there.find(|module| module.name == name);
        let figure = |figure: fn(&Module) -> String| module.map_or_else(|| "-".to_owned(), figure);
        let change = self.compared.map(|compared| {
            let mut changes = compared.change.modules.iter();
            changes.find(|change| change.name == name)
        });
        html! {
            tr {
                th scope="row" translate="no" { bdi { (printable(name)) } }
                td.n { (figure(|module| units::count(module.records))) }
                @match change {
                    Some(Some(change)) => (change_cells(change, self.most)),
                    Some(None) => { td {} td {} }
                    None => {}
                }
                td.n { (figure(|module| units::size(module.bytes))) }
                @if has_trend { td { (chart::trend(&self.history.of_module(name), self.history)) } }
            }
        }
    }

    /// What is in the zips besides the tables.
    fn files(&self) -> Markup {
        let Contents {
            attachments,
            images,
            metadata,
            other,
            ..
        } = self.contents;
        let others = [
            ("Record images", images),
            ("Metadata", metadata),
            ("Other files", other),
        ];
        let row = |name: Markup, count: u64, bytes: u64| {
            html! { tr { th scope="row" { (name) } td.n { (units::count(count)) } td.n { (units::size(bytes)) } } }
        };
        let index = attachments.index.as_ref();
        html! {
            h2 { "Attachments and other files" }
            div.scroll { table {
                thead { tr { th scope="col" { "Files" } th.n scope="col" { "Number" } th.n scope="col" { "Bytes" } } }
                tbody {
                    (row(html! { "Attachments" }, attachments.files, attachments.bytes))
                    @for module in index.iter().flat_map(|index| &index.modules) {
                        (row(html! { "of " bdi translate="no" { @if module.name.is_empty() { "(no module)" } @else { (printable(&module.name)) } } ", by the index" }, module.rows, module.bytes))
                    }
                    @for (name, Files { files, bytes }) in others { @if *files > 0 { (row(html! { (name) }, *files, *bytes)) } }
                }
            } }
            p.note { (completeness(self.contents)) }
        }
    }

    /// The chart in words.
    fn backups(&self) -> Markup {
        let nights = &self.history.nights;
        if nights.is_empty() {
            return html! {};
        }
        html! {
            h2 { "Backups of this organisation in this folder" }
            @if self.history.left_out > 0 {
                p.note { "The newest " (nights.len()) ", and not " (self.history.left_out) " that are older." }
            }
            div.scroll { table {
                thead { tr {
                    th scope="col" { "Date" }
                    th scope="col" { "Folder" }
                    th scope="col" { "State" }
                    th.n scope="col" { "Records" }
                    th.n scope="col" { "Change" }
                    th.n scope="col" { "Share" }
                } }
                tbody { @for night in nights.iter().rev() { (self.backup(night)) } }
            } }
        }
    }

    fn backup(&self, night: &Night) -> Markup {
        let bare = |class: &str, state: &str| {
            html! { td { span class=(class) { (state) } } td.n { "-" } td {} td {} }
        };
        html! {
            tr.this[night.is_subject] {
                th.d scope="row" { (moment(night.date)) }
                td.where { (printable(&night.name)) @if night.is_subject { " (this one)" } }
                @match &night.holds {
                    Holds::Incomplete => (bare("odd", "✗ incomplete, not counted")),
                    Holds::Damaged => (bare("bad", "✗ damaged, not counted")),
                    Holds::Counted { contents, change, lost } => {
                        td { @if lost.is_empty() { span.good { "✓ complete" } } @else { (self.lost(lost)) } }
                        td.n { (units::count(contents.records())) }
                        @match change {
                            Some(change) => (change_cells(change, None)),
                            None => { td {} td {} }
                        }
                    }
                }
            }
        }
    }

    /// The alarm of a night.
    fn lost(&self, lost: &[ModuleChange]) -> Markup {
        let names: Vec<String> = lost
            .iter()
            .map(|module| match module.name.as_str() {
                "" => "all modules together".to_owned(),
                name => printable(name),
            })
            .collect();
        let most = self.most.map_or_else(String::new, |most| most.to_string());
        html! { span.bad { "▼ alarm: more than " (most) " lost of " (units::names(&names)) } }
    }
}

/// Two cells: how many records more there are, and the share.
fn change_cells(change: &ModuleChange, most: Option<Percent>) -> Markup {
    let [count, share] = changed(change);
    let is_alarm = most.is_some_and(|most| change.lost_more_than(most.0));
    html! {
        td.n.bad[is_alarm] { (count) }
        td.n.bad[is_alarm] { @if is_alarm { "▼ alarm " } (share) }
    }
}

/// Whether the attachments are all there; what is wrong with them is a finding.
fn completeness(contents: &Contents) -> &'static str {
    let Some(index) = &contents.attachments.index else {
        return match contents.attachments.files {
            0 => "",
            _ => "There is no index that says to which records the attachments belong.",
        };
    };
    match &index.completeness {
        None => {
            "Not all of the backup was looked at, so whether every attachment is there is not known."
        }
        Some(found) if found.is_whole() => {
            "Every attachment of the index has its file, and every file is in the index."
        }
        Some(_) => "The index and the files do not agree: see the findings.",
    }
}

fn moment(at: DateTime<Utc>) -> Markup {
    let exact = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    html! { time datetime=(exact) { (units::minute(at)) } }
}
