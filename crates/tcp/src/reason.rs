//! Why each decision was taken.
//!
//! One table: variant, stable id, RFC (0 = practice), section, level. The id
//! is the key of the prose in `web/`; here is no prose beyond the doc line.

use crate::rfc::{Level, Section};

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $id:literal, $rfc:literal, $section:literal, $level:ident;)*) => {
        /// Why a decision was taken.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Reason { $($(#[$doc])* $variant),* }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &'static [Reason] = &[$(Reason::$variant),*];

            /// The stable id, as it stands in traces and message files.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Reason::$variant => $id),* }
            }

            /// Where the rule is written down.
            #[must_use]
            pub const fn section(self) -> Section {
                match self { $(Reason::$variant => Section { rfc: $rfc, section: $section }),* }
            }

            /// How strongly it binds.
            #[must_use]
            pub const fn level(self) -> Level {
                match self { $(Reason::$variant => Level::$level),* }
            }
        }
    };
}

reasons! {
    // ---- opening
    /// An active OPEN sends a SYN.
    ActiveOpen = "active-open", 9293, "3.10.1", Must;
    /// A passive OPEN waits for a SYN.
    PassiveOpen = "passive-open", 9293, "3.10.1", Must;
    /// A SEND in LISTEN makes the connection active.
    SendInListen = "send-in-listen", 9293, "3.10.2", Must;
    /// The SYN of an active OPEN.
    SynSent = "syn-sent", 9293, "3.10.1", Must;
    /// The SYN-ACK that answers a SYN in LISTEN.
    SynAckSent = "syn-ack-sent", 9293, "3.10.7.2", Must;
    /// The SYN-ACK that answers a SYN in SYN-SENT.
    SynAckForSimultaneousOpen = "syn-ack-for-simultaneous-open", 9293, "3.10.7.3", Must;
    /// The SYN-ACK once more, as most stacks answer a SYN that comes again (trap T7).
    SynAckForRepeatedSyn = "syn-ack-for-repeated-syn", 0, "", Local;
    /// After a start the host keeps quiet for one MSL.
    QuietTime = "quiet-time", 9293, "3.4.3", Must;
    /// An OPEN takes the place of a TIME-WAIT record whose segments timestamps keep out.
    OpenReusesTimeWait = "open-reuses-time-wait", 0, "", Local;

    // ---- LISTEN and CLOSED
    /// A SYN reaches LISTEN.
    SynInListen = "syn-in-listen", 9293, "3.10.7.2", Must;
    /// A RST in LISTEN is ignored.
    RstInListen = "rst-in-listen", 9293, "3.10.7.2", Must;
    /// An ACK in LISTEN acknowledges nothing that was sent.
    AckInListen = "ack-in-listen", 9293, "3.10.7.2", Must;
    /// A segment without SYN or ACK has no business in LISTEN.
    NeitherSynNorAck = "neither-syn-nor-ack", 9293, "3.10.7.2", Must;
    /// The RST that answers an ACK in LISTEN.
    RstForAckInListen = "rst-for-ack-in-listen", 9293, "3.10.7.2", Must;
    /// No connection and no listener is there.
    NoConnection = "no-connection", 9293, "3.10.7.1", Must;
    /// The RST that answers a segment to a closed port.
    RstForClosedPort = "rst-for-closed-port", 9293, "3.10.7.1", Must;
    /// A RST for no connection is ignored.
    RstInClosed = "rst-in-closed", 9293, "3.10.7.1", Must;
    /// The listener's SYN queue is full.
    SynQueueFull = "syn-queue-full", 4987, "2.2", Local;
    /// The host has as many connections in SYN-RECEIVED as it may.
    HalfOpenLimit = "half-open-limit", 4987, "2.2", Local;
    /// The listener's accept queue is full.
    AcceptQueueFull = "accept-queue-full", 0, "", Local;
    /// The host has as many sockets as it may.
    SocketLimit = "socket-limit", 0, "", Local;
    /// The SYN is answered with a cookie: nothing is kept of it.
    SynCookieMade = "syn-cookie-made", 4987, "3.6", May;
    /// The SYN-ACK that is a cookie.
    SynCookieSent = "syn-cookie-sent", 4987, "3.6", May;
    /// The ACK brings a good cookie back.
    SynCookieValid = "syn-cookie-valid", 4987, "3.6", May;
    /// The ACK brings back a cookie that is too old.
    SynCookieExpired = "syn-cookie-expired", 4987, "3.6", May;
    /// The listener was closed, and what nobody had accepted with it.
    ListenerClosed = "listener-closed", 0, "", Local;

    // ---- SYN-SENT
    /// The SYN-ACK acknowledges our SYN.
    SynAckInSynSent = "syn-ack-in-syn-sent", 9293, "3.10.7.3", Must;
    /// The ACK that completes the handshake.
    AckOfSynAck = "ack-of-syn-ack", 9293, "3.10.7.3", Must;
    /// A SYN without ACK in SYN-SENT: both ends open at once.
    SynInSynSent = "syn-in-syn-sent", 9293, "3.10.7.3", Must;
    /// The ACK is not of our SYN.
    UnacceptableAckInSynSent = "unacceptable-ack-in-syn-sent", 9293, "3.10.7.3", Must;
    /// The RST that answers an ACK of something never sent.
    RstForUnacceptableAck = "rst-for-unacceptable-ack", 9293, "3.10.7.3", Must;
    /// A RST in SYN-SENT whose ACK is not of our SYN.
    RstWithBadAck = "rst-with-bad-ack", 9293, "3.10.7.3", Must;
    /// A RST in SYN-SENT without ACK could come from anybody.
    RstWithoutAckInSynSent = "rst-without-ack-in-syn-sent", 9293, "3.10.7.3", Must;
    /// A RST that acknowledges our SYN: refused.
    ConnectionRefused = "connection-refused", 9293, "3.10.7.3", Must;
    /// An ACK of our SYN without SYN or RST.
    AckWithoutSyn = "ack-without-syn", 9293, "3.10.7.3", Must;
    /// Neither SYN nor RST in SYN-SENT.
    NeitherSynNorRst = "neither-syn-nor-rst", 9293, "3.10.7.3", Must;

    // ---- SYN-RECEIVED
    /// The ACK of our SYN: established.
    AckOfSyn = "ack-of-syn", 9293, "3.10.7.4", Must;
    /// The SYN-ACK of a simultaneous open is taken though its SEQ lies before the window (figure 7, trap T3).
    CrossingSynAck = "crossing-syn-ack", 9293, "3.5", Local;
    /// The ACK that some stacks send for the crossing SYN-ACK.
    CrossingSynAckAcknowledged = "crossing-syn-ack-acknowledged", 9293, "3.5", Local;
    /// The ACK is not of our SYN.
    UnacceptableAckInSynReceived = "unacceptable-ack-in-syn-received", 9293, "3.10.7.4", Must;
    /// The SYN that was answered already comes again.
    RepeatedSyn = "repeated-syn", 9293, "3.10.7.4", Must;
    /// The ACK that answers a SYN that comes again.
    AckForRepeatedSyn = "ack-for-repeated-syn", 9293, "3.10.7.4", Must;
    /// Another SYN in the window returns a passive OPEN to LISTEN.
    SynInSynReceivedPassive = "syn-in-syn-received-passive", 9293, "3.10.7.4", Must;
    /// A RST returns a passive OPEN to LISTEN.
    RstInSynReceivedPassive = "rst-in-syn-received-passive", 9293, "3.10.7.4", Must;
    /// A RST in SYN-RECEIVED after an active OPEN: refused.
    RstInSynReceivedActive = "rst-in-syn-received-active", 9293, "3.10.7.4", Must;
    /// Text that came with the SYN is delivered in ESTABLISHED.
    TextOfSynDelivered = "text-of-syn-delivered", 9293, "3.10.7.3", Must;

    // ---- first check: sequence number
    /// All of the segment lies before the receive window.
    SegmentBeforeWindow = "segment-before-window", 9293, "3.10.7.4", Must;
    /// All of the segment lies beyond the receive window.
    SegmentBeyondWindow = "segment-beyond-window", 9293, "3.10.7.4", Must;
    /// The ACK that answers an unacceptable segment.
    AckForUnacceptable = "ack-for-unacceptable", 9293, "3.10.7.4", Must;
    /// What lies beyond the window was cut off.
    TextBeyondWindowCut = "text-beyond-window-cut", 9293, "3.10.7.4", Must;
    /// The window is closed: ACK, RST and URG count, the text does not.
    TextAtClosedWindow = "text-at-closed-window", 9293, "3.10.7.4", Must;
    /// The ACK that answers a probe of a closed window.
    AckForClosedWindow = "ack-for-closed-window", 9293, "3.8.6.1", Must;
    /// The timestamp is older than the last one: an old duplicate.
    Paws = "paws", 7323, "5.3", Must;
    /// The ACK that answers a segment with an old timestamp.
    AckForOldTimestamp = "ack-for-old-timestamp", 7323, "5.3", Must;
    /// Timestamps were agreed on, and this segment has none.
    TimestampsMissing = "timestamps-missing", 7323, "3.2", Should;
    /// Such a segment was answered just now; answering each could go on for ever.
    DuplicateAckThrottled = "duplicate-ack-throttled", 5961, "7", Should;

    // ---- second and fourth check: RST and SYN
    /// A RST outside the window is dropped.
    RstOutsideWindow = "rst-outside-window", 9293, "3.10.7.4", Must;
    /// A RST in the window, but not at RCV.NXT.
    RstNotExact = "rst-not-exact", 5961, "3.2", Must;
    /// The challenge that asks whether the RST was meant.
    ChallengeAckForRst = "challenge-ack-for-rst", 5961, "3.2", Must;
    /// The other end resets the connection.
    RstReceived = "rst-received", 9293, "3.10.7.4", Must;
    /// A RST while both ends are closing.
    RstWhileClosing = "rst-while-closing", 9293, "3.10.7.4", Must;
    /// The RST carries data, which may say why.
    RstWithData = "rst-with-data", 9293, "3.5.3", Should;
    /// A SYN on a connection that stands.
    SynInSynchronizedState = "syn-in-synchronized-state", 5961, "4.2", Must;
    /// The challenge that asks whether the other end has restarted.
    ChallengeAckForSyn = "challenge-ack-for-syn", 5961, "4.2", Must;
    /// As many challenge ACKs as a second may have.
    ChallengeAckLimit = "challenge-ack-limit", 5961, "7", Should;
    /// A SYN in the window is an error (before RFC 5961).
    SynInWindow = "syn-in-window", 793, "3.9", Must;
    /// The RST that answers a SYN in the window (before RFC 5961).
    RstForSynInWindow = "rst-for-syn-in-window", 793, "3.9", Must;

    // ---- fifth check: ACK
    /// A segment without ACK on a connection that stands.
    AckMissing = "ack-missing", 9293, "3.10.7.4", Must;
    /// The ACK is older than any window: injected, or very late.
    AckTooOld = "ack-too-old", 5961, "5.2", May;
    /// The challenge that answers an ACK far too old.
    ChallengeAckForOldAck = "challenge-ack-for-old-ack", 5961, "5.2", May;
    /// It acknowledges what was never sent.
    AckOfUnsent = "ack-of-unsent", 9293, "3.10.7.4", Must;
    /// The ACK that answers an acknowledgement of something never sent.
    AckForAckOfUnsent = "ack-for-ack-of-unsent", 9293, "3.10.7.4", Must;
    /// It acknowledges something for the first time.
    AckOfNewData = "ack-of-new-data", 9293, "3.10.7.4", Must;
    /// It acknowledges what was acknowledged long ago.
    AckOfOldData = "ack-of-old-data", 9293, "3.10.7.4", Must;
    /// It says what was known.
    AckOfNothingNew = "ack-of-nothing-new", 9293, "3.10.7.4", Must;
    /// A duplicate ACK: something went missing or was reordered.
    DuplicateAck = "duplicate-ack", 5681, "2", Must;
    /// Enough duplicate ACKs to mean a loss.
    ThirdDuplicateAck = "third-duplicate-ack", 5681, "3.2", Should;
    /// The ACK ends before recovery does: the next hole shows.
    PartialAck = "partial-ack", 6582, "3.2", Should;
    /// All that was out when the loss was noticed is acknowledged.
    RecoveryComplete = "recovery-complete", 6582, "3.2", Should;
    /// The other end's window changes.
    WindowUpdate = "window-update", 9293, "3.10.7.4", Must;
    /// An older segment does not change the window.
    OldWindowIgnored = "old-window-ignored", 9293, "3.10.7.4", Must;
    /// Our FIN is acknowledged.
    AckOfFinReceived = "ack-of-fin-received", 9293, "3.10.7.4", Must;

    // ---- sixth to eighth check
    /// Urgent data are ahead.
    UrgentPointer = "urgent-pointer", 9293, "3.8.5", Must;
    /// Text at RCV.NXT.
    TextInOrder = "text-in-order", 9293, "3.10.7.4", Must;
    /// Text beyond RCV.NXT is held.
    TextOutOfOrder = "text-out-of-order", 9293, "3.10.7.4", Should;
    /// Text that fills a hole.
    HoleFilled = "hole-filled", 9293, "3.10.7.4", Should;
    /// As much is held out of order as may be.
    ReassemblyFull = "reassembly-full", 0, "", Local;
    /// Text after the other end's FIN is ignored.
    TextAfterFin = "text-after-fin", 9293, "3.10.7.4", Must;
    /// Data for an application that has closed.
    DataAfterClose = "data-after-close", 9293, "3.6.1", Should;
    /// The RST that says that data were lost.
    RstForDataAfterClose = "rst-for-data-after-close", 9293, "3.6.1", Should;
    /// The other end's FIN is reached.
    FinReceived = "fin-received", 9293, "3.10.7.4", Must;
    /// A FIN ahead of missing data waits for them.
    FinAheadOfData = "fin-ahead-of-data", 9293, "3.10.7.4", Must;
    /// Both FINs have crossed.
    FinCrossedOurs = "fin-crossed-ours", 9293, "3.10.7.4", Must;
    /// The FIN comes with the ACK of ours.
    FinWithAckOfOurs = "fin-with-ack-of-ours", 9293, "3.10.7.4", Must;
    /// The other end closes too.
    FinInFinWait2 = "fin-in-fin-wait-2", 9293, "3.10.7.4", Must;
    /// An option with an impossible length; the rest counts.
    OptionIllegal = "option-illegal", 9293, "3.1", Must;

    // ---- acknowledging
    /// The ACK of a FIN.
    AckOfFin = "ack-of-fin", 9293, "3.10.7.4", Must;
    /// The ACK of text, at once.
    AckOfText = "ack-of-text", 9293, "3.10.7.4", Must;
    /// The ACK waits for something to ride on.
    AckDelayed = "ack-delayed", 9293, "3.8.6.3", Should;
    /// The ACK has waited long enough.
    DelayedAckTimeout = "delayed-ack-timeout", 9293, "3.8.6.3", Must;
    /// The ACK for the second full segment.
    AckEverySecondSegment = "ack-every-second-segment", 9293, "3.8.6.3", Should;
    /// The ACK that reports a hole.
    AckForOutOfOrder = "ack-for-out-of-order", 5681, "4.2", Should;
    /// The ACK for a hole that was filled.
    AckForFilledHole = "ack-for-filled-hole", 5681, "4.2", Should;
    /// The ACK went with another segment.
    AckRode = "ack-rode", 9293, "3.10.7.4", Must;
    /// The window has opened by enough to be told.
    WindowUpdateSent = "window-update-sent", 9293, "3.8.6.2.2", Must;

    // ---- sending
    /// Data.
    DataSent = "data-sent", 9293, "3.10.2", Must;
    /// The FIN, when everything before it is sent.
    FinSent = "fin-sent", 9293, "3.10.4", Must;
    /// A small segment waits while something is unacknowledged.
    HeldByNagle = "held-by-nagle", 9293, "3.7.4", Should;
    /// A silly small part of the window is not used.
    HeldBySillyWindow = "held-by-silly-window", 9293, "3.8.6.2.1", Must;

    // ---- retransmission and recovery (RFC 6298 5: of its rules the timer's management is RECOMMENDED)
    /// The retransmission timer ran out.
    RetransmissionTimeout = "retransmission-timeout", 6298, "5.4", Should;
    /// Something was acknowledged, something is still out.
    RetransmissionRestarted = "retransmission-restarted", 6298, "5.3", Should;
    /// Everything sent is acknowledged.
    AllAcknowledged = "all-acknowledged", 6298, "5.2", Should;
    /// Sent again after the time-out, in slow start.
    GoBackAfterTimeout = "go-back-after-timeout", 5681, "3.1", Must;
    /// Sent again before its timer: the duplicates mean a loss.
    FastRetransmit = "fast-retransmit", 5681, "3.2", Should;
    /// A hole that SACK shows.
    SackRetransmission = "sack-retransmission", 6675, "5", Should;
    /// The last segment once more, lest recovery stalls.
    SackRescue = "sack-rescue", 6675, "4", Should;
    /// R1: the application learns that it goes badly.
    R1Reached = "r1-reached", 9293, "3.8.3", Should;
    /// R2: given up.
    R2Reached = "r2-reached", 9293, "3.8.3", Must;
    /// R2 of a SYN: given up.
    SynTimeLimit = "syn-time-limit", 9293, "3.8.3", Must;
    /// The SYN was sent as often as it may be.
    SynRetriesUsedUp = "syn-retries-used-up", 0, "", Local;
    /// The SYN-ACK was sent as often as it may be.
    SynAckRetriesUsedUp = "syn-ack-retries-used-up", 4987, "2.2", Local;
    /// Without an acknowledgement the connection will be given up.
    GiveUpRuns = "give-up-runs", 9293, "3.8.3", Must;
    /// The application's time limit runs.
    UserTimeoutRuns = "user-timeout-runs", 9293, "3.9.1.1", Must;
    /// The application's time limit is over.
    UserTimeout = "user-timeout", 9293, "3.10.8", Must;

    // ---- closed window
    /// The window is closed and data wait: it will be probed.
    WindowClosed = "window-closed", 9293, "3.8.6.1", Must;
    /// The window is open.
    WindowOpened = "window-opened", 9293, "3.8.6.1", Must;
    /// A probe of the closed window.
    ZeroWindowProbe = "zero-window-probe", 9293, "3.8.6.1", Must;
    /// Probes come at growing intervals.
    ProbeBackOff = "probe-back-off", 9293, "3.8.6.1", Should;
    /// Nobody answers the probes.
    ProbesUnanswered = "probes-unanswered", 9293, "3.8.3", Must;

    // ---- keep-alive
    /// How long the connection may be silent.
    KeepAliveWaits = "keep-alive-waits", 9293, "3.8.4", May;
    /// A keep-alive probe.
    KeepAliveProbe = "keep-alive-probe", 9293, "3.8.4", May;
    /// All probes stayed unanswered.
    KeepAliveUnanswered = "keep-alive-unanswered", 9293, "3.8.4", May;
    /// The application switched keep-alive off.
    KeepAliveOff = "keep-alive-off", 9293, "3.8.4", Must;

    // ---- closing
    /// CLOSE in ESTABLISHED.
    CloseCall = "close-call", 9293, "3.10.4", Must;
    /// CLOSE in LISTEN.
    CloseInListen = "close-in-listen", 9293, "3.10.4", Must;
    /// CLOSE in SYN-SENT deletes the TCB.
    CloseInSynSent = "close-in-syn-sent", 9293, "3.10.4", Must;
    /// CLOSE in SYN-RECEIVED with nothing to send.
    CloseInSynReceived = "close-in-syn-received", 9293, "3.10.4", Must;
    /// A CLOSE that waited for ESTABLISHED.
    CloseWaited = "close-waited", 9293, "3.10.4", Must;
    /// CLOSE after the other end's FIN.
    CloseInCloseWait = "close-in-close-wait", 9293, "3.10.4", Must;
    /// CLOSE while received data are unread.
    CloseWithUnreadData = "close-with-unread-data", 9293, "3.6.1", Should;
    /// The RST that says that data were lost.
    RstForUnreadData = "rst-for-unread-data", 9293, "3.6.1", Should;
    /// Nobody can read any more: FIN-WAIT-2 is limited.
    FinWait2Limited = "fin-wait-2-limited", 0, "", Local;
    /// The other end has not closed in time.
    FinWait2Limit = "fin-wait-2-limit", 0, "", Local;
    /// CLOSE waits for the queue to empty.
    LingerRuns = "linger-runs", 0, "", Local;
    /// The queue did not empty in time.
    LingerTimeout = "linger-timeout", 0, "", Local;
    /// CLOSE with linger zero aborts.
    LingerZero = "linger-zero", 0, "", Local;
    /// ABORT.
    AbortCall = "abort-call", 9293, "3.10.5", Must;
    /// The one who sends the RST lingers in TIME-WAIT (figure 5, note 3; trap T6).
    AbortLingers = "abort-lingers", 9293, "3.5.2", Local;
    /// CLOSING answers a FIN with its own again (trap T4).
    FinAgain = "fin-again", 0, "", Local;

    // ---- TIME-WAIT
    /// 2MSL are over.
    TimeWaitOver = "time-wait-over", 9293, "3.10.8", Must;
    /// The other end's FIN again: our ACK was lost; 2MSL start over (trap T5).
    FinAgainInTimeWait = "fin-again-in-time-wait", 9293, "3.10.7.4", Must;
    /// The ACK of a FIN that came again.
    AckOfRepeatedFin = "ack-of-repeated-fin", 9293, "3.10.7.4", Must;
    /// An old segment; this is what TIME-WAIT is for.
    OldSegmentInTimeWait = "old-segment-in-time-wait", 9293, "3.10.7.4", Must;
    /// A SYN that cannot be told from an old one.
    SynInTimeWait = "syn-in-time-wait", 9293, "3.6.1", Must;
    /// A SYN that cannot be an old one ends TIME-WAIT.
    SynReopensTimeWait = "syn-reopens-time-wait", 9293, "3.6.1", May;
    /// A RST ends TIME-WAIT before its time.
    TimeWaitAssassinated = "time-wait-assassinated", 9293, "3.10.7.4", Must;
    /// TIME-WAIT ignores RSTs.
    RstIgnoredInTimeWait = "rst-ignored-in-time-wait", 1337, "3", May;
    /// There are as many TIME-WAIT records as may be.
    TimeWaitTableFull = "time-wait-table-full", 0, "", Local;

    // ---- below and beside TCP
    /// No whole IP datagram.
    DatagramMalformed = "datagram-malformed", 0, "", Local;
    /// The IPv4 header is damaged.
    HeaderChecksumWrong = "header-checksum-wrong", 791, "3.1", Must;
    /// Not for this host.
    NotOurAddress = "not-our-address", 1122, "3.2.1.3", Must;
    /// TCP is never sent to a broadcast or multicast address.
    SentToManyAddresses = "sent-to-many-addresses", 9293, "3.9.2.3", Must;
    /// Neither TCP nor ICMP.
    ProtocolUnknown = "protocol-unknown", 0, "", Local;
    /// Nobody can be at the source address.
    InvalidSourceAddress = "invalid-source-address", 9293, "3.9.2.3", Must;
    /// No whole TCP header.
    SegmentMalformed = "segment-malformed", 9293, "3.1", Must;
    /// The checksum is wrong.
    ChecksumWrong = "checksum-wrong", 9293, "3.1", Must;
    /// Too many answers wait to be sent.
    ReplyQueueFull = "reply-queue-full", 0, "", Local;
    /// An ICMP message that reports no error.
    IcmpNotAnError = "icmp-not-an-error", 0, "", Local;
    /// The ICMP message quotes no TCP segment.
    IcmpQuoteUnreadable = "icmp-quote-unreadable", 9293, "3.9.2.2", Must;
    /// The ICMP message is about no connection of ours.
    IcmpForNoConnection = "icmp-for-no-connection", 9293, "3.9.2.2", Must;
    /// The segment it quotes is not in flight.
    IcmpOutsideFlight = "icmp-outside-flight", 5927, "4.1", Should;
    /// Nothing in TIME-WAIT depends on it.
    IcmpInTimeWait = "icmp-in-time-wait", 9293, "3.9.2.2", Must;
    /// A soft error is told, not acted on.
    IcmpSoftError = "icmp-soft-error", 9293, "3.9.2.2", Must;
    /// A hard error ends the connection.
    IcmpHardError = "icmp-hard-error", 9293, "3.9.2.2", Should;
    /// Some stacks give an attempt up on errors that are soft by the RFC.
    IcmpEndsAttempt = "icmp-ends-attempt", 0, "", Local;
    /// Source quench is ignored.
    SourceQuench = "source-quench", 9293, "3.9.2.2", Must;
    /// The path takes smaller datagrams only.
    PathMtuLowered = "path-mtu-lowered", 1191, "3", Must;
    /// The path MTU it tells is no news.
    PathMtuNotLower = "path-mtu-not-lower", 1191, "3", Must;
}
