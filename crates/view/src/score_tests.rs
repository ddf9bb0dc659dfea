use sim::history::History;
use sim::run::{Action, HostId};
use sim::trace::RecordKind;
use tcp::event::Ended;

use super::*;
use crate::testing::{ACK, LATENCY_US, Pen, RST, SYN, SYN_ACK, seg, troubles};

const A: Place = Place::A;
const B: Place = Place::B;

#[test]
fn numbers_count_from_the_syn_that_was_heard() {
    let mut p = Pen::new();
    let old = p.send(0, A, seg(SYN, 100, 0, 0));
    p.arrive(50_000, B, old);
    let answer = p.send(50_000, B, seg(SYN_ACK, 300, 101, 0));
    p.arrive(100_000, A, answer);
    // A has rebooted and begins anew; B refuses that SYN and goes on counting from the old one.
    let new = p.send(200_000, A, seg(SYN, 9_000, 0, 0));
    p.refuse(250_000, B, new);
    p.send(250_000, B, seg(ACK, 301, 101, 0));
    let reset = p.send(300_000, A, seg(RST, 101, 0, 0));
    let arrows = p.score.arrows();
    assert_eq!((arrows[1].seq_base, arrows[1].ack_base), (300, 100));
    assert_eq!((arrows[2].seq_base, arrows[3].ack_base), (9_000, 100));
    assert_eq!(
        arrows[p.score.arrow_of(reset).unwrap() as usize].seq_base,
        100
    );
}

#[test]
fn a_second_arrival_is_a_copy() {
    let score = troubles();
    let copies: Vec<&Arrow> = score
        .arrows()
        .iter()
        .filter(|arrow| arrow.is(mark::COPY))
        .collect();
    assert_eq!(copies.len(), 1);
    let first = &score.arrows()[score.arrow_of(copies[0].send).unwrap() as usize];
    assert!(!first.is(mark::COPY) && first.sent == copies[0].sent && first.ended < copies[0].ended);
}

#[test]
fn retransmissions_are_a_chain() {
    let mut p = Pen::new();
    let first = p.send(0, A, seg(SYN, 100, 0, 0));
    p.lose(20_000, first);
    for time in [1_000_000, 3_000_000, 7_000_000] {
        let again = p.send_again(time, A, seg(SYN, 100, 0, 0), Some(first), &[]);
        p.lose(time + 20_000, again);
    }
    let before: Vec<u32> = p.score.arrows().iter().map(|arrow| arrow.before).collect();
    assert_eq!(before, [NONE, 0, 1, 2]);
    assert!(
        p.score.arrows()[1..]
            .iter()
            .all(|arrow| arrow.original == 0 && arrow.fate == Fate::Lost)
    );
}

#[test]
fn children_share_their_listeners_lane_one_after_the_other() {
    use State::*;
    let mut p = Pen::new();
    p.state(0, B, 1, Closed, Listen);
    p.state(10, B, 2, Listen, SynReceived);
    p.state(20, B, 3, Listen, SynReceived);
    p.state(30, B, 2, SynReceived, Closed);
    p.state(40, B, 4, Listen, SynReceived);
    p.state(50, B, 4, SynReceived, Listen);
    let lane = |socket| p.score.socket(B, socket).unwrap().lane;
    assert_eq!([lane(1), lane(2), lane(3), lane(4)], [0, 0, 1, 0]);
    assert_eq!(p.score.lane_count(B), 2);
    // Where a child is over, its listener is seen again: no band of CLOSED or of a second LISTEN covers it.
    assert_eq!(
        p.score
            .bands()
            .iter()
            .filter(|band| band.socket == 4)
            .count(),
        1
    );
    let path = p.score.latest_transition(B, Some(4), u32::MAX).unwrap();
    let first = p.score.transitions()[path as usize].previous;
    let listener = p.score.transitions()[first as usize].previous;
    assert_eq!(p.score.transitions()[listener as usize].to, Listen);
}

#[test]
fn a_reboot_ends_what_the_host_knew() {
    let mut p = Pen::new();
    p.state(0, A, 1, State::Closed, State::SynSent);
    p.set(0, A, Timer::Retransmission, 1_000_000);
    let action = Action::Reboot(HostId::A);
    let kind = RecordKind::Intervention {
        index: 0,
        scripted: true,
    };
    p.record(
        500_000,
        A,
        0,
        kind,
        &Extra {
            action: Some(&action),
            ..Extra::default()
        },
    );
    assert_eq!(p.score.bands()[0].end.time, 500_000);
    assert_eq!(p.score.timers()[0].how, TimerEnd::Cancelled);
    p.state(600_000, A, 2, State::Closed, State::SynSent);
    assert_eq!(p.score.socket(A, 2).unwrap().lane, 0);
    p.ended(700_000, A, Ended::TimedOut);
    assert!(matches!(
        p.score.marks().last().unwrap().kind,
        MarkKind::Ended(Ended::TimedOut)
    ));
}

#[test]
fn extending_in_steps_is_extending_at_once() {
    let run = sim::catalogue::run("loss-and-recovery").unwrap();
    let mut history = History::new(run).unwrap();
    let mut stepwise = Score::new(history.run(), true);
    for time in (0..40).map(|step| tcp::time::Instant(step * 100_000)) {
        history.advance(time, 10_000);
        stepwise.extend(history.run(), history.trace());
    }
    history.advance_to_end(100_000);
    stepwise.extend(history.run(), history.trace());
    let mut at_once = Score::new(history.run(), true);
    at_once.extend(history.run(), history.trace());
    assert!(at_once.records() > 100);
    assert_eq!(stepwise.arrows(), at_once.arrows());
    assert_eq!(stepwise.bands(), at_once.bands());
    assert_eq!(stepwise.timers(), at_once.timers());
    assert_eq!(stepwise.time, at_once.time);
    assert_eq!(
        at_once.expected_flight(A).max(LATENCY_US),
        at_once.expected_flight(A)
    );
}

/// Everything a score knows but its waypoints.
fn all_of(score: &Score) -> String {
    let lists = (
        (&score.time, &score.arrows, &score.arrow_spans),
        (&score.bands, &score.band_spans),
        (&score.timers, &score.timer_spans),
        (&score.marks, &score.power_off, &score.transitions),
        (&score.by_nth, &score.flow, &score.lost),
        (&score.retransmitted, &score.acted, &score.present),
        score.seen,
    );
    format!("{lists:?}")
}

#[test]
fn going_back_and_on_again_leads_to_the_same_score() {
    for id in sim::catalogue::ids() {
        let mut history = History::new(sim::catalogue::run(id).unwrap()).unwrap();
        history.advance_to_end(3_000);
        let (run, trace) = (history.run(), history.trace());
        let mut whole = Score::new(run, true);
        whole.extend(run, trace);
        let expected = all_of(&whole);
        let length = trace.len();
        let mut score = whole.clone();
        for records in [length - 1, length / 2, length / 3, 1, 0] {
            score.rewind(trace, records);
            assert!(score.records() <= records);
            let mut short = Score::new(run, true);
            short.extend_to(run, trace, score.records());
            assert_eq!(all_of(&score), all_of(&short), "{id} back to {records}");
            score.extend(run, trace);
            assert_eq!(all_of(&score), expected, "{id} from {records} on");
        }
    }
}
