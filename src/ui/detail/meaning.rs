//! What a header says, below it: its meaning to the server, and what the page tells of it.

use crate::app::State;
use crate::domain::server_headers::{self, Batch, Context, Meaning, batch};
use crate::domain::{Frame, Header, Page, format};

use super::super::text;
use super::head::{Fact, Facts, Tone};

/// Columns before a meaning: it stands below its header and further in.
const INDENT: usize = 4;

/// Adds the lines below a header; none where it says all itself.
pub(super) fn below(
    facts: &mut Facts,
    frame: &Frame,
    header: &Header,
    state: &State,
    width: usize,
) {
    let Some(page) = state.view.page() else { return };
    let Some(meaning) = server_headers::meaning(frame, header) else { return };
    let said = match meaning {
        Meaning::Batch(part) => member(frame, &part, page),
        Meaning::MsgId(_) => {
            let twin = server_headers::same_id(page.frames().map(AsRef::as_ref), frame);
            twin.map(|twin| (server_headers::same_id_sentence(frame, twin), Tone::Warn))
        }
        meaning => {
            let context =
                Context { zone: &state.zone, now: state.now, config: &page.stream.config };
            server_headers::sentence(&meaning, frame, &context).map(|text| (text, Tone::Plain))
        }
    };
    let Some((text, tone)) = said else { return };
    for text in text::wrap(&text, width.saturating_sub(INDENT).max(8)) {
        facts.lines.push(Fact { label: "", indent: INDENT, text, tone });
    }
}

/// Which member of which batch, and how much of that is on the page.
fn member(frame: &Frame, part: &batch::Part<'_>, page: &Page) -> Option<(String, Tone)> {
    let batch = batch::around(page.slots(), frame)?;
    let of =
        batch.members_in_all().map_or_else(String::new, |n| format!(" of {}", format::count(n)));
    let known = batch.sentence("this page", page.stream.state.first_seq);
    let unchecked = Batch::unchecked(&page.stream.config);
    let unchecked = unchecked.map_or_else(String::new, |why| format!("; {why}"));
    let tone = if batch.is_broken() { Tone::Warn } else { Tone::Plain };
    Some((
        format!("member {}{of} of an atomic batch; {known}{unchecked}", format::count(part.member)),
        tone,
    ))
}
