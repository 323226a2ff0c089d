//! The records of JSON lines.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::frame::parse_headers;
use crate::domain::record::{UNREAD, of};
use crate::domain::{Fault, FaultKind, Frame, Slot, Unread, Window};

fn header(line: &[u8]) -> Value {
    let frame = Frame {
        seq: 1,
        time: Timestamp::UNIX_EPOCH,
        subject: String::new(),
        headers: parse_headers(line),
        payload: Vec::new(),
    };
    serde_json::to_value(of(&Slot::Frame(Arc::new(frame)))).unwrap()["headers"][0].clone()
}

#[test]
fn headers_keep_every_byte() {
    assert_eq!(header(b"Via: a"), json!({"name": "Via", "value": "a"}));
    assert_eq!(header(b"Via:"), json!({"name": "Via", "value": ""}));
    assert_eq!(header(b"no colon"), json!({"name": "no colon"}));
    assert_eq!(header(b"X: caf\xe9"), json!({"name": "X", "value_base64": "Y2Fm6Q=="}));
    assert_eq!(header(b"\xff: 1"), json!({"name_base64": "/w==", "value": "1"}));
}

#[test]
fn unread_sequences_are_no_gap() {
    let fault = Fault::new(FaultKind::Timeout, "no answer within 5 s");
    let run = Slot::Unread(Unread { range: Window::new(3, 5).unwrap(), fault });
    let wanted = json!({"type": "unread", "start": 3, "end": 5, "count": 3,
        "error": "no answer within 5 s", "evidence": {"kind": "no answer"}, "words": UNREAD,
        "before": null, "after": null});
    assert_eq!(serde_json::to_value(of(&run)).unwrap(), wanted);
}
