//! What all connections of a host share: settings, addresses, time, and what
//! is waiting to be told or sent.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::congestion::Controller;
use crate::ends::Ends;
use crate::event::{EventKind, Events, SocketId};
use crate::hash::{Purpose, V4Hasher};
use crate::isn::IsnState;
use crate::reason::Reason;
use crate::rtt::RttEstimator;
use crate::seq::Seq;
use crate::settings::{IsnGenerator, Settings};
use crate::tcb::{Due, Tcb};
use crate::time::{Duration, Instant};
use crate::wire::{Flags, OptionSet, Segment, Timestamps};

/// RFC 5961 7 throttles per host and second; this is the least time between two
/// such ACKs of one connection that answer segments without text, so that two
/// ends which disagree cannot keep each other talking.
pub(crate) const SAME_CONNECTION_PAUSE: Duration = Duration::from_millis(500);

/// A segment that belongs to no TCB (any more), ready to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply {
    pub socket: Option<SocketId>,
    pub ends: Ends,
    pub seq: Seq,
    pub ack: Seq,
    pub flags: Flags,
    pub window: u16,
    pub options: OptionSet,
    pub reason: Reason,
}

/// With what a connection begins: what the settings make of it, worked out once.
#[derive(Clone, Debug)]
pub(crate) struct Beginning {
    pub rtt: RttEstimator,
    pub congestion: Controller,
}

impl Beginning {
    pub(crate) fn new(settings: &Settings) -> Beginning {
        Beginning {
            rtt: RttEstimator::with_settings(settings),
            congestion: Controller::new(settings, 536),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub settings: Settings,
    pub beginning: Beginning,
    pub addresses: Vec<IpAddr>,
    pub mtu: u16,
    pub secret: [u8; 16],
    pub now: Instant,
    /// What time it was when somebody last said so.
    told: Instant,
    /// When the host was first asked to do anything: quiet time counts from here.
    pub started: Option<Instant>,
    pub events: Events,
    pub replies: VecDeque<Reply>,
    pub isn: IsnState,
    isn_hasher: V4Hasher,
    /// The second in which challenge ACKs are being counted, and how many there were.
    challenges: (u64, u32),
    pub next_ephemeral: u32,
    /// The keyed hash of the ends an ephemeral port was last asked for.
    pub ephemeral_offset: Option<(Ends, u32)>,
}

impl Host {
    pub(crate) fn new(
        addresses: &[IpAddr],
        mtu: u16,
        settings: Settings,
        secret: [u8; 16],
    ) -> Host {
        Host {
            beginning: Beginning::new(&settings),
            settings,
            addresses: addresses.to_vec(),
            mtu,
            secret,
            now: Instant::ZERO,
            told: Instant::NEVER,
            started: None,
            events: Events::default(),
            replies: VecDeque::new(),
            isn: IsnState::default(),
            isn_hasher: V4Hasher::new(&secret, Purpose::InitialSequence),
            challenges: (0, 0),
            next_ephemeral: 0,
            ephemeral_offset: None,
        }
    }

    /// Notes what time it is.
    #[inline]
    pub(crate) fn clock(&mut self, now: Instant) {
        // Much happens at one instant.
        if self.told != now {
            self.told = now;
            self.now = self.now.max(now);
            self.started.get_or_insert(now);
        }
    }

    /// Until when nothing may be sent after a start (RFC 9293 3.4.3).
    #[inline]
    pub(crate) fn quiet_until(&self) -> Instant {
        match self.started {
            Some(started) if self.settings.quiet_time => started + self.settings.msl,
            _ => Instant::ZERO,
        }
    }

    #[inline]
    pub(crate) fn is_ours(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address)
    }

    /// The same for an IPv4 address as a number.
    #[inline]
    pub(crate) fn is_ours_v4(&self, address: u32) -> bool {
        self.addresses
            .iter()
            .any(|ours| matches!(ours, IpAddr::V4(v4) if v4.to_bits() == address))
    }

    /// The address to speak from to `remote` (MUST-44).
    pub(crate) fn source_for(&self, remote: IpAddr) -> Option<IpAddr> {
        self.addresses
            .iter()
            .copied()
            .find(|a| a.is_ipv4() == remote.is_ipv4())
    }

    /// The ISN of a new connection.
    pub(crate) fn next_isn(&mut self, ends: &Ends) -> Seq {
        if self.settings.isn == IsnGenerator::Rfc9293
            && let Some((here, there)) = ends.v4_addresses()
        {
            let (local, remote) = ((here, ends.local_port()), (there, ends.remote_port()));
            let hash = self.isn_hasher.hash(&self.secret, local, remote);
            return self.isn.next_of_hash(self.now, hash);
        }
        let (local, remote) = (ends.local(), ends.remote());
        self.isn
            .next(&self.settings.isn, &self.secret, self.now, local, remote)
    }

    /// The timestamp clock (RFC 7323 5.4).
    pub(crate) fn timestamp(&self) -> u32 {
        (self.now.0 / self.settings.timestamp_tick.0.max(1)) as u32
    }

    /// Whether one more challenge ACK may be sent in this second (RFC 5961 7); says so if not.
    pub(crate) fn challenge_allowed(&mut self, socket: SocketId) -> bool {
        let Some(limit) = self.settings.challenge_ack_limit else {
            return true;
        };
        let second = self.now.0 / 1_000_000;
        if self.challenges.0 != second {
            self.challenges = (second, 0);
        }
        self.challenges.1 = self.challenges.1.saturating_add(1);
        let allowed = self.challenges.1 <= limit;
        if !allowed {
            self.events.push(
                socket,
                EventKind::Limit {
                    reason: Reason::ChallengeAckLimit,
                },
            );
        }
        allowed
    }

    /// A challenge ACK (RFC 5961), unless there were too many.
    #[cold]
    #[inline(never)]
    pub(crate) fn challenge(&mut self, tcb: &mut Tcb, reason: Reason) {
        if self.challenge_allowed(tcb.id) {
            tcb.pending.set(Due::Reply, reason);
        }
    }

    /// The ACK that answers an unacceptable segment. Segments without text get
    /// one at most every half second and connection: else two ends that do not
    /// agree would answer each other for ever.
    #[cold]
    #[inline(never)]
    pub(crate) fn answer_unacceptable(&mut self, tcb: &mut Tcb, length: u32, reason: Reason) {
        if length == 0 && self.settings.challenge_ack {
            let due = tcb
                .challenged_at
                .is_none_or(|at| self.now.since(at) >= SAME_CONNECTION_PAUSE);
            if !due {
                self.events.push(
                    tcb.id,
                    EventKind::Limit {
                        reason: Reason::DuplicateAckThrottled,
                    },
                );
                return;
            }
            tcb.challenged_at = Some(self.now);
        }
        tcb.pending.set(Due::Reply, reason);
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn reply(&mut self, reply: Reply) {
        if self.replies.len() >= self.settings.out_queue as usize {
            let kind = EventKind::Limit {
                reason: Reason::ReplyQueueFull,
            };
            match reply.socket {
                Some(socket) => self.events.push(socket, kind),
                None => self.events.push_host(kind),
            }
            return;
        }
        self.replies.push_back(reply);
    }

    /// The RST that answers a segment which fits no connection (U1, U2; U3: never a RST).
    #[cold]
    #[inline(never)]
    pub(crate) fn reset_for(
        &mut self,
        socket: Option<SocketId>,
        ends: &Ends,
        segment: &Segment<'_>,
        reason: Reason,
    ) {
        if segment.flags.rst() {
            return;
        }
        let (seq, ack, flags) = if segment.flags.ack() {
            (segment.ack, Seq(0), Flags::RST)
        } else {
            (
                Seq(0),
                segment.seq.add(segment.length()),
                Flags::RST | Flags::ACK,
            )
        };
        self.reply(Reply {
            socket,
            ends: *ends,
            seq,
            ack,
            flags,
            window: 0,
            options: OptionSet::default(),
            reason,
        });
    }

    /// The RST of a connection that is being given up: SEQ = SND.NXT (RFC 9293
    /// 3.10.5), with the ACK that all stacks put in, or bare as the text has it.
    #[cold]
    #[inline(never)]
    pub(crate) fn reset_from(&mut self, tcb: &Tcb, reason: Reason) {
        let with_ack = self.settings.reset_with_ack;
        let timestamps = tcb.timestamps.then(|| Timestamps {
            value: self.timestamp(),
            echo: if with_ack { tcb.ts_recent } else { 0 },
        });
        self.reply(Reply {
            socket: Some(tcb.id),
            ends: tcb.ends,
            seq: tcb.snd_nxt,
            ack: if with_ack { tcb.rcv_nxt } else { Seq(0) },
            flags: if with_ack {
                Flags::RST | Flags::ACK
            } else {
                Flags::RST
            },
            window: 0,
            options: OptionSet {
                timestamps,
                ..OptionSet::default()
            },
            reason,
        });
    }
}
