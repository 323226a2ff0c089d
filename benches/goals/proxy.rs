//! A loopback proxy that makes the way to a server long: what goes in comes out so much later,
//! as much of it on its way as was sent (a delay line, not a slow link).

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Chunks on their way before the sender has to wait; 64 KiB each at most.
const ON_THE_WAY: usize = 4096;

/// Listens for the life of the process, and delays what passes to and from `port` by half of
/// `round_trip` each way. Gives the port it listens on.
pub(crate) fn before(port: u16, round_trip: Duration) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            if let Ok(server) = TcpStream::connect(("127.0.0.1", port)) {
                join(&client, &server, round_trip / 2).unwrap();
            }
        }
    });
    own
}

fn join(client: &TcpStream, server: &TcpStream, delay: Duration) -> std::io::Result<()> {
    for (from, to) in [(client, server), (server, client)] {
        from.set_nodelay(true)?;
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        let (line, out) = sync_channel(ON_THE_WAY);
        thread::spawn(move || take_in(from, &line, delay));
        thread::spawn(move || let_out(to, &out));
    }
    Ok(())
}

fn take_in(mut from: TcpStream, line: &SyncSender<(Instant, Vec<u8>)>, delay: Duration) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if line.send((Instant::now() + delay, buffer[..length].to_vec())).is_err() {
            break;
        }
    }
}

fn let_out(mut to: TcpStream, out: &Receiver<(Instant, Vec<u8>)>) {
    while let Ok((due, bytes)) = out.recv() {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
