//! A network link in user space, for kernels without `tc netem`.
//!
//! ```text
//! link CLIENT_NAMESPACE SERVER_NAMESPACE MBIT_PER_SECOND ROUND_TRIP_MS LOSS_PERCENT
//! ```
//!
//! Each namespace gets a TUN device `bench0`: 10.77.0.1 at the client, 10.77.0.2 at the server. A packet waits for its turn
//! at the rate of the link, and then half the round trip. What would wait longer than [`QUEUE`] is dropped, and from server
//! to client a share of the packets is lost at random. `up` on stdout says that the link is there. It goes when stdin ends,
//! so that it can't outlive who started it, and then says how much was dropped and lost.
//!
//! Where nothing is lost at random, the kernel hands over TCP segments by the dozen, as it does with every network card
//! that can cut them up itself and put them together again (TSO and GRO). They count as the packets that they stand for, and
//! what a gigabit costs the emulator, client and server no longer hides what differs between clients. Where packets are lost
//! each comes alone, for each is lost by itself.

use std::collections::VecDeque;
use std::error::Error;
use std::fs::File;
use std::io::{self, Read as _};
use std::num::NonZeroU64;
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::ioctl::{IntegerSetter, Setter, ioctl};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// How long a packet may wait for its turn: the buffer of an ordinary router.
const QUEUE: Duration = Duration::from_millis(100);
/// Packets read at once before those that are due are sent on.
const BATCH: usize = 256;
/// The least time between two readings, so that one wake-up serves many packets: without it the emulator takes the cores
/// that client and server need.
const NAP: Duration = Duration::from_micros(60);
const MTU: usize = 1500;
/// The longest that the kernel hands over at once: a header, and segments.
const LONGEST: usize = HEADER + 65_535;

/// `TUNSETIFF` of `linux/if_tun.h`.
const TUNSETIFF: u32 = 0x4004_54ca;
/// `TUNSETOFFLOAD` of the same.
const TUNSETOFFLOAD: u32 = 0x4004_54d0;
/// `IFF_TUN`, `IFF_NO_PI` and `IFF_VNET_HDR` of the same: one IP packet in each read and write, behind a [`HEADER`].
const FLAGS: u16 = 0x0001 | 0x1000 | 0x4000;
/// `TUN_F_CSUM` and `TUN_F_TSO4` of the same.
const OFFLOADS: usize = 0x01 | 0x02;
/// Bytes of `struct virtio_net_hdr` of `linux/virtio_net.h`. The other device gets it as it came.
const HEADER: usize = 10;

#[derive(Default)]
struct Counters {
    sent: AtomicU64,
    dropped: AtomicU64,
    lost: AtomicU64,
}

struct Direction {
    from: Arc<OwnedFd>,
    to: Arc<OwnedFd>,
    waiting: VecDeque<(Instant, Vec<u8>)>,
    spare: Vec<Vec<u8>>,
    read: Box<[u8]>,
    /// When the line is free for the next packet.
    free: Instant,
    bits_per_second: f64,
    delay: Duration,
    lost_per_million: u64,
    random: u64,
    counters: Arc<Counters>,
}

impl Direction {
    fn run(mut self) -> io::Result<()> {
        loop {
            let more = self.take()?;
            self.pass_on();
            if !more {
                self.wait()?;
            }
        }
    }

    /// Takes what has come; true if there may be more.
    fn take(&mut self) -> io::Result<bool> {
        for _ in 0..BATCH {
            let length = match rustix::io::read(&*self.from, &mut self.read[..]) {
                Ok(length) => length,
                Err(rustix::io::Errno::AGAIN) => return Ok(false),
                Err(error) => return Err(error.into()),
            };
            let mut packet = self.spare.pop().unwrap_or_default();
            packet.clear();
            packet.extend_from_slice(&self.read[..length]);
            self.enqueue(packet);
        }
        Ok(true)
    }

    fn enqueue(&mut self, packet: Vec<u8>) {
        let now = Instant::now();
        self.free = self.free.max(now);
        let (packets, bytes) = on_the_wire(&packet);
        if self.next_random() % 1_000_000 < self.lost_per_million {
            self.counters.lost.fetch_add(packets, Relaxed);
            self.spare.push(packet);
        } else if self.free - now > QUEUE {
            self.counters.dropped.fetch_add(packets, Relaxed);
            self.spare.push(packet);
        } else {
            #[expect(clippy::cast_precision_loss, reason = "there are not more than 70,000")]
            let turn = bytes as f64 * 8.0 / self.bits_per_second;
            self.free += Duration::from_secs_f64(turn);
            self.waiting.push_back((self.free + self.delay, packet));
        }
    }

    fn pass_on(&mut self) {
        let now = Instant::now();
        while let Some((due, packet)) = self.waiting.pop_front() {
            if due > now {
                self.waiting.push_front((due, packet));
                break;
            }
            // A device that is full drops the packet, as any other would.
            let _ = rustix::io::write(&*self.to, &packet);
            self.counters
                .sent
                .fetch_add(on_the_wire(&packet).0, Relaxed);
            self.spare.push(packet);
        }
    }

    fn wait(&self) -> io::Result<()> {
        let due = self.waiting.front().map(|(due, _)| {
            let wait = due.saturating_duration_since(Instant::now());
            let nanoseconds = wait.max(Duration::from_micros(100)).subsec_nanos();
            Timespec {
                tv_sec: 0,
                tv_nsec: nanoseconds.into(),
            }
        });
        let mut devices = [PollFd::new(&*self.from, PollFlags::IN)];
        if poll(&mut devices, due.as_ref())? > 0 {
            std::thread::sleep(NAP);
        }
        Ok(())
    }

    /// Xorshift, from the same start in every run.
    fn next_random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

/// How many packets go over the wire for what the kernel handed over at once, and their bytes.
fn on_the_wire(packet: &[u8]) -> (u64, u64) {
    let number = |at: usize| match packet.get(at..at + 2) {
        Some(&[low, high]) => u64::from(u16::from_ne_bytes([low, high])),
        _ => 0,
    };
    let bytes = packet.len().saturating_sub(HEADER) as u64;
    // `hdr_len` and `gso_size` of `struct virtio_net_hdr`: what each segment has of headers and of data.
    let (headers, data) = (number(2), number(4));
    if data == 0 {
        return (1, bytes);
    }
    let packets = bytes.saturating_sub(headers).div_ceil(data).max(1);
    (packets, bytes + (packets - 1) * headers)
}

/// A TUN device in a namespace; this thread is back in its own afterwards.
fn device(namespace: &str, address: &str, offloads: usize) -> Result<OwnedFd, Box<dyn Error>> {
    let own = File::open("/proc/thread-self/ns/net")?;
    let there = File::open(format!("/run/netns/{namespace}"))?;
    move_into_link_name_space(there.as_fd(), Some(LinkNameSpaceType::Network))?;
    let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let tun = rustix::fs::open("/dev/net/tun", flags, Mode::empty())?;
    let mut request = [0_u8; 40]; // struct ifreq: the name in 16 bytes, then the flags
    request[..6].copy_from_slice(b"bench0");
    request[16..18].copy_from_slice(&FLAGS.to_ne_bytes());
    // SAFETY: TUNSETIFF reads one struct ifreq, which has 40 bytes, and keeps no pointer to it.
    unsafe { ioctl(&tun, Setter::<TUNSETIFF, [u8; 40]>::new(request)) }?;
    // SAFETY: TUNSETOFFLOAD takes its flags as the number itself.
    unsafe { ioctl(&tun, IntegerSetter::<TUNSETOFFLOAD>::new_usize(offloads)) }?;
    ip(&["link", "set", "lo", "up"])?;
    ip(&["addr", "add", address, "dev", "bench0"])?;
    let mtu = MTU.to_string();
    ip(&[
        "link",
        "set",
        "bench0",
        "mtu",
        &mtu,
        "txqueuelen",
        "20000",
        "up",
    ])?;
    move_into_link_name_space(own.as_fd(), Some(LinkNameSpaceType::Network))?;
    Ok(tun)
}

fn ip(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let status = Command::new("ip").args(arguments).status()?;
    if status.success() {
        return Ok(());
    }
    Err(format!("ip {}: {status}", arguments.join(" ")).into())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [
        client_namespace,
        server_namespace,
        rate,
        round_trip,
        percent,
    ] = arguments.as_slice()
    else {
        return Err("usage: link CLIENT_NAMESPACE SERVER_NAMESPACE MBIT_PER_SECOND ROUND_TRIP_MS LOSS_PERCENT".into());
    };
    let (rate, round_trip, percent): (f64, f64, f64) =
        (rate.parse()?, round_trip.parse()?, percent.parse()?);
    let offloads = if percent > 0.0 { 0 } else { OFFLOADS };
    let client = Arc::new(device(client_namespace, "10.77.0.1/24", offloads)?);
    let server = Arc::new(device(server_namespace, "10.77.0.2/24", offloads)?);
    // A wait may end a microsecond late and not the usual fifty; the threads inherit it.
    rustix::thread::set_current_timer_slack(NonZeroU64::new(1000))?;
    let counters = Arc::new(Counters::default());
    for (from, to, percent) in [(&server, &client, percent), (&client, &server, 0.0)] {
        let direction = Direction {
            from: Arc::clone(from),
            to: Arc::clone(to),
            waiting: VecDeque::new(),
            spare: Vec::new(),
            read: vec![0; LONGEST].into(),
            free: Instant::now(),
            bits_per_second: rate * 1e6,
            delay: Duration::from_secs_f64(round_trip / 2000.0),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a percentage"
            )]
            lost_per_million: (percent * 1e4) as u64,
            random: 88_172_645_463_325_252,
            counters: Arc::clone(&counters),
        };
        std::thread::spawn(move || {
            if let Err(error) = direction.run() {
                eprintln!("link: {error}");
            }
        });
    }
    println!("up");
    io::stdin().read_to_end(&mut Vec::new())?;
    let [sent, dropped, lost] =
        [&counters.sent, &counters.dropped, &counters.lost].map(|one| one.load(Relaxed));
    println!("{sent} packets sent, {dropped} dropped, {lost} lost");
    Ok(())
}
