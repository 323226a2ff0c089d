//! Drawing and updating, in this process: no terminal, no server.

use std::hint::black_box;
use std::time::Instant;

use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use roomscope::app::{Key, KeyCode, Msg, State};
use roomscope::runtime::step;
use roomscope::ui::{self, ColorMode, GlyphSet, Theme};

use crate::Plan;
use crate::samples::Samples;
use crate::states;
use crate::table::Table;

const SIZE: (u16, u16) = (200, 60);

pub(crate) fn measure(plan: &Plan, table: &mut Table) {
    let times = if plan.quick { 100 } else { 500 };
    drawing(times, table);
    updating(times, table);
}

fn drawing(times: usize, table: &mut Table) {
    let worst = states::worst(SIZE);
    let mut paged = worst.clone();
    step(&mut paged, key(KeyCode::PageUp));
    let mut help = worst.clone();
    step(&mut help, Msg::Key(Key::char('?')));
    let mut on_gap = worst.clone();
    step(&mut on_gap, key(KeyCode::Up));
    let mut slowest = 0.0_f64;
    for (case, states) in [
        ("nothing changed", [&worst, &worst]),
        ("a gap is selected", [&on_gap, &on_gap]),
        ("the selection moves", [&worst, &on_gap]),
        ("all rows change", [&worst, &paged]),
        ("the help opens and closes", [&worst, &help]),
    ] {
        let (whole, layout) = draw(states, times);
        slowest = slowest.max(whole.median());
        table.fact(
            &format!("drawing 200x60, {case}"),
            format!("{whole}, of it the widgets {layout}"),
        );
    }
    table.goal(
        "drawing a worst-case 200x60 screen",
        "under 1 ms",
        crate::samples::time(slowest),
        slowest < 1e-3,
    );
}

/// Draws two states in turn, the bytes going nowhere. Gives the time of a whole drawing with its
/// comparison and its output, and of the widgets alone.
fn draw(states: [&State; 2], times: usize) -> (Samples, Samples) {
    let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, SIZE.0, SIZE.1)) };
    let backend = CrosstermBackend::new(std::io::sink());
    let mut terminal = Terminal::with_options(backend, options).unwrap();
    let theme = Theme::new(ColorMode::TrueColor, GlyphSet::Unicode);
    let (mut whole, mut widgets) = (Samples::default(), Samples::default());
    for n in 0..times + 10 {
        let state = states[n % 2];
        let began = Instant::now();
        let mut drawn = began.elapsed();
        terminal
            .draw(|frame| {
                let began = Instant::now();
                ui::draw(state, &theme, frame);
                drawn = began.elapsed();
            })
            .unwrap();
        if n >= 10 {
            whole.push(began.elapsed());
            widgets.push(drawn);
        }
    }
    (whole, widgets)
}

fn updating(times: usize, table: &mut Table) {
    let worst = states::worst(SIZE);
    let mut change = |case: &str, times: usize, msgs: &[Msg]| {
        let mut state = worst.clone();
        let mut samples = Samples::default();
        for n in 0..times {
            let msg = msgs[n % msgs.len()].clone();
            let began = Instant::now();
            black_box(step(&mut state, msg));
            samples.push(began.elapsed());
        }
        table.fact(&format!("update, {case}"), samples.to_string());
    };
    let now = worst.now;
    change("the clock", times, &[Msg::Now(now)]);
    change("a row up or down", times, &[key(KeyCode::Up), key(KeyCode::Up), key(KeyCode::Down)]);
    change("to a frame of 1 MiB", times, &[key(KeyCode::Up), key(KeyCode::Down)]);
    let back = Msg::Key(Key::plain(KeyCode::BackTab));
    let mut rooms = vec![back, Msg::Key(Key::char('/'))];
    rooms.extend("room-0".chars().map(|c| Msg::Key(Key::char(c))));
    change("filtering 10,000 rooms, a letter", rooms.len(), &rooms);

    let mut replies = Samples::default();
    for _ in 0..times.min(50) {
        let mut state = worst.clone();
        let room = state.view.room.clone().unwrap();
        let job = states::job_of_open(&mut state, room);
        let msg = Msg::Read(job, Ok(states::page()));
        let began = Instant::now();
        black_box(step(&mut state, msg));
        replies.push(began.elapsed());
    }
    table.fact("update, a page of 1,000 arrives", replies.to_string());
}

fn key(code: KeyCode) -> Msg {
    Msg::Key(Key::plain(code))
}
