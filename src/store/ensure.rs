//! Ensuring a room's stream without ever changing an existing one.
