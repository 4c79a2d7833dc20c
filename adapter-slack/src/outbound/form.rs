//! Forms as Slack's modals. What a form belongs to travels in its private data, for Slack gives it back and keeps
//! nothing of ours: a form outlives a restart.

use incident_core::incident::Priority;
use incident_core::text::Limits;
use incident_core::view::{Form, OrderAsks, OrderForm, ReportForm, shortened};
use serde::{Deserialize, Serialize};
use slack_morphism::blocks::{
    SlackBlock, SlackBlockChoiceItem, SlackBlockConversationFilter, SlackBlockConversationsSelectElement,
    SlackBlockPlainTextInputElement, SlackBlockPlainTextOnly, SlackBlockStaticSelectElement,
    SlackBlockUsersSelectElement, SlackConversationFilterInclude, SlackInputBlock, SlackModalView, SlackView,
};

use super::words;

/// What the form of a press is called when it comes back.
pub const FORM: &str = "form";
/// What the form of a report is called when it comes back.
pub const REPORT_FORM: &str = "report";
/// What the form of an order is called when it comes back.
pub const ORDER_FORM: &str = "order";
/// The field, and the block around it, with the words.
pub const FIELD_TEXT: &str = "text";
/// The choice of the priority.
pub const FIELD_PRIORITY: &str = "priority";
/// The choice of the team.
pub const FIELD_TEAM: &str = "team";
/// The choice of a channel.
pub const FIELD_CHANNEL: &str = "channel";
/// The choice of a person.
pub const FIELD_PERSON: &str = "person";
/// The choice of a command.
pub const FIELD_WORD: &str = "word";

const TITLE_LIMIT: usize = 24;
const OPTION_LIMIT: usize = 75;
const OPTIONS: usize = 100;
const FIELD_LABEL_LIMIT: usize = 2_000;
/// The longest text that a field takes, in characters.
const FIELD_LIMIT: usize = 3_000;

/// The press that a form completes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pressed {
    /// What the button carried.
    pub code: String,
    /// The channel.
    pub channel: String,
    /// The message that the button was on.
    pub message: String,
}

/// The incident that an order is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// Its number.
    pub number: String,
    /// The command that is meant, where the form does not say.
    pub word: Option<String>,
    /// The channel.
    pub channel: String,
    /// The message that the button was on.
    pub message: String,
}

/// Where a report is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporting {
    /// The channel; where none is known, the form asks for it.
    pub channel: Option<String>,
    /// What it is called.
    pub name: Option<String>,
}

/// Draws the form that completes a press.
pub fn form(form: &Form, pressed: &Pressed) -> SlackView {
    let field = field(&form.label, form.limits, None);
    modal(&form.title, &form.submit, vec![field], (FORM, json(pressed)))
}

/// Draws the form of a report; `said` is what stands in it already.
pub fn report_form(form: &ReportForm, reporting: &Reporting, said: Option<&str>) -> SlackView {
    let priorities: Vec<(String, String)> =
        form.priorities.iter().map(|(priority, name)| (word(*priority), name.clone())).collect();
    let usual = form.priorities.iter().position(|(priority, _)| *priority == Priority::default());
    let teams: Vec<(String, String)> =
        form.teams.iter().map(|(team, name)| (team.to_string(), name.clone())).collect();
    let blocks = [
        reporting.channel.is_none().then(|| channel(&form.channel)),
        Some(field(&form.label, form.limits, said)),
        choice(FIELD_PRIORITY, &form.priority, &priorities, usual).map(optional),
        choice(FIELD_TEAM, &form.team, &teams, None).map(optional),
    ];
    modal(&form.title, &form.submit, blocks.into_iter().flatten().collect(), (REPORT_FORM, json(reporting)))
}

/// Draws the form of an order, which a press on a message in a channel asked for.
pub fn order_form(form: &OrderForm, (channel, message): (&str, &str)) -> SlackView {
    let number = form.number.to_string();
    let (blocks, word) = match &form.asks {
        OrderAsks::Comment { limits, shown, places } => {
            let places = places.clone().map(|(word, place)| (word.word().to_owned(), place));
            let place = choice(FIELD_WORD, shown, &places, Some(0)).map(optional);
            (vec![Some(field(&form.label, *limits, None)), place], None)
        }
        OrderAsks::Person { word } => (vec![Some(person(&form.label))], Some(word.word().to_owned())),
        OrderAsks::Team { teams } => {
            let teams: Vec<(String, String)> =
                teams.iter().map(|(code, name)| (code.to_string(), name.clone())).collect();
            (vec![choice(FIELD_TEAM, &form.label, &teams, None).map(SlackBlock::from)], None)
        }
    };
    let (channel, message) = (channel.to_owned(), message.to_owned());
    let ordered = Ordered { number: number.clone(), word, channel, message };
    modal(&number, &form.submit, blocks.into_iter().flatten().collect(), (ORDER_FORM, json(&ordered)))
}

/// A choice of the channels that somebody can see.
fn channel(label: &str) -> SlackBlock {
    let mut select = SlackBlockConversationsSelectElement::new().with_action_id(FIELD_CHANNEL.into());
    let include = vec![SlackConversationFilterInclude::Public, SlackConversationFilterInclude::Private];
    select.default_to_current_conversation = Some(true);
    select.filter = Some(SlackBlockConversationFilter::new().with_include(include));
    let label: SlackBlockPlainTextOnly = words(label, FIELD_LABEL_LIMIT);
    SlackInputBlock::new(label, select.into()).with_block_id(FIELD_CHANNEL.into()).into()
}

fn person(label: &str) -> SlackBlock {
    let select = SlackBlockUsersSelectElement::new().with_action_id(FIELD_PERSON.into());
    let label: SlackBlockPlainTextOnly = words(label, FIELD_LABEL_LIMIT);
    SlackInputBlock::new(label, select.into()).with_block_id(FIELD_PERSON.into()).into()
}

/// The word by which a priority is known when it comes back.
pub(crate) fn word(priority: Priority) -> String {
    let word = serde_json::to_value(priority).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

fn json(data: &impl Serialize) -> String {
    serde_json::to_string(data).expect("texts alone are always JSON")
}

fn modal(title: &str, submit: &str, blocks: Vec<SlackBlock>, (kind, data): (&str, String)) -> SlackView {
    let view = SlackModalView::new(words(title, TITLE_LIMIT), blocks)
        .with_submit(words(submit, TITLE_LIMIT))
        .with_callback_id(kind.into())
        .with_private_metadata(data);
    SlackView::Modal(view)
}

fn field(label: &str, limits: Limits, said: Option<&str>) -> SlackBlock {
    let most = limits.max.min(FIELD_LIMIT);
    let mut input = SlackBlockPlainTextInputElement::new()
        .with_action_id(FIELD_TEXT.into())
        .with_multiline(true)
        .with_focus_on_load(true)
        .with_min_length(limits.min as u64)
        .with_max_length(most as u64);
    input.initial_value = said.map(|said| shortened(said, most)).filter(|said| !said.trim().is_empty());
    let label: SlackBlockPlainTextOnly = words(label, FIELD_LABEL_LIMIT);
    SlackInputBlock::new(label, input.into()).with_block_id(FIELD_TEXT.into()).into()
}

fn choice(
    name: &str,
    label: &str,
    options: &[(String, String)],
    initial: Option<usize>,
) -> Option<SlackInputBlock> {
    let option = |(value, shown): &(String, String)| {
        SlackBlockChoiceItem::new(words(shown, OPTION_LIMIT), value.clone())
    };
    let options: Vec<_> = options.iter().take(OPTIONS).map(option).collect();
    if options.is_empty() {
        return None;
    }
    let mut select = SlackBlockStaticSelectElement::new().with_action_id(name.into());
    select.initial_option = initial.and_then(|at| options.get(at).cloned());
    select.options = Some(options);
    let label: SlackBlockPlainTextOnly = words(label, FIELD_LABEL_LIMIT);
    Some(SlackInputBlock::new(label, select.into()).with_block_id(name.into()))
}

/// Lets a form be sent without something.
fn optional(input: SlackInputBlock) -> SlackBlock {
    input.with_optional(true).into()
}
