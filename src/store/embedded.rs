//! The embedded store: the demo rooms, in memory, without a server.
