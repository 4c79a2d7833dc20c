//! Interactions: what somebody did, and the answers that they wait for.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::check;
use super::fault::Refusal;
use super::rest::{Incoming, Outcome};
use super::world::{Answer, World};

/// How long the first answer may take.
const FIRST: Duration = Duration::from_secs(3);
/// How long others may.
const LATER: Duration = Duration::from_secs(15 * 60);
/// What is seen by one person alone.
const EPHEMERAL: u64 = 64;

/// What somebody did.
#[derive(Clone, Debug)]
pub(super) struct Interaction {
    pub(super) token: String,
    /// 2 for a command, 3 for a press, 4 for a completion, 5 for a form.
    pub(super) kind: u64,
    pub(super) user: u64,
    pub(super) channel: u64,
    /// The message that was pressed.
    pub(super) message: Option<u64>,
    /// Whether only one person sees that message.
    pub(super) private: bool,
    pub(super) born: Instant,
    pub(super) acknowledged: Option<Duration>,
    /// The kind of the first answer.
    pub(super) first: u64,
    pub(super) form: Option<Value>,
    pub(super) choices: Option<Value>,
}

impl World {
    pub(super) fn called_back(&mut self, id: u64, token: &str, body: &Value) -> Outcome {
        let now = self.now();
        let interaction = self.interactions.get_mut(&id).filter(|known| known.token == token);
        let interaction = interaction.ok_or_else(Refusal::no_interaction)?;
        if interaction.acknowledged.is_some() {
            return Err(Refusal::new(400, 40_060, "Interaction has already been acknowledged."));
        }
        let age = now.saturating_duration_since(interaction.born);
        if age > FIRST {
            return Err(Refusal::no_interaction());
        }
        let answer = body["type"].as_u64().unwrap_or_default();
        let fits = match interaction.kind {
            2 => matches!(answer, 4 | 5 | 9),
            3 => matches!(answer, 4..=7 | 9),
            4 => answer == 8,
            _ => matches!(answer, 4..=7),
        };
        if !fits {
            return Err(Refusal::form("type", "INTERACTION_TYPE_INVALID"));
        }
        let data = &body["data"];
        match answer {
            4 => check::message(data, false)?,
            8 => check::choices(&data["choices"])?,
            9 => check::form(data)?,
            _ => {}
        }
        if matches!(answer, 4 | 5) && data["flags"] != EPHEMERAL {
            return Err(Refusal::form("flags", "SEEN_BY_EVERYBODY"));
        }
        interaction.acknowledged = Some(age);
        interaction.first = answer;
        match answer {
            8 => interaction.choices = Some(data["choices"].clone()),
            9 => interaction.form = Some(data.clone()),
            _ => {}
        }
        if answer == 4 {
            self.tell_one(id, data);
        }
        Ok((204, Value::Null))
    }

    pub(super) fn followed_up(&mut self, token: &str, rest: &[&str], incoming: &Incoming) -> Outcome {
        let found = self.interactions.iter().find(|(_, known)| known.token == token);
        let Some((id, interaction)) = found.map(|(id, known)| (*id, known.clone())) else {
            return Err(Refusal::new(404, 10_015, "Unknown Webhook"));
        };
        if self.now().saturating_duration_since(interaction.born) > LATER {
            return Err(Refusal::new(401, 50_027, "Invalid Webhook Token"));
        }
        if interaction.acknowledged.is_none() {
            return Err(Refusal::new(404, 10_015, "Unknown Webhook"));
        }
        match (incoming.method.as_str(), rest) {
            ("POST", []) => {
                check::message(&incoming.body, false)?;
                if incoming.body["flags"] != EPHEMERAL {
                    return Err(Refusal::form("flags", "SEEN_BY_EVERYBODY"));
                }
                self.tell_one(id, &incoming.body);
                Ok((200, json!({"id": self.next_id().to_string()})))
            }
            ("PATCH", ["messages", "@original"])
                if matches!(interaction.first, 4 | 5) || interaction.private =>
            {
                check::message(&incoming.body, false)?;
                self.tell_one(id, &incoming.body);
                Ok((200, json!({"id": self.next_id().to_string()})))
            }
            ("DELETE", ["messages", "@original"]) => Ok((204, Value::Null)),
            _ => Err(Refusal::no_message()),
        }
    }

    fn tell_one(&mut self, id: u64, data: &Value) {
        let list = |name: &str| data[name].as_array().cloned().unwrap_or_default();
        let content = data["content"].as_str().unwrap_or_default();
        let shown = self.shown_parts(content, &list("embeds"), &list("components"));
        let user = self.interactions.get(&id).map_or(0, |interaction| interaction.user);
        self.answers.push(Answer { interaction: id, user, shown });
    }
}
