//! Reads `.env` files.
//!
//! Every tool that reads such files reads them a little differently, so this is the whole grammar, and nothing
//! outside it is guessed at:
//!
//! ```text
//! file       = { blank line | comment | assignment }
//! comment    = "#" … end of line
//! assignment = [ "export" blanks ] name [ blanks ] "=" [ blanks ] value [ blanks ] [ comment ]
//! name       = letter or "_", then letters, digits and "_"
//! value      = bare | single | double
//! bare       = text to the end of the line, or to a blank followed by "#"; blanks around it do not count
//! single     = "'" anything but "'" "'"
//! double     = '"' anything, with \n \r \t \" \\ \$ as escapes and any other backslash kept '"'
//! ```
//!
//! Quoted values may span lines. `$NAME` is not replaced. A byte order mark and CRLF line ends are accepted.

/// Holds one assignment of a `.env` file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) value: String,
}

/// Says on which line a `.env` file breaks the grammar, without quoting it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) wrong: &'static str,
}

/// Reads all assignments, and every line that is none.
pub(super) fn parse(text: &str) -> (Vec<Entry>, Vec<Fault>) {
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut line, mut entries, mut faults) = (1, Vec::new(), Vec::new());
    while !rest.is_empty() {
        let used = match statement(rest) {
            Ok((Some((name, value)), used)) => {
                entries.push(Entry { line, name, value });
                used
            }
            Ok((None, used)) => used,
            Err(wrong) => {
                faults.push(Fault { line, wrong });
                line_length(rest)
            }
        };
        line += rest[..used].matches('\n').count();
        rest = &rest[used..];
    }
    (entries, faults)
}

type Assignment = (String, String);

/// Reads one statement and says how many bytes it took, its line end included.
fn statement(rest: &str) -> Result<(Option<Assignment>, usize), &'static str> {
    let line = &rest[..line_length(rest)];
    let start = line.trim_start();
    if start.is_empty() || start.starts_with('#') {
        return Ok((None, line.len()));
    }
    let start = after_export(start);
    let Some((name, after)) = start.split_once('=') else {
        return Err("has no `=`");
    };
    let name = name.trim_end();
    if !is_name(name) {
        return Err("has something other than letters, digits and `_` before its `=`");
    }
    let value_at = line.len() - after.trim_start_matches([' ', '\t']).len();
    let (value, used) = match rest[value_at..].chars().next() {
        Some(quote @ ('\'' | '"')) => quoted(&rest[value_at..], quote)?,
        Some(_) | None => (bare(&line[value_at..]), line.len() - value_at),
    };
    Ok((Some((name.to_owned(), value)), value_at + used))
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').map_or(rest.len(), |end| end + 1)
}

fn after_export(start: &str) -> &str {
    match start.strip_prefix("export") {
        Some(after) if after.starts_with([' ', '\t']) => after.trim_start(),
        Some(_) | None => start,
    }
}

fn is_name(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn bare(text: &str) -> String {
    let comment = text
        .char_indices()
        .find(|(at, letter)| *letter == '#' && (*at == 0 || text[..*at].ends_with([' ', '\t'])))
        .map_or(text.len(), |(at, _)| at);
    text[..comment].trim().to_owned()
}

/// Reads a quoted value and what may follow it on its line.
fn quoted(text: &str, quote: char) -> Result<(String, usize), &'static str> {
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    let mut end = None;
    while let Some((at, letter)) = letters.next() {
        match letter {
            closing if closing == quote => {
                end = Some(at + 1);
                break;
            }
            '\\' if quote == '"' => match letters.peek().and_then(|(_, next)| escaped(*next)) {
                Some(meant) => {
                    value.push(meant);
                    letters.next();
                }
                None => value.push('\\'),
            },
            plain => value.push(plain),
        }
    }
    let end = end.ok_or("opens a quotation mark that is never closed")?;
    let after = &text[end..end + line_length(&text[end..])];
    let rest = after.trim();
    if rest.is_empty() || rest.starts_with('#') {
        Ok((value, end + after.len()))
    } else {
        Err("has something after the closing quotation mark")
    }
}

fn escaped(letter: char) -> Option<char> {
    match letter {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '"' | '\\' | '$' => Some(letter),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(usize, String, String)> {
        let (entries, faults) = parse(text);
        assert_eq!(faults, []);
        entries.into_iter().map(|entry| (entry.line, entry.name, entry.value)).collect()
    }

    #[test]
    fn every_form_of_an_assignment_is_read() {
        let cases = [
            ("A=b", "b"),
            ("A = b \t", "b"),
            ("export A=b", "b"),
            ("  export\tA=b\r\n", "b"),
            ("A=", ""),
            ("A=# nothing but a comment", ""),
            ("A=b # a comment", "b"),
            ("A=b#c", "b#c"),
            ("A=b=c", "b=c"),
            ("A='it is # $B \\n'", "it is # $B \\n"),
            (r#"A="a\tb\\c\"d\$e\w" # a comment"#, "a\tb\\c\"d$e\\w"),
            ("A=it's", "it's"),
            ("A=''", ""),
            ("A=grün", "grün"),
            ("\u{feff}A=b", "b"),
        ];
        for (text, value) in cases {
            assert_eq!(values(text), [(1, "A".to_owned(), value.to_owned())], "{text:?}");
        }
    }

    #[test]
    fn a_name_that_begins_with_export_is_a_name() {
        assert_eq!(values("exported=1"), [(1, "exported".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn lines_are_counted_through_comments_blank_lines_and_values_of_several_lines() {
        let read = values("# first\n\nA=\"one\ntwo\" # done\n\tB=3\n");
        let expected = [(3, "A".to_owned(), "one\ntwo".to_owned()), (5, "B".to_owned(), "3".to_owned())];
        assert_eq!(read, expected);
    }

    #[test]
    fn every_bad_line_is_reported_and_the_good_ones_are_still_read() {
        let (entries, faults) = parse("just words\nA=1\n1B=2\nC='x' y\n=3\nD=\"open\nE=5");
        let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["A", "E"]);
        let name = "has something other than letters, digits and `_` before its `=`";
        let expected = [
            (1, "has no `=`"),
            (3, name),
            (4, "has something after the closing quotation mark"),
            (5, name),
            (6, "opens a quotation mark that is never closed"),
        ];
        assert_eq!(faults, expected.map(|(line, wrong)| Fault { line, wrong }));
    }
}
