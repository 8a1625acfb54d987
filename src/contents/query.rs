//! Which records somebody asked for: by the values of fields, by id, or both.

use super::rows::Row;

/// What can stand between the label of a field and a value. `!=` comes before the `=` that it ends with.
const OPERATORS: [(&str, Comparison); 3] = [
    ("!=", Comparison::Differs),
    ("=", Comparison::Is),
    ("~", Comparison::Contains),
];

const ID_PREFIX: &str = "zcrm_";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Is,
    Differs,
    /// Whatever the case.
    Contains,
}

/// `LABEL=VALUE`, `LABEL!=VALUE` or `LABEL~VALUE`.
///
/// A label may hold any of these characters itself, so that only the labels there are tell where it ends.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    text: String,
}

impl Condition {
    /// Nothing: the text is no condition, whatever fields there are.
    pub(crate) fn parse(text: &str) -> Option<Condition> {
        let text = text.to_owned();
        let condition = Condition { text };
        condition.readings().next()?;
        Some(condition)
    }

    /// The label as far as it can be told without a file.
    pub(crate) fn label(&self) -> &str {
        self.readings().next().map_or("", |(label, ..)| label)
    }

    /// Every way to read it, the shortest label first.
    fn readings(&self) -> impl Iterator<Item = (&str, Comparison, &str)> {
        self.text.char_indices().filter_map(|(at, _)| {
            let (label, rest) = self.text.split_at(at);
            let (operator, comparison) = OPERATORS
                .into_iter()
                .find(|(operator, _)| rest.starts_with(operator))?;
            let label = label.trim();
            (!label.is_empty()).then(|| (label, comparison, &rest[operator.len()..]))
        })
    }

    /// What it says of a file with these labels; nothing where none of them is meant.
    fn test(&self, labels: &[String]) -> Option<Test> {
        self.readings().find_map(|(label, comparison, value)| {
            let place = place(labels, label)?;
            let value = match comparison {
                Comparison::Contains => value.to_lowercase(),
                _ => value.to_owned(),
            };
            Some(Test {
                place,
                comparison,
                value,
            })
        })
    }
}

/// The field with this label: exactly, or else the only one whatever the case.
fn place(labels: &[String], wanted: &str) -> Option<usize> {
    let exactly = labels.iter().position(|label| label == wanted);
    exactly.or_else(|| {
        let wanted = wanted.to_lowercase();
        let mut places = labels.iter().enumerate();
        let mut alike = || Some(places.find(|(_, label)| label.to_lowercase() == wanted)?.0);
        let first = alike()?;
        alike().is_none().then_some(first)
    })
}

/// What a record must be like.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    conditions: Vec<Condition>,
    /// Without their prefix; a record must have one of them.
    ids: Vec<String>,
}

impl Query {
    pub(crate) fn new(conditions: Vec<Condition>, ids: &[String]) -> Query {
        let ids = ids.iter().map(|id| without_prefix(id.trim()).to_owned());
        Query {
            conditions,
            ids: ids.collect(),
        }
    }

    /// Whether every record is asked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.ids.is_empty()
    }

    /// What to look for in a file with these labels.
    ///
    /// # Errors
    /// The condition about a field that the file does not have.
    pub(crate) fn filter(&self, labels: &[String]) -> Result<Filter<'_>, &Condition> {
        let tests = self
            .conditions
            .iter()
            .map(|condition| condition.test(labels).ok_or(condition));
        Ok(Filter {
            tests: tests.collect::<Result<_, _>>()?,
            ids: &self.ids,
        })
    }
}

/// A query about one file.
#[derive(Debug, Clone)]
pub(crate) struct Filter<'a> {
    tests: Vec<Test>,
    ids: &'a [String],
}

#[derive(Debug, Clone)]
struct Test {
    place: usize,
    comparison: Comparison,
    value: String,
}

impl Filter<'_> {
    pub(crate) fn matches(&self, row: &Row<'_>) -> bool {
        let has_id = || {
            let id = std::str::from_utf8(row.field(0).unwrap_or_default()).unwrap_or_default();
            self.ids.iter().any(|wanted| wanted == without_prefix(id))
        };
        (self.ids.is_empty() || has_id()) && self.tests.iter().all(|test| test.passes(row))
    }
}

impl Test {
    /// A field that a short record does not have is empty.
    fn passes(&self, row: &Row<'_>) -> bool {
        let field = row.field(self.place).unwrap_or_default();
        match self.comparison {
            Comparison::Is => field == self.value.as_bytes(),
            Comparison::Differs => field != self.value.as_bytes(),
            Comparison::Contains => {
                let text = String::from_utf8_lossy(field);
                text.to_lowercase().contains(&self.value)
            }
        }
    }
}

/// An id as the CRM shows it in an address, without what the export puts before it.
pub(crate) fn without_prefix(id: &str) -> &str {
    id.strip_prefix(ID_PREFIX).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::super::rows::RowReader;
    use super::*;

    const HEADER: [&str; 5] = ["Record Id", "Email", "Price (a=b)", "email", "Città"];

    fn labels() -> Vec<String> {
        HEADER.map(str::to_owned).to_vec()
    }

    fn query(conditions: &[&str], ids: &[&str]) -> Query {
        let conditions = conditions
            .iter()
            .map(|text| Condition::parse(text).unwrap());
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        Query::new(conditions.collect(), &ids)
    }

    /// Whether one record of a file with these labels is found.
    fn finds(query: &Query, record: &str) -> bool {
        let labels = labels();
        let filter = query.filter(&labels).unwrap();
        let found = RowReader::default().feed(format!("{record}\n").as_bytes(), |row| {
            ControlFlow::Break(filter.matches(row))
        });
        found == Ok(ControlFlow::Break(true))
    }

    #[test]
    fn every_condition_must_hold() {
        let record = "zcrm_510,ada@example.com,3,,Forlì";
        for (conditions, expected) in [
            (&["Email=ada@example.com"][..], true),
            (&["Email=Ada@example.com"], false),
            (&["Email=ada"], false),
            (&["Email~EXAMPLE"], true),
            (&["Città~FORLÌ"], true),
            (&["Email!=bob@example.com"], true),
            (&["Email!=ada@example.com"], false),
            (&["Email~ada", "Città=Forlì"], true),
            (&["Email~ada", "Città=Roma"], false),
            (&["email="], true),
            (&["  Email =ada@example.com"], true),
        ] {
            assert_eq!(
                finds(&query(conditions, &[]), record),
                expected,
                "{conditions:?}"
            );
        }
    }

    #[test]
    fn an_id_is_the_same_with_and_without_its_prefix() {
        for id in ["510", "zcrm_510"] {
            let query = query(&[], &["7", id]);
            assert!(finds(&query, "zcrm_510,,,,"));
            assert!(finds(&query, "510,,,,"));
            assert!(!finds(&query, "zcrm_5100,,,,"));
        }
    }

    #[test]
    fn a_label_ends_where_a_field_is_called_so() {
        assert!(finds(&query(&["Price (a=b)=3"], &[]), "1,,3,,"));
        assert!(finds(&query(&["record id=1"], &[]), "1,,3,,"));
        let unknown = query(&["EMAIL=x"], &[]);
        // Two fields could be meant.
        assert_eq!(unknown.filter(&labels()).unwrap_err().label(), "EMAIL");
        assert!(Condition::parse("=x").is_none() && Condition::parse("Email").is_none());
    }

    #[test]
    fn a_field_that_a_record_does_not_have_is_empty() {
        assert!(finds(&query(&["Città="], &[]), "1"));
        assert!(!finds(&query(&["Città~a"], &[]), "1"));
    }
}
