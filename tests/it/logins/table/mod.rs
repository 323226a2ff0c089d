//! The table: one test a file, which are groups of cases alike.

mod addresses;
mod contexts;
mod files;
mod kinds;
mod lists;
mod order;
mod references;
mod sources;
mod stream_api;
mod times;
mod tls;
mod unused;
mod warnings;

use std::collections::BTreeSet;

use super::case::{Case, case};
use super::{drive, keys};
use crate::support::told::Kind;

/// Why the nats CLI does something else, where it is more than a row.
const FINDS_HOME: &str = "the nats CLI takes the home folder from the user database";
const MERGES: &str = "the nats CLI merges all sources before it chooses; here what was typed wins";
const IGNORES_HALF: &str = "the nats CLI ignores a certificate without its key, and the reverse";
const LOOKS_AT_ALL: &str = "the nats CLI needs what the context says all the same";
const REFUSES_LATE: &str = "the nats CLI refuses it too, but only once it is connected";

const PLAIN: Kind = Kind::Plain;
const REFUSES: Kind = Kind::Refuses;

/// All of it.
pub(crate) fn all() -> Vec<Case> {
    let groups = [
        addresses::cases(),
        contexts::cases(),
        files::cases(),
        kinds::cases(),
        lists::cases(),
        order::cases(),
        references::cases(),
        sources::cases(),
        stream_api::cases(),
        times::cases(),
        tls::cases(),
        unused::cases(),
        warnings::cases(),
    ];
    groups.into_iter().flatten().collect()
}

#[test]
fn the_table_is_long_and_its_names_differ() {
    let all = all();
    assert!(all.len() >= 235, "{}", all.len());
    let names: BTreeSet<&str> = all.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), all.len());
}
