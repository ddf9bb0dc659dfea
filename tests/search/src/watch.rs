//! What is wrong with a step: Q1 to Q10 of the list of properties, each looked
//! at where it could be broken.

use tcp::seq::Seq;
use tcp::state::State;
use tcp::status::{SocketKind, Status};

/// What must hold.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rule {
    /// Every change of state is an arc of RFC 9293.
    Arcs,
    /// A RST never answers a RST.
    RstForRst,
    /// SEQ and ACK of a RST, and of an ACK without text, are what RFC 9293 says.
    Fields,
    /// At rest, ESTABLISHED on one side means ESTABLISHED on the other.
    Agreement,
    /// On a healed link everybody gets out of the states between.
    Stuck,
    /// SND.UNA =< SND.NXT, RCV.NXT and the right window edge never go back.
    Order,
    /// SYN and FIN use one number each, are acted on once, and nothing lies beyond the FIN.
    SynFin,
    /// Bytes received are a prefix of bytes sent, and all of them after a clean close.
    Prefix,
    /// One final report for each connection, and nothing after it.
    OneReport,
    /// No segment of an earlier connection does anything to a later one.
    OldIncarnation,
    /// Two ends that do not agree stop answering each other.
    AckWar,
}

impl Rule {
    /// All of them, Q1 to Q11.
    pub const ALL: [Rule; 11] = [
        Rule::Arcs,
        Rule::RstForRst,
        Rule::Fields,
        Rule::Agreement,
        Rule::Stuck,
        Rule::Order,
        Rule::SynFin,
        Rule::Prefix,
        Rule::OneReport,
        Rule::OldIncarnation,
        Rule::AckWar,
    ];

    /// Its number and name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Rule::Arcs => "Q1 arcs",
            Rule::RstForRst => "Q2 no RST for a RST",
            Rule::Fields => "Q3 fields of RST and ACK",
            Rule::Agreement => "Q4 agreement at rest",
            Rule::Stuck => "Q5 nobody is stuck",
            Rule::Order => "Q6 order of numbers",
            Rule::SynFin => "Q7 one SYN, one FIN",
            Rule::Prefix => "Q8 prefix",
            Rule::OneReport => "Q9 one final report",
            Rule::OldIncarnation => "Q10 old incarnations",
            Rule::AckWar => "Q11 no ACK war",
        }
    }
}

/// What was found wrong, for the developer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// What does not hold.
    pub rule: Rule,
    /// What exactly.
    pub detail: String,
}

/// Q6, between one STATUS of a connection and the next.
#[must_use]
pub fn order(before: &Status, now: &Status) -> Option<&'static str> {
    if !now.snd_una.at_or_before(now.snd_nxt) {
        return Some("SND.UNA is beyond SND.NXT");
    }
    let other = before.iss != now.iss || before.irs != now.irs;
    if other || before.state == State::SynSent || now.state == State::Closed {
        return None;
    }
    if now.snd_una.before(before.snd_una) {
        return Some("SND.UNA goes back");
    }
    if now.rcv_nxt.before(before.rcv_nxt) {
        return Some("RCV.NXT goes back");
    }
    let edge = |status: &Status| status.rcv_nxt.add(status.rcv_wnd);
    let settled = before.state.is_synchronized() && now.kind == SocketKind::Connection;
    (settled && edge(now).before(edge(before))).then_some("the right window edge shrinks")
}

/// What a connection has sent so far, in numbers (Q7).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Numbers {
    syn: Option<u32>,
    fin: Option<u32>,
    reached: u32,
}

impl Numbers {
    /// Takes note of a segment that is not a RST.
    pub fn sent(&mut self, seq: Seq, syn: bool, fin: bool, text: u32) -> Option<&'static str> {
        if syn {
            if self.syn.is_some_and(|known| known != seq.0) {
                return Some("two SYNs with two numbers");
            }
            self.syn = Some(seq.0);
        }
        let base = Seq(self.syn?);
        let end = seq.add(text + u32::from(syn) + u32::from(fin));
        if fin {
            let at = end.sub(1).0;
            if self.fin.is_some_and(|known| known != at) {
                return Some("two FINs with two numbers");
            }
            self.fin = Some(at);
        }
        self.reached = self.reached.max(end.since(base));
        let beyond = self
            .fin
            .is_some_and(|fin| self.reached > Seq(fin).since(base) + 1);
        beyond.then_some("numbers beyond the FIN")
    }
}
