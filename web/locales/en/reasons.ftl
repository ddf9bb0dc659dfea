# Why each decision was taken: one message per reason of the engine and of the world.

## opening
reason-active-open = The application asked for a connection to a named remote end: an active OPEN.
reason-passive-open = The application waits for somebody to connect: a passive OPEN. Nothing is sent.
reason-send-in-listen = A SEND in LISTEN turns the passive open into an active one: the remote end is known now, and a SYN goes out.
reason-syn-sent = The SYN of an active OPEN: it carries this end's initial sequence number and asks the other end for its own.
reason-syn-ack-sent = The answer to a SYN: one segment that acknowledges the other end's SYN and carries our own.
reason-syn-ack-for-simultaneous-open = A SYN without ACK came in SYN-SENT. Our SYN goes out again, with the same number, and now acknowledges the other one.
reason-syn-ack-for-repeated-syn = The SYN came again, so our SYN-ACK was probably lost. It is sent again, as most stacks do; the RFC's text would send a bare ACK.
reason-quiet-time = After a start the host sends nothing for one MSL: segments from before, with numbers it has forgotten, may still be about.
reason-open-reuses-time-wait = A TIME-WAIT record makes room for the new connection: timestamps tell old segments from new ones.

## LISTEN and CLOSED
reason-syn-in-listen = A SYN reaches LISTEN: somebody wants to connect.
reason-rst-in-listen = A RST in LISTEN is ignored: there is no connection to reset.
reason-ack-in-listen = In LISTEN nothing has been sent yet, so no ACK can be right.
reason-neither-syn-nor-ack = A segment without SYN, ACK or RST has no business in LISTEN; it is dropped.
reason-rst-for-ack-in-listen = An ACK in LISTEN is answered with RST. It takes its number from the ACK, so that the sender believes it.
reason-no-connection = There is no connection and no listener for these addresses and ports.
reason-rst-for-closed-port = A segment for a connection that does not exist is answered with RST. Without an ACK to go by it takes sequence number 0 and acknowledges what came.
reason-rst-in-closed = A RST for no connection is dropped. A RST is never answered with a RST, or two hosts could go on for ever.
reason-syn-queue-full = The listener holds as many connections in SYN-RECEIVED as its backlog allows; this SYN finds no room.
reason-half-open-limit = The host has as many connections in SYN-RECEIVED as it may have altogether.
reason-accept-queue-full = Finished connections are waiting for the application to accept them, and the queue is full.
reason-socket-limit = The host has as many sockets as it may have.
reason-syn-cookie-made = The SYN is answered from a formula: all that must be remembered is packed into the initial sequence number, and nothing is kept.
reason-syn-cookie-sent = This SYN-ACK is a cookie: its sequence number proves later that the SYN was real.
reason-syn-cookie-valid = The ACK brings a good cookie back: whoever sends it has seen our SYN-ACK. Only now is there a connection.
reason-syn-cookie-expired = The ACK brings back a cookie that is too old to be believed.
reason-listener-closed = The listener was closed, and with it every connection nobody had accepted yet.

## SYN-SENT
reason-syn-ack-in-syn-sent = The SYN-ACK acknowledges exactly our SYN and brings the other end's number: this end is connected.
reason-ack-of-syn-ack = The third segment of the handshake: it tells the other end that its SYN arrived.
reason-syn-in-syn-sent = A SYN without ACK in SYN-SENT: the other end is opening too, at the same time.
reason-unacceptable-ack-in-syn-sent = It acknowledges a number we have not sent: this answer belongs to some other SYN.
reason-rst-for-unacceptable-ack = An acknowledgement of something never sent is answered with RST, using the very number it acknowledges.
reason-rst-with-bad-ack = A RST whose ACK is not of our SYN: it is about something else, and is dropped.
reason-rst-without-ack-in-syn-sent = A RST without ACK proves nothing: anybody could have sent it. In SYN-SENT only a RST that acknowledges our SYN counts.
reason-connection-refused = The RST acknowledges our SYN: the other host has seen it, and refuses.
reason-ack-without-syn = It acknowledges our SYN, but brings no SYN: without the other end's number there is nothing to go on. It is dropped.
reason-neither-syn-nor-rst = Neither SYN nor RST: nothing that could help in SYN-SENT. It is dropped.

## SYN-RECEIVED
reason-ack-of-syn = The ACK of our SYN has come: the connection is established at this end too.
reason-crossing-syn-ack = The SYN-ACK of a simultaneous open begins before the receive window, yet its ACK is taken: otherwise the RFC's own figure 7 would not come out.
reason-crossing-syn-ack-acknowledged = Some stacks also acknowledge the crossing SYN-ACK; it does no harm.
reason-unacceptable-ack-in-syn-received = The ACK is not of our SYN: it belongs to some other attempt.
reason-repeated-syn = The SYN that was answered already comes again: the answer has not arrived yet.
reason-ack-for-repeated-syn = A SYN that comes again lies before the window, and is answered with an ACK, as any unacceptable segment is.
reason-syn-in-syn-received-passive = Another SYN inside the window: the first attempt is void, and a passive open returns to LISTEN.
reason-rst-in-syn-received-passive = The RST takes a passive open back to LISTEN: the application need not know of the failed attempt.
reason-rst-in-syn-received-active = A RST in SYN-RECEIVED after an active open: the application is told that the connection was refused.
reason-text-of-syn-delivered = Data that came with the SYN could only be handed over once the connection was established; now it is.

## sequence number
reason-segment-before-window = All of the segment lies before the receive window: this has been received already, or belongs to an older connection.
reason-segment-beyond-window = The segment lies beyond the receive window: more than this end has granted.
reason-ack-for-unacceptable = A segment outside the window is dropped, but answered with an ACK that says what is really expected.
reason-text-beyond-window-cut = Part of the data lies beyond the window and is cut off; the rest counts.
reason-text-at-closed-window = The window is closed: ACK, RST and URG count, the data do not.
reason-ack-for-closed-window = A probe of a closed window is answered with the present acknowledgement and window.
reason-paws = The timestamp is older than the last one seen: an old duplicate, even if its number fits. Dropped.
reason-ack-for-old-timestamp = A segment with an old timestamp is answered with an ACK.
reason-timestamps-missing = Both ends agreed on timestamps, and this segment has none: dropped.
reason-duplicate-ack-throttled = A segment like this was answered just now. Answering every one could go on for ever between two ends that disagree.

## RST and SYN
reason-rst-outside-window = A RST outside the window is dropped: it is old, or guessed.
reason-rst-not-exact = The RST is inside the window but not at exactly the next expected number. It might be a blind guess, so it is not obeyed.
reason-challenge-ack-for-rst = A challenge: “was that you?” If the other end really has no connection, its answer will be a RST that fits exactly.
reason-rst-received = The RST fits exactly: the other end resets the connection. Everything queued is thrown away.
reason-rst-while-closing = A RST while both ends are closing: nothing is left to be done, the connection simply ends.
reason-rst-with-data = The RST carries data; they may say why it was sent.
reason-syn-in-synchronized-state = A SYN on a connection that stands: the other end may have restarted, or somebody is guessing. It is not obeyed.
reason-challenge-ack-for-syn = A challenge with the numbers this end believes in. A restarted peer answers with RST; a healthy one ignores it.
reason-challenge-ack-limit = This host has sent as many challenge ACKs as it may send in a second.
reason-syn-in-window = A SYN inside the window counts as an error, and resets the connection. That was the rule before RFC 5961.
reason-rst-for-syn-in-window = The RST that answers a SYN inside the window, by the rule before RFC 5961.

## ACK
reason-ack-missing = On a connection that stands every segment carries ACK. This one does not, and is dropped.
reason-ack-too-old = Its acknowledgement is older than any window ever granted: injected, or very late. Its data are not believed.
reason-challenge-ack-for-old-ack = A segment with an acknowledgement far too old is answered with a challenge ACK and dropped.
reason-ack-of-unsent = It acknowledges what was never sent.
reason-ack-for-ack-of-unsent = An acknowledgement of something never sent is answered with an ACK, and the segment is dropped.
reason-ack-of-new-data = It acknowledges something for the first time: SND.UNA moves on, and what was kept for retransmission can go.
reason-ack-of-old-data = It acknowledges what was acknowledged long ago; as an acknowledgement it says nothing.
reason-ack-of-nothing-new = It acknowledges nothing that was not known.
reason-duplicate-ack = A duplicate ACK: the other end still waits for the same number, though something has arrived. A segment was lost, or overtaken.
reason-third-duplicate-ack = The third duplicate ACK: reordering seldom goes so far, so this is taken for a loss.
reason-partial-ack = The ACK does not reach to the end of what was out when the loss was noticed: the next hole shows, and is filled at once.
reason-recovery-complete = All that was out when the loss was noticed is acknowledged: recovery is over.
reason-window-update = The other end's window changes: this segment is newer than the one that set it last.
reason-old-window-ignored = The segment is older than the one that set the window last, so its window does not count.
reason-ack-of-fin-received = Our FIN is acknowledged: the other end knows that nothing more will come from here.

## text and FIN
reason-urgent-pointer = The urgent pointer says that urgent data are ahead; the application is told.
reason-text-in-order = The data begin at exactly the next expected number: they are taken.
reason-text-out-of-order = The data lie beyond the next expected number: something before them is missing. They are held until it comes.
reason-hole-filled = These data fill a hole: what was held behind them follows at once.
reason-reassembly-full = As much is held out of order as this host allows; more is dropped and will be sent again.
reason-text-after-fin = After the other end's FIN no data can follow; they are ignored.
reason-data-after-close = Data for an application that has closed: nobody can ever read them.
reason-rst-for-data-after-close = The RST tells the other end that its data were lost, not read.
reason-fin-received = The other end's FIN is reached: everything before it has been received, and nothing more will come.
reason-fin-ahead-of-data = The FIN is here, but data before it are missing. It waits for them.
reason-fin-crossed-ours = The other end's FIN arrives while ours is not yet acknowledged: both close at once.
reason-fin-with-ack-of-ours = The other end's FIN comes together with the acknowledgement of ours: straight to TIME-WAIT.
reason-fin-in-fin-wait-2 = The other direction ends too. This end closed first, so it goes to TIME-WAIT.
reason-option-illegal = An option has an impossible length. What comes before it counts, the rest of the options does not.

## acknowledging
reason-ack-of-fin = A FIN uses one sequence number and is acknowledged like a byte.
reason-ack-of-text = The acknowledgement of data, sent at once.
reason-ack-delayed = The acknowledgement waits a little: perhaps data will go the same way, and it can ride on them.
reason-delayed-ack-timeout = The acknowledgement has waited long enough and goes by itself.
reason-ack-every-second-segment = At least every second full-sized segment is acknowledged at once, so that the sender keeps its pace.
reason-ack-for-out-of-order = Data out of order are answered at once with an ACK for what is still missing: a duplicate ACK.
reason-ack-for-filled-hole = A hole was filled: that is acknowledged at once.
reason-ack-rode = The waiting acknowledgement has gone with another segment.
reason-window-update-sent = The application has read, and the window has opened by enough to be worth telling.

## sending
reason-data-sent = The application's data go out, as far as the other end's window and the congestion window allow.
reason-fin-sent = Everything before it is sent, so the FIN goes out: no more data will follow.
reason-held-by-nagle = A small segment waits while anything is unacknowledged, in the hope of more to fill it (Nagle).
reason-held-by-silly-window = The window has room for only a silly small piece; waiting for more saves many tiny segments.

## retransmission
reason-retransmission-timeout = The retransmission timer runs: if no acknowledgement comes in time, the oldest segment is sent again.
reason-retransmission-restarted = Something was acknowledged and something is still out: the timer starts over.
reason-all-acknowledged = Everything sent is acknowledged: there is nothing to retransmit.
reason-go-back-after-timeout = After a time-out the sender starts again from the oldest hole, slowly.
reason-fast-retransmit = Three duplicate ACKs mean a loss: what is missing is sent again without waiting for the timer.
reason-sack-retransmission = The other end's SACK shows this hole: exactly this is sent again.
reason-sack-rescue = The last segment goes out once more, lest recovery stall for want of an ACK.
reason-r1-reached = Several retransmissions without an answer (R1): the application is told, and the attempts go on.
reason-r2-reached = No acknowledgement for too long (R2): the connection is given up.
reason-syn-time-limit = No answer to the SYN for as long as it is tried: given up.
reason-syn-retries-used-up = The SYN was sent as often as this policy sends it: given up.
reason-syn-ack-retries-used-up = The SYN-ACK was sent as often as it may be: the half-made connection is thrown away.
reason-give-up-runs = From now on the connection has limited time to get an acknowledgement; then it is given up.
reason-user-timeout-runs = The application's own limit runs: data that are not acknowledged by then end the connection.
reason-user-timeout = The application's time limit is over: everything queued is thrown away and the connection ends.

## closed window
reason-window-closed = The window is closed and data wait. It will be probed, since the segment that opens it could get lost.
reason-window-opened = The window is open again: no more probes.
reason-zero-window-probe = A probe of the closed window: whatever comes back tells how wide it is now.
reason-probe-back-off = Probes come at growing intervals.
reason-probes-unanswered = Nobody answers the probes any more: the connection is given up. Answered ones would have kept it open for ever.

## keep-alive
reason-keep-alive-waits = The application has asked for keep-alive: after so much silence the other end is probed.
reason-keep-alive-probe = A keep-alive probe: its number is one below the next, so that a living end has to answer with an ACK.
reason-keep-alive-unanswered = None of the probes was answered: the other end is taken for dead.
reason-keep-alive-off = The application switched keep-alive off.

## closing
reason-close-call = The application closes: it has no more to send. The FIN goes out after everything queued.
reason-close-in-listen = CLOSE in LISTEN: there is no other end, so the record is simply deleted.
reason-close-in-syn-sent = CLOSE in SYN-SENT: nothing is connected yet, so the record is deleted and nothing is sent.
reason-close-in-syn-received = CLOSE in SYN-RECEIVED with nothing to send: a FIN goes out at once.
reason-close-waited = A CLOSE that had to wait for ESTABLISHED takes effect now.
reason-close-in-close-wait = The other end has ended its direction already; now the application ends this one.
reason-close-with-unread-data = The application closes though received data are unread: they are lost, and the other end shall know.
reason-rst-for-unread-data = A RST instead of a FIN: it says that data were lost.
reason-fin-wait-2-limited = The application has closed, so nobody can read any more: FIN-WAIT-2 gets a time limit. No RFC asks for it; nearly every stack does it.
reason-fin-wait-2-limit = The other end has not closed in time: the record is deleted.
reason-linger-runs = The application wants CLOSE to wait until everything queued is acknowledged, but not for ever.
reason-linger-timeout = Not everything was acknowledged within the linger time: the connection is aborted.
reason-linger-zero = With a linger time of zero, CLOSE is an abort: a RST, and nothing is waited for.
reason-abort-call = The application aborts: a RST goes out and the record is deleted, with everything queued.
reason-abort-lingers = The end that sends the RST stays in TIME-WAIT (note 3 to figure 5); by the description of ABORT it would be CLOSED at once.
reason-fin-again = CLOSING answers a FIN it has seen with its own FIN again, as BSD's descendants do.

## TIME-WAIT
reason-time-wait-over = Two maximum segment lifetimes are over: no old segment can be alive, and the record goes.
reason-fin-again-in-time-wait = The other end's FIN again: our last ACK was probably lost. It is acknowledged again, and 2MSL start over.
reason-ack-of-repeated-fin = The ACK of a FIN that came again.
reason-old-segment-in-time-wait = An old segment of the finished connection: kept away from the next one. This is what TIME-WAIT is for.
reason-syn-in-time-wait = A SYN that cannot be told from an old one: not accepted in TIME-WAIT.
reason-syn-reopens-time-wait = This SYN cannot be an old one: its number or timestamp is beyond everything the old connection used. TIME-WAIT may end early.
reason-time-wait-assassinated = A RST ends TIME-WAIT before its time: the protection is gone. RFC 1337 calls it assassination.
reason-rst-ignored-in-time-wait = This host ignores RSTs in TIME-WAIT: the remedy of RFC 1337.
reason-time-wait-table-full = There are as many TIME-WAIT records as the host allows; this one is not kept.

## below and beside TCP
reason-datagram-malformed = This is no whole IP datagram.
reason-header-checksum-wrong = The IPv4 header's checksum is wrong: the header was damaged on the way.
reason-not-our-address = The datagram is for somebody else.
reason-sent-to-many-addresses = TCP joins two ends; a segment to a broadcast or multicast address is dropped in silence.
reason-protocol-unknown = Neither TCP nor ICMP.
reason-invalid-source-address = Nobody can be at this source address; there would be no one to answer.
reason-segment-malformed = This is no whole TCP header.
reason-checksum-wrong = The checksum does not come out: the segment was damaged on the way. It is dropped as if it had never come.
reason-reply-queue-full = Too many answers are waiting to be sent; this one is left out.
reason-icmp-not-an-error = An ICMP message that reports no error.
reason-icmp-quote-unreadable = The ICMP message quotes no TCP segment that could be read.
reason-icmp-for-no-connection = The ICMP message is about no connection of this host.
reason-icmp-outside-flight = The segment it quotes is not under way just now: perhaps a forgery. Ignored.
reason-icmp-in-time-wait = Nothing in TIME-WAIT depends on it.
reason-icmp-soft-error = A soft error: the route may come back. The application may be told; the connection goes on.
reason-icmp-hard-error = A hard error: what the segment was sent to does not exist. The connection ends.
reason-icmp-ends-attempt = While a connection is being opened, stacks of this kind take this error for the answer too, though by the RFC it is a soft one: the attempt ends.
reason-source-quench = Source quench is ignored: it is no longer used.
reason-path-mtu-lowered = A router on the way takes only smaller datagrams: segments get smaller from now on.
reason-path-mtu-not-lower = The path MTU it tells is no news.

## the world
reason-random-loss = The link loses some segments at random, and this was one of them.
reason-random-loss-short = by chance
reason-dropped-by-person = You dropped it.
reason-dropped-by-person-short = you dropped it
reason-dropped-by-rule = The scenario says that this one is lost.
reason-dropped-by-rule-short = the scenario drops it
reason-queue-full = Too many were waiting for the line; there was no room for this one.
reason-queue-full-short = the queue was full
reason-too-big = It was too big for the link, and a router said so.
reason-too-big-short = too big for the link
reason-link-cut = The link is cut.
reason-link-cut-short = the link is cut
reason-firewall-dropped = A firewall dropped it without a word.
reason-firewall-dropped-short = a firewall dropped it
reason-firewall-rejected = A firewall, or a router without a route, refused it and said so.
reason-firewall-rejected-short = a firewall rejected it
reason-host-unplugged = The host's plug is pulled: nothing gets in or out.
reason-host-unplugged-short = the host is unplugged
reason-no-such-host = Nobody has this address.
reason-no-such-host-short = nobody has this address
reason-forged = Somebody forged it; the host it names as its source never sent it.
reason-attacker-sample = The attacker opens a connection of its own, to see how numbers are chosen.
reason-attacker-flood = One of a flood of SYNs from addresses that will never answer.
reason-attacker-received = It reached the attacker, whom it was addressed to.
reason-router-error = A router answers with an error message.
reason-duplicated = The link has made a second copy of it.
reason-scripted = It is what the script says is sent then.
reason-recorded = It was seen on a real wire, sent by a TCP that is not ours, and is played here as it was recorded.
reason-recorded-lost = When this was recorded, it did not arrive.
reason-recorded-lost-short = it was lost when this was recorded
reason-recorded-other = When this was recorded, the engine sent another segment here. From now on the recorded answers belong to another conversation.
reason-recorded-time = The engine sends what it sent when this was recorded, but at another moment. From now on the recorded answers may come too early or too late.
reason-recorded-missing = When this was recorded, the engine had sent another segment by now. The recorded answers go on as if it had.
reason-recorded-no-more = When this was recorded, the engine sent nothing more. No recorded answer goes with this segment.
reason-delivered = It has reached the host it was sent to.
