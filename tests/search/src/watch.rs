//! The rules, Q1 to Q11, and those parts of them that need no more than a STATUS.

use tcp::seq::Seq;
use tcp::state::State;
use tcp::status::{SocketKind, Status};

/// What must hold, and what each rule leaves out and why.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    /// Q1. Every change of state is an arc of RFC 9293: figure 5, its notes and the
    /// prose of 3.10. Nothing is left out.
    Arcs,
    /// Q2. A RST never answers a RST (RFC 9293 3.10.7.1 to 3.10.7.4). Nothing is left out.
    RstForRst,
    /// Q3. A RST that answers a segment has the SEQ and ACK of RFC 9293 3.5.2: SEQ =
    /// SEG.ACK where there is one, else SEQ 0 and ACK = SEG.SEQ + SEG.LEN. What
    /// else has ACK acknowledges RCV.NXT, and without text, SYN or FIN stands at
    /// SND.NXT (3.10.7.4, first step). A RST of ABORT answers nothing and is not
    /// compared with what came before it.
    Fields,
    /// Q4. At rest (nothing on the way, no timer but 2MSL, keep-alive and the user's)
    /// an end in ESTABLISHED has another in ESTABLISHED, each expecting what the
    /// other would send. Left out is a connection, and that one alone, of which one
    /// end knows something that the other will never be told; RFC 9293 3.5.1 calls it
    /// half-open, and there it stays until somebody sends:
    /// - an end lost its memory (3.5.1);
    /// - a RST was lost, or found no room in the channel: nobody sends a RST again;
    /// - a RST was not exact and was challenged (RFC 5961 3.2): the challenge and its
    ///   answer are sent once each, and may be lost or throttled;
    /// - an end gave up (USER TIMEOUT, R2: 3.10.8 flushes all and sends nothing);
    /// - SYN-RECEIVED went back to LISTEN by a SYN in its window (3.10.7.4, fourth
    ///   step), which may be an old one, while the other end was there already;
    /// - RCV.NXT happened to be 0, the SEQ of every RST that answers a segment without
    ///   ACK (3.5.2): such a RST from before the other end opened is exact by chance.
    Agreement,
    /// Q5. Once the link is healed everybody gets out of SYN-SENT, SYN-RECEIVED,
    /// FIN-WAIT-1, CLOSING, LAST-ACK and TIME-WAIT, and after CLOSE on both ends out of
    /// every state. FIN-WAIT-2 and CLOSE-WAIT may last until the other application
    /// closes (3.6 sets no limit), LISTEN for ever. USER TIMEOUT and R2 do not run out
    /// meanwhile, so that nobody gets out by giving up, but for one case: an end whose
    /// own SYN was never acknowledged while the other end is synchronized with an earlier
    /// incarnation of it (3.5.1) and can only answer with challenges below that SYN. By
    /// the letter nobody resets anybody there, also where CLOSE has taken the former on
    /// to FIN-WAIT-1 (arc 11); R2 for a SYN ends it (MUST-20, MUST-23).
    Stuck,
    /// Q6. SND.UNA =< SND.NXT; SND.UNA, RCV.NXT and the right edge of the receive window
    /// never go back (SHLD-14), modulo 2^32. RCV.NXT and SND.UNA mean nothing before the
    /// first SYN, and a new incarnation (another ISS or IRS) begins anew.
    Order,
    /// Q7. SYN and FIN use one number each, whatever is sent again; each is acted on
    /// once; nothing beyond the FIN's number is ever sent, and nothing is delivered
    /// after it. Nothing is left out.
    SynFin,
    /// Q8. Bytes received are those sent in that very connection, from its first byte on
    /// and without a gap: every byte tells its sender, connection and place, so that
    /// this is looked at whatever became of the sender. When both ends ended with
    /// «closed» the numbers of bytes are equal, too.
    Prefix,
    /// Q9. One final report for each connection and nothing after it (MUST-12); «closed»
    /// only out of TIME-WAIT and LAST-ACK, or by CLOSE where there was no connection yet;
    /// and no connection that is CLOSED without a report. Nothing is left out.
    OneReport,
    /// Q10. A segment of an earlier connection changes nothing in a later one that is
    /// synchronized: neither state nor sequence variables nor windows nor queues. Before
    /// that it may (3.5: figure 8 is about just that, and the handshake finds out). Left
    /// out are segments of a connection that ended without TIME-WAIT at either end: by
    /// RST, ABORT, time-out or reboot, or by CLOSE in SYN-SENT. The promise of 3.6.1 is
    /// TIME-WAIT's, and quiet time (3.4.3), which would stand in for it, is off.
    OldIncarnation,
    /// Q11. With nothing lost, no timer running out and no pause, two ends stop answering
    /// each other: after 60 segments at the latest, ten times what any of these worlds needs.
    AckWar,
    /// Not of the list: a state that a configuration says nobody reaches
    /// ([`crate::config::Config::never`]). It is false on purpose, to see what becomes of
    /// a rule that fails.
    Never,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 12] = [
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
        Rule::Never,
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
            Rule::Never => "a state nobody reaches",
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
