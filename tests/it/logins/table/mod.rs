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

const PLAIN: Kind = Kind::Plain;
const REFUSES: Kind = Kind::Refuses;

#[test]
fn the_table_is_long_and_its_names_differ() {
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
    let all: Vec<&str> = groups.iter().flatten().map(|case| case.name).collect();
    assert!(all.len() >= 235, "{}", all.len());
    let names: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(names.len(), all.len());
}
