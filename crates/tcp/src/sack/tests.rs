use alloc::vec::Vec;

use super::*;

const SMSS: u32 = 100;

fn block(left: u32, right: u32) -> SackBlock {
    SackBlock {
        left: Seq(left),
        right: Seq(right),
    }
}

fn board(una: u32, nxt: u32, blocks: &[(u32, u32)]) -> Scoreboard {
    let mut board = Scoreboard::new();
    for &(left, right) in blocks {
        board.update(Seq(una), Seq(nxt), &SackBlocks::new(&[block(left, right)]));
    }
    board
}

#[test]
fn the_receiver_reports_as_rfc_2018_section_7_shows() {
    // Case 2 of RFC 2018 7: the first of eight segments is lost; the block grows.
    let mut received = ReceivedBlocks::new();
    for right in [6000, 6500, 7000] {
        received.insert(Seq(right - 500), Seq(right));
        assert_eq!(received.report(3).as_slice(), [block(5500, right)]);
    }
    // Case 3: every second one is lost; the most recent block comes first.
    let mut received = ReceivedBlocks::new();
    for left in [5500, 6500, 7500, 8500] {
        received.insert(Seq(left), Seq(left + 500));
    }
    assert_eq!(
        received.report(3).as_slice(),
        [block(8500, 9000), block(7500, 8000), block(6500, 7000)]
    );
    // The fourth of them fills a gap: 6500 to 8000 in one, and first.
    received.insert(Seq(7000), Seq(7500));
    assert_eq!(
        received.report(3).as_slice(),
        [block(6500, 8000), block(8500, 9000), block(5500, 6000)]
    );
    received.advance(Seq(8000));
    assert_eq!(received.blocks(), [block(8500, 9000)]);
    received.insert(Seq(9), Seq(9));
    assert_eq!(received.blocks().len(), 1, "an empty block is none");
}

#[test]
fn the_receiver_remembers_no_more_than_its_limit() {
    let mut received = ReceivedBlocks::new();
    for n in 0..1000u32 {
        received.insert(Seq(n * 10), Seq(n * 10 + 5));
    }
    assert_eq!(received.blocks().len(), BLOCKS_MAXIMUM);
    assert_eq!(received.blocks()[0], block(9990, 9995));
}

#[test]
fn the_scoreboard_takes_only_what_can_be_true() {
    let mut board = Scoreboard::new();
    let mut tell = |left, right| {
        board.update(
            Seq(1000),
            Seq(2000),
            &SackBlocks::new(&[block(left, right)]),
        )
    };
    assert_eq!(tell(1100, 1200), 100);
    assert_eq!(tell(1100, 1200), 0, "told before");
    assert_eq!(tell(1150, 1250), 50);
    assert_eq!(tell(1200, 1100), 0, "backwards");
    assert_eq!(tell(1900, 2001), 0, "beyond SND.NXT");
    assert_eq!(
        tell(500, 600),
        0,
        "old: a duplicate that the other end reports (RFC 2883)"
    );
    assert_eq!(
        tell(1000, 1100),
        0,
        "SND.UNA itself can only be acknowledged"
    );
    assert_eq!(tell(1250, 1300), 50, "adjacent blocks are one");
    assert_eq!(board.blocks(), [block(1100, 1300)]);
    assert!(
        board.is_sacked(Seq(1299)) && !board.is_sacked(Seq(1300)) && !board.is_sacked(Seq(1099))
    );
    board.advance(Seq(1150));
    assert_eq!(board.blocks(), [block(1150, 1300)]);
    board.advance(Seq(1300));
    assert_eq!(board, Scoreboard::new());
}

#[test]
fn lost_by_blocks_or_by_bytes() {
    // Three blocks above 1000; two above 1150.
    let three = board(1000, 3000, &[(1100, 1150), (1200, 1250), (1300, 1350)]);
    assert!(three.is_lost(Seq(1000), SMSS) && !three.is_lost(Seq(1150), SMSS));
    // 200 bytes are not more than two segments, 201 are.
    assert!(!board(1000, 3000, &[(1100, 1300)]).is_lost(Seq(1000), SMSS));
    assert!(board(1000, 3000, &[(1100, 1301)]).is_lost(Seq(1000), SMSS));
}

#[test]
fn pipe_by_hand() {
    // Ten segments out; 2, 3 and 4 reported: the first is lost, 5 to 10 are in flight.
    let mut board = board(1000, 2000, &[(1100, 1400)]);
    assert_eq!(board.pipe(Seq(1000), Seq(2000), SMSS), 600);
    // Sent again it is in flight once more.
    board.retransmitted(Seq(1100));
    assert_eq!(board.pipe(Seq(1000), Seq(2000), SMSS), 700);
    // Nothing reported: everything is in flight.
    assert_eq!(Scoreboard::new().pipe(Seq(1000), Seq(2000), SMSS), 1000);
    // Sent again and not counted as lost: counted twice, as RFC 6675 4 says of (a) and (b).
    let mut early = Scoreboard::new();
    early.retransmitted(Seq(1100));
    assert_eq!(early.pipe(Seq(1000), Seq(2000), SMSS), 1100);
}

#[test]
fn next_segment_by_its_four_rules() {
    let mut board = board(1000, 2000, &[(1150, 1400), (1500, 1600)]);
    let next = |board: &Scoreboard, new| board.next_segment(Seq(1000), Seq(2000), new, SMSS);
    let again = |seq, end, lost| {
        Some(NextSegment::Again {
            seq: Seq(seq),
            end: Seq(end),
            lost,
        })
    };
    assert_eq!(next(&board, true), again(1000, 1100, true), "rule 1");
    board.retransmitted(Seq(1100));
    assert_eq!(
        next(&board, true),
        again(1100, 1150, true),
        "up to the block"
    );
    board.retransmitted(Seq(1150));
    assert_eq!(
        next(&board, true),
        Some(NextSegment::New),
        "rule 2: 1400 is not lost yet"
    );
    assert_eq!(next(&board, false), again(1400, 1500, false), "rule 3");
    board.retransmitted(Seq(1500));
    let rescue = Some(NextSegment::Rescue {
        seq: Seq(1900),
        end: Seq(2000),
    });
    assert_eq!(next(&board, false), rescue, "rule 4");
    board.rescued(Seq(2000));
    assert_eq!(next(&board, false), None);
    // With the tail reported, all that is missing is on its way again: nothing to rescue.
    board.update(Seq(1000), Seq(2000), &SackBlocks::new(&[block(1650, 2000)]));
    board.start_recovery();
    board.retransmitted(Seq(1650));
    assert_eq!(next(&board, false), None);
}

#[test]
fn sequence_numbers_wrap() {
    let una = u32::MAX - 149;
    let at = |n: u32| una.wrapping_add(n);
    let mut board = board(una, at(1000), &[(at(100), at(200)), (at(300), at(420))]);
    assert_eq!(board.sacked(), 220);
    assert!(board.is_lost(Seq(una), SMSS));
    assert_eq!(board.pipe(Seq(una), Seq(at(1000)), SMSS), 100 + 580);
    assert_eq!(
        board.next_segment(Seq(una), Seq(at(1000)), true, SMSS),
        Some(NextSegment::Again {
            seq: Seq(una),
            end: Seq(at(100)),
            lost: true
        })
    );
    board.advance(Seq(at(350)));
    assert_eq!(board.blocks(), [block(at(350), at(420))]);
    let mut received = ReceivedBlocks::new();
    received.insert(Seq(at(140)), Seq(at(160)));
    received.insert(Seq(at(160)), Seq(at(180)));
    assert_eq!(received.blocks(), [block(at(140), at(180))]);
}

/// Against one flag per byte, over many random reports.
#[test]
fn agrees_with_a_flag_for_each_byte() {
    let mut seed = 0x1234_5678_u32;
    let mut random = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % below
    };
    for round in 0..300u32 {
        let base = round.wrapping_mul(0x0fff_ffff);
        let length = 400;
        let smss = 1 + random(60);
        let mut flags = alloc::vec![false; length as usize];
        let mut board = Scoreboard::new();
        for _ in 0..random(12) {
            let left = 1 + random(length - 1);
            let right = (left + 1 + random(50)).min(length);
            let new = (left..right).filter(|&i| !flags[i as usize]).count();
            flags[left as usize..right as usize].fill(true);
            let blocks =
                SackBlocks::new(&[block(base.wrapping_add(left), base.wrapping_add(right))]);
            assert_eq!(
                board.update(Seq(base), Seq(base.wrapping_add(length)), &blocks) as usize,
                new
            );
        }
        let again = random(length);
        board.retransmitted(Seq(base.wrapping_add(again)));
        let lost: Vec<bool> = (0..length as usize)
            .map(|i| {
                let above = &flags[i + 1..];
                let bytes = above.iter().filter(|f| **f).count();
                let mut blocks = above.windows(2).filter(|w| !w[0] && w[1]).count();
                // A block that starts right after this byte starts above it; one that covers it does not.
                blocks += usize::from(above.first() == Some(&true) && !flags[i]);
                !flags[i] && (blocks >= 3 || bytes > 2 * smss as usize)
            })
            .collect();
        let mut pipe = 0;
        for i in 0..length {
            let seq = Seq(base.wrapping_add(i));
            let at = i as usize;
            assert_eq!(board.is_sacked(seq), flags[at]);
            if !flags[at] {
                assert_eq!(
                    board.is_lost(seq, smss),
                    lost[at],
                    "byte {i} of round {round}"
                );
                pipe += u32::from(!lost[at]) + u32::from(i < again);
            }
        }
        assert_eq!(
            board.pipe(Seq(base), Seq(base.wrapping_add(length)), smss),
            pipe,
            "round {round}"
        );
    }
}
