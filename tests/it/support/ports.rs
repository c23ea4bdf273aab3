//! Ports of this machine that no other test is given meanwhile: many run at once.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::sync::atomic::{AtomicU16, Ordering};

/// A port at which nobody listens, for as long as this is kept.
pub struct Closed {
    /// The near end of a connection holds its port, and whoever calls there is refused.
    near: TcpStream,
    _far: TcpStream,
}

impl Closed {
    pub fn hold() -> Closed {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (far, _) = listener.accept().unwrap();
        Closed { near, _far: far }
    }

    pub fn address(&self) -> SocketAddr {
        self.near.local_addr().unwrap()
    }
}

/// Below those that the system gives to whoever asks for any.
const OURS: Range<u16> = 12_000..32_000;

/// A port for a program that can only be told its number.
pub fn free() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let all = OURS.end - OURS.start;
    let first = u16::try_from(std::process::id() % u32::from(all)).unwrap();
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let next = || OURS.start + (first + NEXT.fetch_add(1, Ordering::SeqCst)) % all;
    std::iter::repeat_with(next).take(usize::from(all)).find(is_free).unwrap()
}
