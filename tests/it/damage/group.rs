//! Recipes that share a server: their streams are damaged while it stands (or runs), and judged
//! after each of its next starts.

use std::path::PathBuf;
use std::sync::Mutex;

use serde_json::json;

use super::faces::{At, Faces, Knows};
use super::law::Moment;
use super::recipes::{Act, Kind, Recipe};
use super::store::Store;
use super::truth::{Fate, Server, Truth};
use crate::support::rooms::{go_config, stream};
use crate::support::serving::room;
use crate::support::{NatsServer, RawNats, Serving};

/// In what state the server is when its files are damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Stopped as an operator does.
    Stopped,
    /// Killed.
    Killed,
    /// Running, with nothing read since its start.
    Running,
}

/// What the faces said of a recipe at one stage.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) recipe: &'static str,
    pub(super) stage: &'static str,
    /// What is gone, what the server says, and what each face says.
    pub(super) cells: Vec<String>,
    /// Where it broke the law.
    pub(super) wrong: Vec<String>,
}

/// Frames at first, in blocks of about 73, and how many are stored later.
const FRAMES: u64 = 240;
const MORE: u64 = 10;

struct Group<'a> {
    server: NatsServer,
    recipes: &'a [Recipe],
    truths: Vec<Truth>,
    rooms: PathBuf,
    _folder: tempfile::TempDir,
    told: Vec<Told>,
    /// Whether a loss was ever beyond anybody's knowledge, for each recipe.
    was_blind: Vec<bool>,
    was_hurt: Vec<bool>,
}

/// Plays the recipes on one server, and tells what was said.
pub(super) fn play(when: When, recipes: &[Recipe]) -> Vec<Told> {
    let mut group = Group::prepare(recipes);
    match when {
        When::Stopped => group.server.stop(),
        When::Killed => group.server.kill(),
        When::Running => {
            group.server.stop();
            group.server.start_again();
        }
    }
    for recipe in recipes {
        let store = group.store(recipe);
        recipe.harms.iter().for_each(|harm| harm.apply(&store));
    }
    if when != When::Running {
        group.server.start_again();
    }
    group.judge("damaged");
    for recipe in recipes {
        let store = group.store(recipe);
        recipe.harms.iter().for_each(|harm| harm.undo(&store));
    }
    if when == When::Running {
        group.judge("read again");
    }
    group.restart();
    group.judge("restarted");
    let mut raw = group.server.raw();
    for (recipe, truth) in recipes.iter().zip(&mut group.truths) {
        truth.publish(&mut raw, recipe.id, MORE, recipe.kind.size());
    }
    group.judge("published on");
    group.restart();
    group.judge("restarted again");
    group.ended()
}

impl<'a> Group<'a> {
    fn prepare(recipes: &'a [Recipe]) -> Self {
        let server = NatsServer::start();
        let mut raw = server.raw();
        let mut truths = Vec::new();
        for recipe in recipes {
            create(&mut raw, recipe);
            let mut truth = Truth::default();
            let stored = truth.publish(&mut raw, recipe.id, FRAMES, recipe.kind.size());
            assert_eq!(stored, FRAMES, "{}", recipe.id);
            for act in recipe.acts {
                act.perform(&mut raw, recipe.id, &mut truth);
            }
            let server = Server::look(&mut raw, recipe.id, truth.last());
            assert!(truth.all(&server, Fate::Gone).is_empty(), "{}", recipe.id);
            truths.push(truth);
        }
        let folder = tempfile::tempdir().unwrap();
        let rooms = folder.path().join("rooms.toml");
        let known = |recipe: &Recipe| {
            // Frames of 100 KB take long to be judged, and are none of this test's business.
            let more = if recipe.kind == Kind::Large { "encrypted = false" } else { "" };
            room(recipe.id, more)
        };
        let known: String = recipes.iter().map(known).collect();
        std::fs::write(&rooms, known).unwrap();
        let was_blind = vec![false; recipes.len()];
        let was_hurt = was_blind.clone();
        Self {
            server,
            recipes,
            truths,
            rooms,
            _folder: folder,
            told: Vec::new(),
            was_blind,
            was_hurt,
        }
    }

    fn store(&self, recipe: &Recipe) -> Store {
        Store(self.server.streams().join(stream(recipe.id).as_str()))
    }

    fn restart(&mut self) {
        self.server.stop();
        self.server.start_again();
    }

    /// Asks every face about every room, then the server, and holds one against the other.
    fn judge(&mut self, stage: &'static str) {
        let url = self.server.url();
        let known = std::fs::read_to_string(&self.rooms).unwrap();
        let serving = Serving::start(&url, &known, &["--read-only"]);
        let knows = Knows::ask();
        let next = Mutex::new(0..self.recipes.len());
        let heard: Mutex<Vec<Option<(Faces, Server)>>> = Mutex::new(vec![None; self.recipes.len()]);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut raw = self.server.raw();
                    loop {
                        let Some(at) = next.lock().unwrap().next() else { break };
                        let (recipe, truth) = (&self.recipes[at], &self.truths[at]);
                        // Large frames take long to read, and these stages add nothing.
                        let is_late = ["published on", "restarted again"].contains(&stage);
                        if recipe.kind == Kind::Large && is_late {
                            continue;
                        }
                        let is_large = recipe.kind == Kind::Large;
                        let place = At { url: &url, id: recipe.id, rooms: &self.rooms, is_large };
                        let faces = Faces::ask(&place, Some(&serving), knows);
                        let server = Server::look(&mut raw, recipe.id, truth.last());
                        heard.lock().unwrap()[at] = Some((faces, server));
                    }
                });
            }
        });
        for (at, heard) in heard.into_inner().unwrap().into_iter().enumerate() {
            let Some((faces, server)) = heard else { continue };
            let recipe = &self.recipes[at];
            let moment = Moment { truth: &self.truths[at], server: &server, blind: recipe.blind };
            self.was_blind[at] |= moment.is_blind();
            self.was_hurt[at] |= moment.is_hurt();
            let wrong = moment.judge(&faces);
            let cells = moment.cells(&faces);
            self.told.push(Told { recipe: recipe.id, stage, cells, wrong });
        }
    }

    fn ended(mut self) -> Vec<Told> {
        for (at, recipe) in self.recipes.iter().enumerate() {
            let told = self.told.iter_mut().rfind(|told| told.recipe == recipe.id).unwrap();
            if recipe.blind.is_some() && !self.was_blind[at] {
                told.wrong.push("something always showed the loss: no need to be blind".to_owned());
            }
            if recipe.harmless == self.was_hurt[at] {
                told.wrong
                    .push(format!("harmless: {}, hurt: {}", recipe.harmless, self.was_hurt[at]));
            }
        }
        self.told
    }
}

/// Makes a recipe's stream. A small `max_bytes` is what makes a server cut small blocks, and it
/// goes on to do so once the limit is lifted.
fn create(raw: &mut RawNats, recipe: &Recipe) {
    let name = stream(recipe.id);
    let mut config = go_config(recipe.id, &format!("room.{}", recipe.id));
    match recipe.kind {
        Kind::Plain | Kind::Large => {}
        Kind::Compressed => config["compression"] = "s2".into(),
        Kind::Expiring => config["allow_msg_ttl"] = true.into(),
    }
    let limits = if recipe.kind == Kind::Large { vec![-1] } else { vec![120_000, -1] };
    for (at, limit) in limits.into_iter().enumerate() {
        config["max_bytes"] = limit.into();
        let verb = if at == 0 { "CREATE" } else { "UPDATE" };
        let done = raw.api(&format!("STREAM.{verb}.{}", name.as_str()), &config);
        assert!(done.get("error").is_none(), "{done}");
    }
}

impl Act {
    pub(super) fn perform(self, raw: &mut RawNats, id: &str, truth: &mut Truth) {
        let name = stream(id);
        match self {
            Self::Delete(start, end) | Self::DeleteWithoutErasing(start, end) => {
                let without = matches!(self, Self::DeleteWithoutErasing(..));
                for seq in start..=end {
                    let subject = format!("STREAM.MSG.DELETE.{}", name.as_str());
                    let done = raw.api(&subject, &json!({"seq": seq, "no_erase": without}));
                    assert_eq!(done["success"], true, "{done}");
                    truth.removed.insert(seq);
                }
            }
            Self::Purge(below) => {
                let subject = format!("STREAM.PURGE.{}", name.as_str());
                let done = raw.api(&subject, &json!({"seq": below}));
                assert_eq!(done["success"], true, "{done}");
                truth.removed.extend(1..below);
            }
        }
    }
}
