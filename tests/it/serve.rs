//! `serve` on a real server, asked over sockets.

mod alike;
mod contract;
mod enforced;
mod forged;
mod hostile;
mod life;
mod load;
mod missing;
mod slow;
