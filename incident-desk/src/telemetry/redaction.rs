//! The last line of defence against a secret in a log.
//!
//! Secrets are kept out of logs by type: they are `SecretString`s, which print as nothing. But a library may put
//! a URL with a token into an error, and that error into a log, so every finished line is searched once more
//! before it is written.

use std::{
    cmp::Reverse,
    io::{self, Write},
    sync::Arc,
};

use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::fmt::MakeWriter;

const REDACTED: &[u8] = b"[redacted]";

// Anything shorter turns up in ordinary words, and whoever guesses secrets tries it first anyway.
const SHORTEST: usize = 6;

/// Makes writers that take secrets out of what they write.
#[derive(Debug)]
pub(super) struct Redacting<M> {
    inner: M,
    secrets: Arc<[SecretString]>,
}

impl<M> Redacting<M> {
    pub(super) fn new(inner: M, mut secrets: Vec<SecretString>) -> Self {
        let escaped: Vec<SecretString> = secrets.iter().filter_map(as_json).collect();
        secrets.extend(escaped);
        secrets.retain(|secret| secret.expose_secret().len() >= SHORTEST);
        // A secret that holds another one has to go first, or half of it would stay.
        secrets.sort_by_key(|secret| Reverse(secret.expose_secret().len()));
        Self { inner, secrets: secrets.into() }
    }
}

/// Returns a secret as it stands within a line of JSON, if that is another text.
fn as_json(secret: &SecretString) -> Option<SecretString> {
    let quoted = serde_json::Value::from(secret.expose_secret()).to_string();
    let escaped = quoted.get(1..quoted.len() - 1)?;
    (escaped != secret.expose_secret()).then(|| SecretString::from(escaped))
}

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacting<M> {
    type Writer = Redactor<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Redactor { inner: self.inner.make_writer(), secrets: Arc::clone(&self.secrets), held: Vec::new() }
    }
}

/// Holds text back until its line is complete, so that a secret cannot pass in two pieces.
#[derive(Debug)]
pub(super) struct Redactor<W: Write> {
    inner: W,
    secrets: Arc<[SecretString]>,
    held: Vec<u8>,
}

impl<W: Write> Redactor<W> {
    fn release(&mut self, length: usize) -> io::Result<()> {
        let rest = self.held.split_off(length);
        let lines = std::mem::replace(&mut self.held, rest);
        self.inner.write_all(&redacted(lines, &self.secrets))
    }
}

impl<W: Write> Write for Redactor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if let Some(end) = self.held.iter().rposition(|byte| *byte == b'\n') {
            self.release(end + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.release(self.held.len())?;
        self.inner.flush()
    }
}

impl<W: Write> Drop for Redactor<W> {
    fn drop(&mut self) {
        if !self.held.is_empty() {
            // There is nobody left to tell that the log cannot be written.
            self.release(self.held.len()).ok();
        }
    }
}

fn redacted(text: Vec<u8>, secrets: &[SecretString]) -> Vec<u8> {
    secrets.iter().fold(text, |text, secret| without(text, secret.expose_secret().as_bytes()))
}

fn without(text: Vec<u8>, secret: &[u8]) -> Vec<u8> {
    let find = |from: usize| text[from..].windows(secret.len()).position(|window| window == secret);
    let Some(mut at) = find(0) else { return text };
    let (mut clean, mut from) = (Vec::with_capacity(text.len()), 0);
    loop {
        clean.extend_from_slice(&text[from..from + at]);
        clean.extend_from_slice(REDACTED);
        from += at + secret.len();
        match find(from) {
            Some(next) => at = next,
            None => break,
        }
    }
    clean.extend_from_slice(&text[from..]);
    clean
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn written(secrets: &[&str], pieces: &[&str]) -> String {
        let page = Mutex::new(Vec::new());
        let secrets = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
        let writers = Redacting::new(&page, secrets);
        let mut writer = writers.inner_writer();
        for piece in pieces {
            writer.write_all(piece.as_bytes()).expect("a vector takes everything");
        }
        drop(writer);
        String::from_utf8(page.into_inner().expect("no writer panicked")).expect("only text was written")
    }

    impl<'m> Redacting<&'m Mutex<Vec<u8>>> {
        fn inner_writer(&self) -> Redactor<Locked<'m>> {
            Redactor { inner: Locked(self.inner), secrets: Arc::clone(&self.secrets), held: Vec::new() }
        }
    }

    struct Locked<'m>(&'m Mutex<Vec<u8>>);

    impl Write for Locked<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no writer panicked").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_secret_that_arrives_in_pieces_is_still_taken_out() {
        assert_eq!(
            written(&["hunter22"], &["pass hun", "ter", "22 done\nnext ", "hunter2", "2"]),
            "pass [redacted] done\nnext [redacted]"
        );
    }

    #[test]
    fn the_longer_of_two_overlapping_secrets_goes_first() {
        assert_eq!(
            written(&["secret", "1:secret"], &["a 1:secret b secret\n"]),
            "a [redacted] b [redacted]\n"
        );
    }

    #[test]
    fn a_secret_within_a_line_of_json_is_taken_out_as_it_is_written_there() {
        assert_eq!(
            written(&["\"pa\"ss\\wd\""], &[r#"{"url":"\"pa\"ss\\wd\""}"#, "\n"]),
            "{\"url\":\"[redacted]\"}\n"
        );
    }

    #[test]
    fn a_secret_that_is_part_of_its_own_replacement_is_replaced_once() {
        assert_eq!(written(&["redacted"], &["redactedredacted\n"]), "[redacted][redacted]\n");
    }

    #[test]
    fn other_text_and_secrets_too_short_to_be_any_change_nothing() {
        assert_eq!(written(&["", "grün", "hunter22"], &["grün hunter2\n"]), "grün hunter2\n");
    }
}
