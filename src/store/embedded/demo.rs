//! The demo's rooms: between them they show every state and every marker.

mod odd;

use jiff::SignedDuration;

use crate::domain::room::KnownFrom;
use crate::domain::{FaultKind, Room, RoomId, Subject, Window};

use super::generate::Shape;
use super::script::{DemoRoom, Step};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

pub use odd::LEAKS;

/// All rooms of the demo. None of them depends on the clock: times are ages.
pub fn rooms() -> Vec<DemoRoom> {
    [
        busy(),
        deleted(),
        head_gone(),
        purged_empty(),
        never_used(),
        no_stream(),
        drifted(),
        arriving(),
        not_persisted(),
        odd::hostile(),
        discovered(),
        unanswered(),
        refused("board", "Board", FaultKind::Denied("$JS.API.STREAM.INFO.UNIBUS_board".into())),
        refused("archive-eu", "Archive (EU)", FaultKind::Offline),
        long_hole(1_000_000, 900_000),
        odd::leaky(),
        odd::damaged(),
        odd::leaderless(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The room with a long hole: two pages of 200 above it, all else below. A real server is better
/// seeded with fewer than the demo's million.
pub fn long_hole(sequences: u64, hole: u64) -> Option<DemoRoom> {
    let room = room("telemetry", "Telemetry")?;
    let shape = Shape { most: 400, ..shape(&room, 9) };
    let above = (sequences.saturating_sub(hole) / 2).min(400);
    let last = sequences - above;
    let mut steps = vec![publish(sequences, shape, DAY * 300, MINUTE * 3)];
    steps.extend(Window::new(last.saturating_sub(hole) + 1, last).map(Step::Delete));
    Some(DemoRoom::by_contract(room, DAY * 301, steps))
}

/// `None` only if a name here were not legal, which a test rules out.
fn room(id: &str, name: &str) -> Option<Room> {
    let known_from = KnownFrom { file: true, ..KnownFrom::default() };
    Some(Room {
        name: Some(name.into()),
        subject: Some(Subject::new(format!("unibus.room.{id}")).ok()?),
        persist: Some(true),
        replicas: Some(1),
        ..Room::bare(RoomId::new(id).ok()?, known_from)
    })
}

fn shape(room: &Room, seed: u64) -> Shape {
    let subject = room.subject.as_ref().map_or("unibus.room", Subject::as_str);
    Shape::chat(seed, subject)
}

const fn publish(count: u64, shape: Shape, from: SignedDuration, until: SignedDuration) -> Step {
    Step::Publish { count, shape, from, until }
}

fn delete(start: u64, end: u64) -> Option<Step> {
    Window::new(start, end).map(Step::Delete)
}

fn busy() -> Option<DemoRoom> {
    let mut room = room("lobby", "Lobby")?;
    room.members = ["ada", "grace", "edsger"].map(String::from).to_vec();
    let shape = Shape { large: 16_384, ..shape(&room, 1) };
    let steps = vec![publish(1_204, shape, DAY * 6, MINUTE)];
    Some(DemoRoom::by_contract(room, DAY * 41, steps))
}

/// With pages of 200 the newest begins at 221: one hole lies across that edge, one begins the
/// page below it, and one ends the stream.
fn deleted() -> Option<DemoRoom> {
    let room = room("support", "Support desk")?;
    let shape = shape(&room, 2);
    let mut steps = vec![publish(420, shape, DAY * 3, MINUTE * 9)];
    let holes = [
        (21, 21),
        (57, 57),
        (100, 102),
        (150, 189),
        (219, 222),
        (233, 233),
        (235, 235),
        (300, 311),
        (418, 420),
    ];
    steps.extend(holes.into_iter().filter_map(|(a, b)| delete(a, b)));
    Some(DemoRoom::by_contract(room, DAY * 12, steps))
}

fn head_gone() -> Option<DemoRoom> {
    let room = room("announcements", "Announcements")?;
    let shape = shape(&room, 3);
    let steps = vec![publish(640, shape, DAY * 90, HOUR * 5), Step::PurgeBelow(388)];
    let mut demo = DemoRoom::by_contract(room, DAY * 91, steps);
    if let Some(script) = &mut demo.stream {
        // Thirty-six days in nanoseconds: what is gone is older, so that this can have taken it.
        script.config.others = vec![("max_age".into(), "3110400000000000".into())];
    }
    Some(demo)
}

fn purged_empty() -> Option<DemoRoom> {
    let room = room("retro", "Retrospective")?;
    let shape = shape(&room, 4);
    let steps = vec![publish(73, shape, DAY * 15, DAY * 14), Step::PurgeAll];
    Some(DemoRoom::by_contract(room, DAY * 16, steps))
}

fn never_used() -> Option<DemoRoom> {
    let room = room("onboarding", "Onboarding")?;
    Some(DemoRoom::by_contract(room, HOUR * 2, Vec::new()))
}

fn no_stream() -> Option<DemoRoom> {
    Some(DemoRoom {
        room: room("design-review", "Design review")?,
        in_rooms_file: true,
        stream: None,
    })
}

fn drifted() -> Option<DemoRoom> {
    let mut room = room("payments", "Payments")?;
    room.replicas = Some(3);
    let shape = shape(&room, 5);
    let steps = vec![publish(96, shape, DAY * 5, HOUR)];
    let mut demo = DemoRoom::by_contract(room, DAY * 30, steps);
    if let Some(script) = &mut demo.stream {
        let config = &mut script.config;
        config.replicas = 1;
        config.subjects.push("unibus.audit.payments".into());
        // Seven days in nanoseconds, as the server keeps it.
        config.others = vec![("max_age".into(), "604800000000000".into())];
    }
    Some(demo)
}

fn arriving() -> Option<DemoRoom> {
    let room = room("pager", "Pager")?;
    let shape = shape(&room, 6);
    let steps = vec![
        publish(180, shape.clone(), HOUR * 4, SignedDuration::from_secs(4)),
        Step::KeepArriving { every: SignedDuration::from_secs(4), shape },
    ];
    Some(DemoRoom::by_contract(room, DAY * 2, steps))
}

fn not_persisted() -> Option<DemoRoom> {
    let mut room = room("hallway", "Hallway")?;
    room.persist = Some(false);
    Some(DemoRoom { room, in_rooms_file: true, stream: None })
}

/// Known to the server only: its subject is not known, so it is read and never ensured.
fn discovered() -> Option<DemoRoom> {
    let room = room("legacy-ops", "Legacy ops")?;
    let shape = shape(&room, 7);
    let mut steps = vec![publish(37, shape, DAY * 700, DAY * 400)];
    steps.extend(delete(12, 14));
    let mut demo = DemoRoom::by_contract(room, DAY * 800, steps);
    demo.in_rooms_file = false;
    if let Some(script) = &mut demo.stream {
        script.config.others = vec![("allow_msg_ttl".into(), "true".into())];
    }
    Some(demo)
}

/// Some of its frames cannot be read: they are unread on the page, beside a gap that is a gap.
fn unanswered() -> Option<DemoRoom> {
    let room = room("field-team", "Field team")?;
    let shape = shape(&room, 10);
    let mut steps = vec![publish(160, shape, DAY * 2, MINUTE * 40)];
    steps.extend(delete(148, 149));
    let mut demo = DemoRoom::by_contract(room, DAY * 9, steps);
    if let Some(script) = &mut demo.stream {
        script.unanswered = Window::new(131, 138);
    }
    Some(demo)
}

fn refused(id: &str, name: &str, kind: FaultKind) -> Option<DemoRoom> {
    let room = room(id, name)?;
    let shape = shape(&room, 8);
    let steps = vec![publish(12, shape, DAY * 20, DAY)];
    let mut demo = DemoRoom::by_contract(room, DAY * 21, steps);
    if let Some(script) = &mut demo.stream {
        script.refused = Some(kind);
    }
    Some(demo)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_room_is_there_under_a_name_of_its_own() {
        let rooms = rooms();
        assert_eq!(rooms.len(), 18);
        let ids: BTreeSet<_> = rooms.iter().map(|room| &room.room.id).collect();
        let subjects: BTreeSet<_> = rooms.iter().map(|room| &room.room.subject).collect();
        assert_eq!((ids.len(), subjects.len()), (18, 18));
    }

    #[test]
    fn a_shorter_hole_keeps_its_shape() {
        let room = long_hole(120_000, 100_000).unwrap();
        let steps = room.stream.unwrap().steps;
        assert_eq!(steps.last(), Some(&Step::Delete(Window::new(19_601, 119_600).unwrap())));
    }
}
