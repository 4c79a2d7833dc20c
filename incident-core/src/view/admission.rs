//! Whether a group may be admitted: what it is told, and what those are asked who decide.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{InvalidCode, Line, Locale, Message, Offer, People, Phrase};
use crate::ids::CompanyId;
use crate::roster::{Admission, AdmissionNews, Group, Roster};

/// How many companies are offered; others are named with a command.
const OFFERED: usize = 8;

/// What a button says about a group that wants to be admitted. Like every code it grants nothing: who presses decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdmissionCode {
    /// What becomes of the group.
    pub verdict: AdmissionVerdict,
    /// The company that keeps its request.
    pub applicant: CompanyId,
}

/// What becomes of a group that wants to be admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdmissionVerdict {
    /// It is a company of its own.
    Alone,
    /// It belongs to this company.
    Into(CompanyId),
    /// It is refused.
    Deny,
}

impl fmt::Display for AdmissionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verdict {
            AdmissionVerdict::Alone => write!(f, "y.{}", self.applicant),
            AdmissionVerdict::Deny => write!(f, "n.{}", self.applicant),
            AdmissionVerdict::Into(company) => write!(f, "j.{}.{company}", self.applicant),
        }
    }
}

impl FromStr for AdmissionCode {
    type Err = InvalidCode;

    fn from_str(code: &str) -> Result<Self, InvalidCode> {
        let id = |text: &str| text.parse::<CompanyId>().map_err(|_| InvalidCode);
        let parts: Vec<&str> = code.split('.').collect();
        let (verdict, applicant) = match parts.as_slice() {
            ["y", applicant] => (AdmissionVerdict::Alone, applicant),
            ["n", applicant] => (AdmissionVerdict::Deny, applicant),
            ["j", applicant, company] => (AdmissionVerdict::Into(id(company)?), applicant),
            _ => return Err(InvalidCode),
        };
        Ok(Self { verdict, applicant: id(applicant)? })
    }
}

impl Serialize for AdmissionCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AdmissionCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Writes what the group is told.
pub(super) fn line(locale: &Locale, news: &AdmissionNews) -> Line {
    let named = |phrase, name: &crate::text::Text| locale.line(phrase, &[("name", name.as_str().into())]);
    match news {
        AdmissionNews::Asked => locale.line(Phrase::AdmissionAsked, &[]),
        AdmissionNews::Requested { name } => named(Phrase::AdmissionRequested, name),
        AdmissionNews::Admitted { name } => {
            let usage = super::CommandWord::ConfigureManagers.usage(locale);
            locale.line(Phrase::AdmissionAdmitted, &[("name", name.as_str().into()), ("usage", usage.into())])
        }
        AdmissionNews::Denied => locale.line(Phrase::AdmissionDenied, &[]),
    }
}

/// Writes the question to somebody who decides, with a button for each answer: the company that has the name already,
/// or a new one; the other companies; no.
pub fn consultation(
    locale: &Locale,
    people: &People,
    (group, admission): (&Group, &Admission),
    (applicant, companies): (CompanyId, &[Roster]),
) -> Message {
    let name = admission.name.as_ref().map_or("", crate::text::Text::as_str);
    let by = admission.by.map(|by| people.mention(locale, by).shown()).unwrap_or_default();
    let args = [("group", group.title.as_str().into()), ("name", name.into()), ("person", by.into())];
    let is_named = |company: &&Roster| company.name.as_str().to_lowercase() == name.to_lowercase();
    let offer = |label, verdict| vec![Offer { label, code: AdmissionCode { verdict, applicant } }];
    let label = |phrase, name: &str| super::phrasebook::plain(&locale.line(phrase, &[("name", name.into())]));
    let into = |company: &Roster| {
        offer(label(Phrase::ButtonAdmitInto, company.name.as_str()), AdmissionVerdict::Into(company.company))
    };
    let mut offers: Vec<Vec<Offer>> = companies.iter().filter(is_named).map(into).collect();
    if offers.is_empty() {
        offers.push(offer(label(Phrase::ButtonAdmitAlone, name), AdmissionVerdict::Alone));
    }
    offers.extend(companies.iter().filter(|company| !is_named(company)).map(into));
    offers.truncate(OFFERED);
    offers.push(offer(locale.text(Phrase::ButtonDeny), AdmissionVerdict::Deny));
    let mut lines = vec![locale.line(Phrase::AdmissionConsult, &args)];
    if companies.len() > OFFERED {
        let usage = super::CommandWord::AddGroup.usage(locale);
        lines.push(locale.line(Phrase::AdmissionOthers, &[("usage", usage.into())]));
    }
    Message { lines, mentions: Vec::new(), buttons: Vec::new(), offers, asks: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_fits_into_64_bytes() {
        let (applicant, other) = (CompanyId::from_u128(u128::MAX), CompanyId::from_u128(u128::MAX - 1));
        for verdict in [AdmissionVerdict::Alone, AdmissionVerdict::Into(other), AdmissionVerdict::Deny] {
            let code = AdmissionCode { verdict, applicant };
            assert!(code.to_string().len() <= 64, "{code}");
            assert_eq!(code.to_string().parse(), Ok(code));
            assert_eq!(code.to_string().parse::<super::super::ButtonCode>(), Err(InvalidCode));
        }
        for forged in
            ["", "y", "y.", "y.1", "j.1.2", &format!("y.{applicant}.{other}"), &format!("j.{applicant}")]
        {
            assert_eq!(forged.parse::<AdmissionCode>(), Err(InvalidCode), "{forged}");
        }
    }
}
