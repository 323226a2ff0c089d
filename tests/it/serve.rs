//! `serve` on a real server, asked over sockets.

mod contract;
mod enforced;
mod hostile;
mod life;
mod load;
mod missing;
mod slow;
