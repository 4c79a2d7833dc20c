//! What was said in a room, as one HTML file: no script, nothing from elsewhere, and all that people wrote as text.

use super::html::escaped;
use crate::figures::Zone;
use crate::ports::Utterance;
use crate::view::{Arg, Locale, Phrase, Span};

const STYLE: &str = "body{font:16px/1.45 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}\
    article{margin:0 0 1rem}header{color:#555}p{margin:.2rem 0;white-space:pre-wrap;overflow-wrap:anywhere}";

/// Writes a part of what was said in the room of an incident, in the words of a language.
pub(crate) fn transcript(
    number: &str,
    (part, said): (u32, &[Utterance]),
    (zone, locale): (&Zone, &Locale),
) -> String {
    let args = [("number", Arg::from(number)), ("part", u64::from(part).into())];
    let title = escaped(&phrase(locale, Phrase::TranscriptTitle, &args));
    let about = phrase(locale, Phrase::TranscriptAbout, &[("zone", zone.to_string().into())]);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{}</p>\n",
        escaped(locale.tag()),
        escaped(&about),
    );
    for utterance in said {
        let (by, at) = (escaped(&utterance.by), escaped(&zone.written(utterance.at)));
        page.push_str(&format!("<article>\n<header><strong>{by}</strong> {at}</header>\n"));
        if !utterance.text.is_empty() {
            page.push_str(&format!("<p>{}</p>\n", escaped(&utterance.text)));
        }
        for file in &utterance.files {
            let name = file.name.as_ref().unwrap_or(&file.kind);
            page.push_str(&format!("<p>📎 {}</p>\n", escaped(name.as_str())));
        }
        page.push_str("</article>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn phrase(locale: &Locale, phrase: Phrase, args: &[(&str, Arg)]) -> String {
    locale.line(phrase, args).iter().map(Span::as_plain).collect()
}
