//! The desk on a store in memory and a scripted chat: what people see, whatever happens to the chat.

mod accounts;
mod admission;
mod choices;
mod circles;
mod context;
mod default_team;
mod delivery;
mod figures;
mod forms;
mod house;
mod languages;
mod linked_meanwhile;
mod lists;
mod manners;
mod mirrors;
mod reports;
mod requests;
mod rooms;
mod rooms_elsewhere;
mod rooms_seen;
mod settings;
mod shifts;
mod tenants;
mod typed;
mod upkeep;
mod words;
