//! Playing a room's script in memory.

use jiff::{SignedDuration, Timestamp};

use crate::domain::Room;

use super::EmbeddedStore;
use super::runs::{Run, Source};
use super::script::{Condition, DemoRoom, Script, Step, contract_config};
use super::stream::Stream;

impl EmbeddedStore {
    /// Plays a room's script, with its times relative to `now`.
    pub fn play(&self, room: &DemoRoom, now: Timestamp) {
        let Some(script) = &room.stream else {
            return;
        };
        let mut stream = Stream::new(ago(now, script.age), script.config.clone());
        stream.refused.clone_from(&script.refused);
        stream.unanswered = script.unanswered;
        stream.condition = script.condition.clone();
        for step in &script.steps {
            apply(&mut stream, step, now);
        }
        let name = room.room.id.stream().as_str().to_owned();
        self.state().streams.insert(name, stream);
    }
}

pub(super) fn ago(now: Timestamp, age: SignedDuration) -> Timestamp {
    now.checked_sub(age).unwrap_or(Timestamp::MIN)
}

pub(super) fn apply(stream: &mut Stream, step: &Step, now: Timestamp) {
    match step {
        Step::Publish { count, shape, from, until } => {
            let steps = i64::try_from(*count).unwrap_or(i64::MAX);
            let span = i64::try_from((*from - *until).as_nanos()).unwrap_or(i64::MAX);
            stream.publish(
                *count,
                Run {
                    source: Source::Generated(shape.clone()),
                    from: ago(now, *from),
                    step: SignedDuration::from_nanos(span.checked_div(steps).unwrap_or(0)),
                    uneven: true,
                },
            );
        }
        Step::PublishThese { frames, until } => {
            let seconds = i64::try_from(frames.len()).unwrap_or(i64::MAX) - 1;
            let from = *until + SignedDuration::from_secs(seconds);
            stream.publish(
                frames.len() as u64,
                Run {
                    source: Source::These(frames.clone()),
                    from: ago(now, from),
                    step: SignedDuration::from_secs(1),
                    uneven: false,
                },
            );
        }
        Step::Delete(window) => {
            stream.remove(*window);
        }
        Step::PurgeBelow(seq) => {
            stream.purge_below(*seq);
        }
        Step::PurgeAll => {
            stream.purge_below(u64::MAX);
        }
        Step::KeepArriving { every, shape } => stream.keep_arriving(now, *every, shape.clone()),
    }
}

impl DemoRoom {
    /// A room whose stream is as the contract makes it and went through these steps.
    pub fn by_contract(room: Room, age: SignedDuration, steps: Vec<Step>) -> Self {
        let stream = room.spec().map(|spec| Script {
            config: contract_config(&spec),
            age,
            steps,
            refused: None,
            unanswered: None,
            condition: Condition::default(),
        });
        Self { room, in_rooms_file: true, stream }
    }
}
