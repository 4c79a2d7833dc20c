//! Reads Telegram's HTML more strictly than Telegram does: only what the adapter has a use for is allowed, so
//! anything else can only have come from what people wrote.

/// A text without its markup.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// What is left of it.
    pub(crate) text: String,
    /// The accounts it links to.
    pub(crate) links: Vec<u64>,
}

/// Says what in a text is not ours.
pub(crate) type Foreign = String;

const LINK: &str = "<a href=\"tg://user?id=";
const REFERENCES: [(&str, char); 3] = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')];

/// Reads bold text, links to accounts, and the three references; refuses everything else.
pub(crate) fn read(html: &str) -> Result<Read, Foreign> {
    let mut read = Read::default();
    let mut open = Vec::new();
    let mut rest = html;
    while let Some(next) = rest.chars().next() {
        rest = if next == '<' {
            tag(rest, &mut open, &mut read)?
        } else if next == '&' {
            let (reference, meant) = REFERENCES
                .into_iter()
                .find(|(reference, _)| rest.starts_with(reference))
                .ok_or_else(|| format!("a bare & before {rest:?}"))?;
            read.text.push(meant);
            &rest[reference.len()..]
        } else if next == '>' {
            return Err(format!("a bare > before {rest:?}"));
        } else {
            read.text.push(next);
            &rest[next.len_utf8()..]
        };
    }
    if open.is_empty() { Ok(read) } else { Err(format!("{open:?} stays open")) }
}

/// Reads one tag and returns what follows it.
fn tag<'a>(rest: &'a str, open: &mut Vec<&'static str>, read: &mut Read) -> Result<&'a str, Foreign> {
    for (tag, end) in [("<b>", "</b>"), (LINK, "</a>")] {
        if let Some(after) = rest.strip_prefix(end) {
            return if open.pop() == Some(end) { Ok(after) } else { Err(format!("{end} ends nothing")) };
        }
        let Some(after) = rest.strip_prefix(tag) else { continue };
        open.push(end);
        if tag != LINK {
            return Ok(after);
        }
        let (account, after) = after.split_once("\">").ok_or("a link without an end")?;
        read.links.push(account.parse().map_err(|_| format!("a link to {account:?}"))?);
        return Ok(after);
    }
    Err(format!("a foreign tag: {rest:?}"))
}
