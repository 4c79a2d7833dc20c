//! Asks a running desk how it is, as a health check does that has only this binary to run.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// How long each step may take: to connect, to write, to read.
const PATIENCE: Duration = Duration::from_secs(3);
/// The most that is read of an answer, in bytes.
const MOST: u64 = 65_536;

/// What a desk answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it is ready.
    pub ready: bool,
    /// What it said, sign by sign.
    pub said: String,
}

/// Asks the desk that listens at an address whether it is ready. Where it listens on every address, this asks the
/// machine itself.
///
/// # Errors
/// If nobody answers within three seconds, or not in HTTP.
pub fn ready(addr: SocketAddr) -> io::Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&own(addr), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health/ready HTTP/1.0\r\nConnection: close\r\n\r\n")?;
    read(&mut BufReader::new(stream.take(MOST)))
}

fn own(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        IpAddr::V4(_) | IpAddr::V6(_) => addr.ip(),
    };
    SocketAddr::new(ip, addr.port())
}

fn read(answer: &mut impl BufRead) -> io::Result<Answer> {
    let mut line = String::new();
    answer.read_line(&mut line)?;
    let status = line.split(' ').nth(1).filter(|_| line.starts_with("HTTP/1."));
    let status =
        status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP"))?;
    let ready = status == "200";
    let mut rest = String::new();
    answer.read_to_string(&mut rest)?;
    let said = rest.split_once("\r\n\r\n").map_or("", |(_, body)| body).trim().to_owned();
    Ok(Answer { ready, said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_hundred_is_ready_and_what_is_no_http_is_an_error() {
        let said = |text: &str| read(&mut text.as_bytes()).map_err(|error| error.kind());
        let answer = |ready, said: &str| Ok(Answer { ready, said: said.to_owned() });
        let head = "content-type: application/json\r\n\r\n";
        assert_eq!(said(&format!("HTTP/1.0 200 OK\r\n{head}{{}}\n")), answer(true, "{}"));
        assert_eq!(said(&format!("HTTP/1.1 503 Service Unavailable\r\n{head}{{}}")), answer(false, "{}"));
        assert_eq!(said("HTTP/1.1 404 Not Found\r\n\r\n"), answer(false, ""));
        for other in ["", "\r\n", "SSH-2.0-OpenSSH 200\r\n", "200 OK\r\n"] {
            assert_eq!(said(other), Err(io::ErrorKind::InvalidData), "{other:?}");
        }
    }

    #[test]
    fn a_desk_that_listens_everywhere_is_asked_on_the_machine_itself() {
        let own = |addr: &str| own(addr.parse().expect("it is an address")).to_string();
        assert_eq!(own("0.0.0.0:9100"), "127.0.0.1:9100");
        assert_eq!(own("[::]:9100"), "[::1]:9100");
        assert_eq!(own("10.0.0.7:9100"), "10.0.0.7:9100");
    }
}
