//! The slash command `/incident`, made of the table of commands: what is done with incidents by its sub-commands, what
//! is arranged for a group by those of its group.

use incident_core::view::{CommandWord, Locale, Phrase, Phrasebook, shortened};
use serde_json::{Map, Value, json};
use serenity::builder::{CreateCommand, CreateCommandOption};
use serenity::model::application::CommandOptionType;

use super::OPTION_LIMIT;

/// The name of the slash command.
pub const COMMAND: &str = "incident";
/// The name of the group of sub-commands for everything that is no work on incidents.
const GROUP: &str = "group";
/// How many sub-commands stand side by side.
const MOST: usize = 25;
/// How many choices an autocompletion offers.
const CHOICES_LIMIT: usize = 25;

/// What can be filled in, in the order in which the desk reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Number,
    Person,
    /// A person, or a role whose members are meant.
    People,
    To,
    /// One of the states that an administrator may set.
    State,
    Text,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Person | Self::People => "person",
            Self::To => "to",
            Self::State => "state",
            Self::Text => "text",
        }
    }

    const fn kind(self) -> CommandOptionType {
        match self {
            Self::Number | Self::State | Self::Text => CommandOptionType::String,
            Self::Person | Self::To => CommandOptionType::User,
            Self::People => CommandOptionType::Mentionable,
        }
    }

    fn described(self, word: CommandWord, locale: &Locale) -> String {
        let words = match self {
            Self::Number => locale.text(Phrase::ArgumentsNumber),
            Self::Person | Self::People | Self::To => locale.text(Phrase::ArgumentsPerson),
            Self::State => locale.text(Phrase::ArgumentsState),
            Self::Text if word == CommandWord::Override => locale.text(Phrase::ArgumentsReason),
            Self::Text => arguments(word, locale),
        };
        shortened(words.trim(), OPTION_LIMIT)
    }
}

/// What follows a command when it is typed; empty if nothing does.
fn arguments(word: CommandWord, locale: &Locale) -> String {
    word.usage(locale).split_once(' ').map(|(_, arguments)| arguments.to_owned()).unwrap_or_default()
}

/// The commands that have more to fill in than a text.
const LAYOUTS: [(CommandWord, &[Field]); 23] = {
    use CommandWord as Word;
    use Field::{Number, People, Person, State, Text, To};
    [
        (Word::Status, &[Number]),
        (Word::History, &[Number, Text]),
        (Word::Files, &[Number]),
        (Word::Assign, &[Number, Person]),
        (Word::Reassign, &[Number, Person, To]),
        (Word::Revoke, &[Number, Person, Text]),
        (Word::Hold, &[Number, Text]),
        (Word::Resume, &[Number]),
        (Word::Cancel, &[Number, Text]),
        (Word::Reopen, &[Number, Text]),
        (Word::Duplicate, &[Number, Text]),
        (Word::Override, &[Number, State, Text]),
        (Word::Priority, &[Number, Text]),
        (Word::Tag, &[Number, Text]),
        (Word::Untag, &[Number, Text]),
        (Word::Edit, &[Number, Text]),
        (Word::Note, &[Number, Text]),
        (Word::NoteInternal, &[Number, Text]),
        (Word::ConfigureManagers, &[People, Text]),
        (Word::AddDispatcher, &[People]),
        (Word::RemoveDispatcher, &[People]),
        (Word::AddTeamMember, &[Text, Person]),
        (Word::RemoveTeamMember, &[Text, Person]),
    ]
};

fn fields(word: CommandWord) -> &'static [Field] {
    LAYOUTS.iter().find(|(known, _)| *known == word).map_or(&[Field::Text], |(_, fields)| *fields)
}

/// Tells at which place among the arguments of any command an option of this name stands; `None` if there is none.
pub(crate) fn argument(word: CommandWord, name: &str) -> Option<usize> {
    fields(word).iter().position(|field| field.name() == name)
}

/// The short names by which such commands are known elsewhere; help texts use the words of the table.
const SHORT: [(CommandWord, &str); 3] =
    [(CommandWord::NewIssue, "new"), (CommandWord::Open, "list"), (CommandWord::Status, "show")];

/// Returns the command that a sub-command means, by whatever name.
pub(crate) fn meant_by(name: &str) -> Option<CommandWord> {
    let short = SHORT.iter().find(|(_, short)| *short == name).map(|(word, _)| *word);
    short.or_else(|| CommandWord::parse(&name.replace('-', "_")))
}

/// Tells whether a command is about incidents, and so stands in front.
fn is_work(word: CommandWord) -> bool {
    let ends = CommandWord::ALL.iter().position(|known| *known == CommandWord::RegisterDriver);
    let here = CommandWord::ALL.iter().position(|known| *known == word);
    // The front is full; what breaks the rules is for administrators, who arrange the group.
    (here < ends && word != CommandWord::Override) || word == CommandWord::Help
}

/// Lists the commands in front, which are many enough, and those of the group.
fn sides() -> (Vec<CommandWord>, Vec<CommandWord>) {
    let (mut front, group): (Vec<_>, Vec<_>) = CommandWord::ALL.into_iter().partition(|word| is_work(*word));
    let late = front.split_off(front.len().min(MOST - 1));
    (front, late.into_iter().chain(group).take(MOST).collect())
}

/// Spells a command as it is typed: what is arranged for a group stands under its group.
pub fn spelled(word: CommandWord) -> String {
    let group = if sides().0.contains(&word) { String::new() } else { format!("{GROUP} ") };
    format!("/{COMMAND} {group}{}", word.word())
}

/// Describes the slash command, in all languages.
pub fn command(book: &Phrasebook) -> CreateCommand {
    let english = book.locale(None);
    let (front, rest) = sides();
    let sub = |word: &CommandWord| sub_command(*word, book);
    let rest: Vec<_> = rest.iter().map(sub).collect();
    let what =
        described(CommandOptionType::SubCommandGroup, GROUP, book, |locale| locale.text(Phrase::HelpGroup));
    front.iter().map(sub).chain([what.set_sub_options(rest)]).fold(
        CreateCommand::new(COMMAND).description(text(english, Phrase::HelpFollow)),
        CreateCommand::add_option,
    )
}

fn text(locale: &Locale, phrase: Phrase) -> String {
    shortened(locale.text(phrase).trim(), OPTION_LIMIT)
}

fn sub_command(word: CommandWord, book: &Phrasebook) -> CreateCommandOption {
    let sub = described(CommandOptionType::SubCommand, word.word(), book, |locale| locale.text(word.what()));
    let takes_none = arguments(word, book.locale(None)).is_empty();
    let fields = if takes_none { &[] } else { fields(word) };
    let option = |field: &Field| {
        let option = described(field.kind(), field.name(), book, |locale| field.described(word, locale));
        let option = option.set_autocomplete(*field == Field::Number);
        if *field == Field::State {
            return STATES.iter().fold(option, |option, state| option.add_string_choice(*state, *state));
        }
        // Descriptions are longer than what people may report in one line; the desk says what it takes.
        if *field == Field::Text { option.max_length(MOST_TYPED) } else { option }
    };
    let options: Vec<_> = fields.iter().map(option).collect();
    sub.set_sub_options(options)
}

/// The states that can be chosen, as the desk reads them.
const STATES: [&str; 3] = ["open", "resolved", "closed"];

/// The longest text that can be filled in.
const MOST_TYPED: u16 = 4_000;

fn described(
    kind: CommandOptionType,
    name: &str,
    book: &Phrasebook,
    words: impl Fn(&Locale) -> String,
) -> CreateCommandOption {
    let words = |locale: &Locale| {
        let said = shortened(words(locale).trim(), OPTION_LIMIT);
        if said.is_empty() { name.to_owned() } else { said }
    };
    let option = CreateCommandOption::new(kind, name, words(book.locale(None)));
    let languages = book.locales().filter_map(|(tag, locale)| Some((discords(tag)?, locale)));
    languages.fold(option, |option, (tag, locale)| option.description_localized(tag, words(locale)))
}

/// Names a language as Discord does; English is said to everybody else.
fn discords(tag: &str) -> Option<&str> {
    match tag {
        "en" => None,
        "es" => Some("es-ES"),
        "sv" => Some("sv-SE"),
        "pt" => Some("pt-BR"),
        other => Some(other),
    }
}

/// Answers an autocompletion with so many of these values and what is shown for each.
pub fn choices(offered: impl Iterator<Item = (String, String)>) -> Value {
    let choice = |(value, shown): (String, String)| json!({"name": shortened(shown.trim(), OPTION_LIMIT), "value": value});
    Value::Array(offered.take(CHOICES_LIMIT).map(choice).collect())
}

/// Tells whether a command that is registered says what ours says: a day has only so many registrations. Discord adds
/// to what it is given, and leaves out what is as usual.
pub fn same_command(registered: &Value, ours: &Value) -> bool {
    essence(registered) == essence(ours)
}

/// The parts of a command, and of its options, that people see.
const ESSENCE: [&str; 9] = [
    "name",
    "description",
    "description_localizations",
    "type",
    "options",
    "required",
    "autocomplete",
    "max_length",
    "choices",
];

fn essence(command: &Value) -> Value {
    let Value::Object(fields) = command else { return command.clone() };
    let mut kept = Map::new();
    for key in ESSENCE {
        let value = match fields.get(key) {
            Some(Value::Array(options)) => Value::Array(options.iter().map(essence).collect()),
            Some(value) => value.clone(),
            None => continue,
        };
        let usual = match &value {
            Value::Null | Value::Bool(false) => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(items) => items.is_empty(),
            Value::Number(_) => key == "type" && fields.contains_key("application_id"),
            Value::Bool(true) | Value::String(_) => false,
        };
        if !usual {
            kept.insert(key.to_owned(), value);
        }
    }
    Value::Object(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> Value {
        serde_json::to_value(command(&Phrasebook::new())).expect("a command is JSON")
    }

    /// Lists the sub-commands with their options, `group` ones behind a slash.
    fn listed(options: &Value, before: &str) -> Vec<String> {
        let options = options.as_array().expect("there are options");
        let named = options.iter().flat_map(|option| {
            let name = format!("{before}{}", option["name"].as_str().expect("it has a name"));
            if option["type"] == 2 { listed(&option["options"], &format!("{name}/")) } else { vec![name] }
        });
        named.collect()
    }

    #[test]
    fn every_command_can_be_chosen_and_is_understood() {
        let command = ours();
        let mut words: Vec<_> = listed(&command["options"], "")
            .iter()
            .map(|name| meant_by(name.rsplit('/').next().expect("a name")).expect("a command of ours"))
            .collect();
        words.sort();
        let mut all = CommandWord::ALL.to_vec();
        all.sort();
        assert_eq!(words, all);
    }

    #[test]
    fn every_command_is_spelled_as_it_can_be_chosen() {
        let listed = listed(&ours()["options"], "");
        for word in CommandWord::ALL {
            let path = spelled(word).replace("/incident ", "").replace(' ', "/");
            assert!(listed.contains(&path), "{path}");
        }
        assert_eq!(spelled(CommandWord::Settings), "/incident group settings");
        assert_eq!(spelled(CommandWord::Status), "/incident status");
    }

    #[test]
    fn an_override_offers_numbers_and_the_states_that_can_be_set() {
        let command = ours();
        let options = command["options"].as_array().expect("there are options");
        let within = |options: &[Value], name: &str| {
            options.iter().find(|option| option["name"] == name).cloned().expect("it is offered")
        };
        let group = within(options, GROUP);
        let group = group["options"].as_array().expect("it has sub-commands");
        let fields = within(group, "override")["options"].clone();
        let fields = fields.as_array().expect("there is something to fill in");
        let names: Vec<&Value> = fields.iter().map(|field| &field["name"]).collect();
        assert_eq!(names, ["number", "state", "text"]);
        assert_eq!(fields[0]["autocomplete"], true);
        let states = fields[1]["choices"].as_array().expect("there is a choice").iter();
        let states: Vec<&Value> = states.map(|choice| &choice["value"]).collect();
        assert_eq!(states, ["open", "resolved", "closed"]);
    }

    #[test]
    fn the_command_stays_within_discords_limits() {
        let command = ours();
        let options = command["options"].as_array().expect("there are options");
        assert!(options.len() <= MOST);
        let group = options.iter().find(|option| option["type"] == 2).expect("there is a group");
        assert!(group["options"].as_array().expect("it has sub-commands").len() <= MOST);
        assert!(size(&command) <= 8_000, "{}", size(&command));
    }

    /// Counts names, descriptions, of several languages the longest, and values, as Discord does.
    fn size(value: &Value) -> usize {
        let own = |key: &str| value[key].as_str().map_or(0, |text| text.chars().count());
        let longest = value["description_localizations"].as_object().map_or(0, |languages| {
            languages.values().filter_map(Value::as_str).map(|text| text.chars().count()).max().unwrap_or(0)
        });
        let parts = |key: &str| value[key].as_array().map_or(0, |parts| parts.iter().map(size).sum());
        own("name") + own("value") + own("description").max(longest) + parts("options") + parts("choices")
    }

    #[test]
    fn what_discord_adds_is_no_change_and_what_people_see_is_one() {
        let ours = ours();
        let mut registered = ours.clone();
        let fields = registered.as_object_mut().expect("a command is an object");
        for (key, value) in [("id", json!("1")), ("application_id", json!("2")), ("version", json!("3"))] {
            fields.insert(key.to_owned(), value);
        }
        fields.insert("type".to_owned(), json!(1));
        fields["options"][0]["description_localized"] = json!("something");
        fields["options"][0].as_object_mut().expect("an object").remove("required");
        assert!(same_command(&registered, &ours));
        registered["options"][0]["description"] = json!("something else");
        assert!(!same_command(&registered, &ours));
    }

    #[test]
    fn choices_are_cut_to_what_discord_takes() {
        let offered = (0..30).map(|n| (n.to_string(), "x".repeat(200)));
        let choices = choices(offered);
        assert_eq!(choices.as_array().map(Vec::len), Some(25));
        assert_eq!(choices[0]["name"], format!("{}…", "x".repeat(99)));
    }
}
