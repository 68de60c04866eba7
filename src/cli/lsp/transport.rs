//! Messages over standard input and output. The reader of `lsp-server` ends at the first message that is no JSON; this
//! one says so and goes on, since an editor that made one mistake still has a story open.

use std::io::{self, BufRead, Read as _, Write as _};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};

use super::server::Event;

/// Largest message that is read, in bytes: a file of the size that is read by default, with every letter escaped, would
/// not fit, and no editor opens one.
const MOST: usize = 256 << 20;
/// Longest line before a message.
const LONGEST_HEADER: u64 = 8 << 10;

/// What goes out.
#[derive(Debug)]
pub enum Outgoing {
    /// A message.
    Message(Message),
    /// An answer to what was no message; these have an id that may be null.
    Refusal(Value),
}

/// Starts the threads that read and write. What comes in goes to `events`, where the last thing is that nothing more comes;
/// once nothing more goes out, that is told to `written`.
///
/// # Errors
/// Threads that the system does not start.
pub fn start(events: Sender<Event>, written: Sender<()>) -> io::Result<Sender<Outgoing>> {
    let (sender, receiver) = channel();
    thread::Builder::new().name("reader".into()).spawn(move || {
        let mut input = io::stdin().lock();
        while let Ok(Some(event)) = next(&mut input) {
            if events.send(event).is_err() {
                return;
            }
        }
        // whoever does not listen any more has ended already
        let _ = events.send(Event::Closed);
    })?;
    thread::Builder::new().name("writer".into()).spawn(move || {
        write(&receiver);
        let _ = written.send(());
    })?;
    Ok(sender)
}

fn write(messages: &Receiver<Outgoing>) {
    let mut out = io::stdout().lock();
    for message in messages {
        let written = match &message {
            Outgoing::Message(message) => message.write(&mut out),
            Outgoing::Refusal(value) => {
                let text = value.to_string();
                write!(out, "Content-Length: {}\r\n\r\n{text}", text.len()).and_then(|()| out.flush())
            }
        };
        // a client that is gone closes its end for reading, too, and that ends the server
        if written.is_err() {
            return;
        }
    }
}

/// The next message; none at the end.
fn next(input: &mut dyn BufRead) -> io::Result<Option<Event>> {
    let Some(length) = header(input)? else { return Ok(None) };
    let Some(length) = length else {
        return Ok(Some(refusal(Value::Null, ErrorCode::ParseError, "a message without a Content-Length came in")));
    };
    if length > MOST {
        io::copy(&mut input.take(length as u64), &mut io::sink())?;
        return Ok(Some(refusal(Value::Null, ErrorCode::InvalidRequest, "a message of this size is not read")));
    }
    let mut bytes = Vec::new();
    input.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Ok(None);
    }
    Ok(Some(message(&bytes)))
}

/// The length that a header tells: nothing at the end of the input, an empty answer for a header that tells none.
fn header(input: &mut dyn BufRead) -> io::Result<Option<Option<usize>>> {
    let mut length = None;
    let mut any = false;
    loop {
        let mut line = Vec::new();
        if input.take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            // blank lines between messages are nobody's mistake
            if any {
                return Ok(Some(length));
            }
            continue;
        }
        any = true;
        if let Some((name, value)) = line.split_once(':')
            && name.trim().eq_ignore_ascii_case("Content-Length")
        {
            length = value.trim().parse().ok();
        }
    }
}

/// What a message says; what is none gives the answer to be sent.
fn message(bytes: &[u8]) -> Event {
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return refusal(Value::Null, ErrorCode::ParseError, &format!("this is not JSON: {error}")),
    };
    let id = value.get("id").filter(|id| id.is_string() || id.is_number()).cloned().unwrap_or(Value::Null);
    let has = |key: &str| value.get(key).is_some();
    if !has("method") && !has("result") && !has("error") {
        return refusal(id, ErrorCode::InvalidRequest, "this is no message of the protocol: it has no method");
    }
    match serde_json::from_value(value) {
        // a number that is too large is no id, and whoever sent it waits for an answer all the same
        Ok(Message::Notification(_)) if !id.is_null() => {
            refusal(id, ErrorCode::InvalidRequest, "an id is a text, or a whole number of 32 bits")
        }
        Ok(message) => Event::Message(message),
        Err(error) => refusal(id, ErrorCode::InvalidRequest, &format!("this is no message of the protocol: {error}")),
    }
}

fn refusal(id: Value, code: ErrorCode, message: &str) -> Event {
    Event::Refused(json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code as i32, "message": message } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(input: &str) -> Vec<String> {
        let mut input = input.as_bytes();
        let mut told = Vec::new();
        while let Ok(Some(event)) = next(&mut input) {
            told.push(match event {
                Event::Message(Message::Request(request)) => request.method,
                Event::Message(Message::Notification(notification)) => notification.method,
                Event::Refused(value) => format!("{} {}", value["id"], value["error"]["code"]),
                _ => "other".to_owned(),
            });
        }
        told
    }

    fn framed(text: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    }

    #[test]
    fn what_is_no_message_is_refused_and_the_next_one_is_read() {
        let input = [
            framed("{"),
            framed(r#"{"id":3}"#),
            framed(r#"{"id":99999999999,"method":"a"}"#),
            framed("[]"),
            "Content-Type: x\r\n\r\n".to_owned(),
            "\r\n".to_owned(),
            framed(r#"{"method":"b"}"#),
            "content-length: 14\r\nX: y\r\n\r\n{\"method\":\"c\"}".to_owned(),
            framed(r#"{"id":"x","method":"d","params":[1]}"#),
        ];
        assert_eq!(
            events(&input.concat()),
            ["null -32700", "3 -32600", "99999999999 -32600", "null -32600", "null -32700", "b", "c", "d"]
        );
    }

    #[test]
    fn what_breaks_off_ends() {
        for input in ["", "Content-Length: 10", "Content-Length: 10\r\n\r\n{\"a\"", "\r\n\r\n"] {
            assert!(events(input).is_empty(), "{input:?}");
        }
        assert_eq!(events(&format!("Content-Length: {}\r\n\r\nx", usize::MAX)), ["null -32600"]);
    }
}
