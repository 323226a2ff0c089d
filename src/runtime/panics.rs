//! Panics: the terminal comes back first, then the message, and the event loop is told.

use std::panic;
use std::sync::Arc;

use tokio::sync::Notify;

use super::terminal::Tty;
use crate::store::nats::is_library_panic;

/// From now on, a panic in any thread or task gives the terminal back before it is printed, and
/// wakes whoever waits on the answer: a task that panicked would never reply, and the program
/// must end rather than wait for it. One of the client library ends a connection, no more.
pub(super) fn install(tty: Tty) -> Arc<Notify> {
    let told = Arc::new(Notify::new());
    let tell = Arc::clone(&told);
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if is_library_panic(info) {
            return print(info);
        }
        tty.leave();
        print(info);
        tell.notify_one();
    }));
    told
}
