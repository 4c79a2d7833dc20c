//! The forms that Discord opens over a chat: a title, and fields below their labels.

use incident_core::incident::Priority;
use incident_core::text::Limits;
use incident_core::view::{Form, OrderAsks, OrderForm, ReportForm, shortened};
use serde_json::{Value, json};

use super::OPTIONS_LIMIT;

/// The longest title of a form, and the longest label in it.
const TITLE_LIMIT: usize = 45;
/// The longest text that a field takes.
const FIELD_LIMIT: usize = 4_000;

/// How the name of a form begins that a press opened; the code of the button follows.
pub(crate) const ABOUT: &str = "form:";
/// The name of the form for reports.
pub(crate) const REPORT: &str = "report";
/// How the name of a form begins that asks for an order; the command follows, where the form does not say which, and the
/// number of the incident.
pub(crate) const ORDER: &str = "order:";
/// The name of the menu of commands.
pub(crate) const WORD: &str = "word";
/// The name of the menu of people.
pub(crate) const PERSON: &str = "person";
/// The name of the field for words.
pub(crate) const WORDS: &str = "words";
/// The name of the menu of priorities.
pub(crate) const PRIORITY: &str = "priority";
/// The name of the menu of teams.
pub(crate) const TEAM: &str = "team";

/// Returns a form that asks for what a press needs; it belongs to the button with this code.
pub fn form(code: &str, form: &Form) -> Value {
    modal(&format!("{ABOUT}{code}"), &form.title, vec![field(&form.label, form.limits)])
}

/// Returns the form of a report: a text, and what may be chosen.
pub fn report_form(form: &ReportForm) -> Value {
    let priorities = form.priorities.iter().map(|(priority, shown)| (word(*priority), shown.clone()));
    let teams = form.teams.iter().map(|(team, shown)| (team.to_string(), shown.clone()));
    let parts = [
        Some(field(&form.label, form.limits)),
        menu(PRIORITY, &form.priority, priorities),
        menu(TEAM, &form.team, teams),
    ];
    modal(REPORT, &form.title, parts.into_iter().flatten().collect())
}

/// Returns the form of an order.
pub fn order_form(form: &OrderForm) -> Value {
    let number = form.number.to_string();
    let (command, parts) = match &form.asks {
        OrderAsks::Comment { limits, shown, places } => {
            let places = places.iter().map(|(word, place)| (word.word().to_owned(), place.clone()));
            ("", vec![Some(field(&form.label, *limits)), menu(WORD, shown, places)])
        }
        OrderAsks::Person { word } => {
            let menu = json!({"type": 5, "custom_id": PERSON, "required": true});
            let menu = json!({"type": 18, "label": short(&form.label), "component": menu});
            (word.word(), vec![Some(menu)])
        }
        OrderAsks::Team { teams } => {
            let teams = teams.iter().map(|(code, name)| (code.to_string(), name.clone()));
            let mut menu = menu(TEAM, &form.label, teams);
            if let Some(menu) = &mut menu {
                menu["component"]["required"] = json!(true);
            }
            ("", vec![menu])
        }
    };
    modal(&format!("{ORDER}{command}:{number}"), &number, parts.into_iter().flatten().collect())
}

/// Writes a priority as it is stored.
fn word(priority: Priority) -> String {
    serde_json::to_value(priority).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn modal(name: &str, title: &str, parts: Vec<Value>) -> Value {
    json!({"custom_id": name, "title": short(title), "components": parts})
}

fn field(label: &str, limits: Limits) -> Value {
    let field = json!({
        "type": 4,
        "custom_id": WORDS,
        "style": 2,
        "min_length": limits.min.min(FIELD_LIMIT),
        "max_length": limits.max.clamp(1, FIELD_LIMIT),
        "required": limits.min > 0,
    });
    json!({"type": 18, "label": short(label), "component": field})
}

fn menu(name: &str, label: &str, choices: impl Iterator<Item = (String, String)>) -> Option<Value> {
    let option = |(value, shown): (String, String)| json!({"label": short_option(&shown), "value": value});
    let options: Vec<Value> = choices.take(OPTIONS_LIMIT).map(option).collect();
    let menu = json!({"type": 3, "custom_id": name, "options": options, "required": false});
    (!options.is_empty()).then(|| json!({"type": 18, "label": short(label), "component": menu}))
}

fn short(text: &str) -> String {
    let short = shortened(text.trim(), TITLE_LIMIT);
    if short.is_empty() { "…".to_owned() } else { short }
}

fn short_option(text: &str) -> String {
    let short = shortened(text.trim(), super::OPTION_LIMIT);
    if short.is_empty() { "…".to_owned() } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(title: &str, limits: Limits) -> Form {
        Form { title: title.to_owned(), label: String::new(), submit: "Send".to_owned(), limits }
    }

    #[test]
    fn a_form_stays_within_discords_limits() {
        let form = form(&"c".repeat(64), &asked(&"Title ".repeat(20), Limits { min: 0, max: 9_999 }));
        assert!(form["custom_id"].as_str().is_some_and(|name| name.len() <= 100));
        assert_eq!(form["title"].as_str().map(|title| title.chars().count()), Some(45));
        let field = &form["components"][0]["component"];
        assert_eq!((&form["components"][0]["label"], &field["max_length"]), (&json!("…"), &json!(4_000)));
        assert_eq!((&field["min_length"], &field["required"]), (&json!(0), &json!(false)));
    }

    #[test]
    fn a_report_is_written_and_what_there_is_to_choose_is_chosen() {
        let Form { title, label, submit, limits } = asked("Report", Limits::DESCRIPTION);
        let priorities = vec![(Priority::Low, "Low".to_owned()), (Priority::Urgent, "Urgent".to_owned())];
        let (channel, priority, team) = (String::new(), "How urgent".to_owned(), "Who".to_owned());
        let asked = ReportForm {
            title,
            label,
            submit,
            limits,
            channel,
            priority,
            priorities,
            team,
            teams: Vec::new(),
        };
        let form = report_form(&asked);
        let parts = form["components"].as_array().expect("parts").iter();
        let names: Vec<_> = parts.map(|part| part["component"]["custom_id"].clone()).collect();
        assert_eq!(names, [json!("words"), json!("priority")]);
        let options = &form["components"][1]["component"]["options"];
        assert_eq!(options[1], json!({"label": "Urgent", "value": "urgent"}));
    }
}
