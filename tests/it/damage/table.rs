//! `docs/truth.md`: what each face says of each recipe, as it was said.
//!
//! `ROOMSCOPE_BLESS=1` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use super::group::Told;
use super::recipes::{self, Kind, Recipe};
use super::{killed, running, stopped};

const HEAD: &str = "\
# What each face says of damage

Made by `tests/it/damage/table.rs`; `ROOMSCOPE_BLESS=1 cargo test --test it damage` writes it anew.
Each recipe stores 240 frames with acknowledgement on nats-server 2.15.1, in blocks of about 70,
damages the stream's files, and asks every face after each of the server's next starts. Ten frames
more are stored before the last but one. A row stands for all stages from the one it names to that of
the next row.

- **gone**: acknowledged, not removed by anyone, and not given by the server at that moment.
- **server**: what STREAM.INFO reports as lost.
- **check**: verdict, completeness and exit status.
- **history, page, bundle**: what they call the sequences for which they have no frame.
- **HTTP**: the status and the header `Roomscope-Missing`.

Where the end of a stream is lost and its numbers are given out again, or a stream begins anew,
nothing on the server shows it: such recipes say *not to be known*, with the reason.
";

const REST: &str = "
## Beside these

Not in the tables, since what is said depends on the moment; the tests hold it against the same rules:

- a stream of three replicas in five members, of which one comes back alone with an old state, and a
  leader that hears of no other member (`cluster/leaderless.rs`);
- in three members: one that was away, one without a block, one that was refilled, one with a flipped
  bit, each of them leading in turn, and a leader that changes while a room is read
  (`cluster/members.rs`);
- a store put back to an older copy under an open reader, a server without a file left to open, and one
  in lame duck mode (`single.rs`);
- 210 healthy histories at random, busy ones among them (`healthy`).
";

#[test]
fn the_table_of_what_is_said_is_what_is_said() {
    let mut text = HEAD.to_owned();
    for (title, recipes, told) in [
        ("Damaged while the server was stopped", recipes::STOPPED, stopped()),
        ("Damaged after the server was killed", recipes::KILLED, killed()),
        ("Damaged under a running server", recipes::RUNNING, running()),
    ] {
        write!(text, "\n## {title}\n\n").unwrap();
        text += "| recipe | stage | gone | server | check | history, page, bundle | HTTP |\n";
        text += "| --- | --- | --- | --- | --- | --- | --- |\n";
        for recipe in recipes {
            rows(&mut text, recipe, told);
        }
    }
    text += REST;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/truth.md");
    if std::env::var_os("ROOMSCOPE_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let other = text.lines().zip(written.lines()).find(|(now, then)| now != then);
    assert!(text == written, "docs/truth.md is of another time; the first difference: {other:?}");
}

/// The rows of a recipe: one wherever something else is said than at the stage before.
fn rows(text: &mut String, recipe: &Recipe, told: &[Told]) {
    let mut before: Option<Vec<String>> = None;
    for told in told.iter().filter(|told| told.recipe == recipe.id) {
        let cells: Vec<_> = told.cells.iter().map(|cell| plain(cell)).collect();
        if before.as_ref() == Some(&cells) {
            continue;
        }
        let name = if before.is_none() { title(recipe) } else { String::new() };
        writeln!(text, "| {name} | {} | {} |", told.stage, cells.join(" | ")).unwrap();
        before = Some(cells);
    }
}

fn title(recipe: &Recipe) -> String {
    let harms: Vec<_> = recipe.harms.iter().map(ToString::to_string).collect();
    let kind = match recipe.kind {
        Kind::Plain => "",
        Kind::Large => "; frames of 100 KB",
        Kind::Compressed => "; S2",
        Kind::Expiring => "; `allow_msg_ttl`",
    };
    let harms = if harms.is_empty() { "nothing".to_owned() } else { harms.join(", ") };
    let acts: String = recipe.acts.iter().map(|act| format!("; after {act}")).collect();
    let blind = recipe.blind.map_or_else(String::new, |why| format!(" *Not to be known: {why}.*"));
    format!("**{}**: {harms}{kind}{acts}.{blind}", recipe.id)
}

/// A cell without what differs from run to run: names of servers, and numbers of frames.
fn plain(cell: &str) -> String {
    let mut words: Vec<&str> = cell.split(", ").collect();
    words.retain(|word| !word.ends_with(" frames"));
    words.join(", ").replace('|', "\\|")
}
