# One story per scenario: what happens, what to look at, what is commonly got wrong.

story-three-way-handshake-happens = B's application listens; A's application calls connect. A sends a SYN with its own initial sequence number m. B answers with one segment that is two things at once: its own SYN, with number n, and the acknowledgement m+1. A acknowledges with n+1, and both ends know that the other can send, can receive, and which numbers it will use.
story-three-way-handshake-look = The states change at different times. A is ESTABLISHED as soon as the SYN-ACK arrives; B only half a round trip later, when the last ACK does. Switch on absolute numbers: m and n have nothing to do with one another.
story-three-way-handshake-wrong = The third segment does not carry a new SYN, and a pure ACK uses no sequence number: A's first byte of data has number m+1, the same as the ACK before it. The rule “ack = seq + 1” holds here because a SYN uses one number, not because acknowledging adds one. Of these three segments only the first has the ACK bit clear.

story-four-way-close-happens = After the handshake A closes first. Its FIN says that A has no more to send. B acknowledges it and tells its application, which closes a little later: now B's FIN travels, and A acknowledges that. Each direction is ended and acknowledged on its own, hence four segments.
story-four-way-close-look = A goes through FIN-WAIT-1 and FIN-WAIT-2, B through CLOSE-WAIT and LAST-ACK. How long CLOSE-WAIT lasts is up to B's application alone, not to TCP. A, the active closer, stays in TIME-WAIT.
story-four-way-close-wrong = FIN segments carry ACK too: after the handshake every segment but some RSTs does. A FIN uses one sequence number, so the acknowledgement is its number plus one. Who closes first is the active closer, whether client or server.

story-three-way-close-happens = A closes. When its FIN arrives, B's application has nothing more to send and closes at once, so that B's acknowledgement and B's own FIN share one segment. A acknowledges it: three segments do the work of four.
story-three-way-close-look = A goes from FIN-WAIT-1 straight to TIME-WAIT, because the segment that brings B's FIN also acknowledges A's. B passes through CLOSE-WAIT in no time at all.
story-three-way-close-wrong = This is no other protocol and nothing is negotiated: it is the same close, with an ACK that could ride on a FIN. That arc is in a note to figure 5 of the RFC, not in the figure itself.

story-server-closes-first-happens = The connection was opened by A, but B closes first. Now B is the active closer: its FIN goes out first, and B is the one who ends in TIME-WAIT.
story-server-closes-first-look = Follow B: it goes through FIN-WAIT-1 and FIN-WAIT-2, while A, which opened the connection, takes CLOSE-WAIT and LAST-ACK.
story-server-closes-first-wrong = Active and passive closing has nothing to do with active and passive opening. Servers that close first collect TIME-WAIT records; that is why protocols like to let the client close first.

story-half-close-happens = A calls shutdown: it will send no more, but goes on reading. B acknowledges A's FIN, keeps sending data for a while, and only then closes its own direction.
story-half-close-look = A sits in FIN-WAIT-2 and acknowledges data all the time; B sits in CLOSE-WAIT and sends. Both states are quite normal here, and may last as long as B has something to say.
story-half-close-wrong = Half-closed means that one direction has ended, on purpose. Half-open means that one end has lost the connection and the other does not know. A connection in SYN-RECEIVED is called embryonic. These are three things. And shutdown is not close: after close nobody could read B's data.

story-half-close-peer-gone-happens = A has ended its direction and waits in FIN-WAIT-2 for B's FIN. But B's plug is pulled, and it never comes. Twice the same: once A's application has called close, once only shutdown.
story-half-close-peer-gone-look = After close nobody can read any more, so a time limit ends FIN-WAIT-2. After shutdown somebody might still want to read: TCP waits for ever, and nothing is running, no timer at all. What helps there is a time-out of the application, or keep-alive.
story-half-close-peer-gone-wrong = The limit on FIN-WAIT-2 stands in no RFC; it is a practice that nearly all stacks share. And TCP without unacknowledged data has nothing to retransmit, so silence alone never tells it that the peer is gone.

story-half-close-exhaustion-happens = Connection after connection is opened and left half-closed. On one side sockets pile up in CLOSE-WAIT because an application never closes; on the other they pile up in FIN-WAIT-2. Each holds memory and one of the sockets its host may have, until none is left for honest clients.
story-half-close-exhaustion-look = Watch the sockets of both hosts. The FIN-WAIT-2 limit clears those whose application has called close. For CLOSE-WAIT no limit in TCP helps: only the application can close.
story-half-close-exhaustion-wrong = A heap of CLOSE-WAIT sockets is a fault of the local application, not of the network and not of the peer. No TCP setting makes CLOSE-WAIT time out.

story-simultaneous-close-happens = Both applications close at the same moment, and the two FINs cross. Each end receives a FIN while its own is not yet acknowledged, goes to CLOSING, and after the ACK to TIME-WAIT.
story-simultaneous-close-look = Everything is symmetrical: both ends are active closers, both pass CLOSING, and both keep a TIME-WAIT record.
story-simultaneous-close-wrong = CLOSING is no rarer form of CLOSE-WAIT: it means that both FINs are sent, the peer's has arrived, and ours is still unacknowledged. The ACK of the crossing FIN has the number after our own FIN, because that is our next number.

story-simultaneous-open-happens = Both applications call connect, each towards the port the other comes from, at the same time. The SYNs cross. Each end sees a SYN without ACK in SYN-SENT, goes to SYN-RECEIVED, and sends its SYN again with the acknowledgement.
story-simultaneous-open-look = There is no listener anywhere, and one connection comes out, not two. Both ends go SYN-SENT → SYN-RECEIVED → ESTABLISHED. The crossing SYN-ACKs repeat the numbers of the SYNs: it is the same SYN, not a second one.
story-simultaneous-open-wrong = By the letter of the RFC the crossing SYN-ACK lies outside the window, because its number is the initial one; figure 7 accepts it all the same. Put “RFC to the letter” beside it under Compare: there it takes six segments.

story-connection-refused-happens = A sends a SYN to a port where nobody listens. B's TCP answers with RST, and A's application learns at once that it was refused.
story-connection-refused-look = The SYN had no ACK, so the RST takes sequence number 0 and carries ACK = m+1. That acknowledgement is what A checks: without it, anybody could refuse connections in B's name.
story-connection-refused-wrong = The RST is not sent by a listener: there is none. No state exists at B, before or after. And refused is not the same as no answer: a firewall that drops leaves A in SYN-SENT until it gives up.

story-syn-lost-happens = The first SYN never arrives. A hears nothing, its retransmission timer runs out after one second, and it sends the same SYN again, with the same number. The second one arrives.
story-syn-lost-look = The arc of the timer, and the tie from the second SYN to the first. After each time-out the next wait is twice as long.
story-syn-lost-wrong = A retransmission is not a new attempt with a new number. B cannot know that anything was lost. And from a segment that was sent twice no round-trip time is measured: without timestamps nobody could tell which one was answered (Karn's algorithm).

story-syn-ack-lost-happens = B answers the SYN, but its SYN-ACK is lost. Now both ends are waiting and both have a timer: A repeats its SYN, B its SYN-ACK.
story-syn-ack-lost-look = B is in SYN-RECEIVED already when A's SYN comes again. What B answers to it differs from stack to stack; try the policies under Compare.
story-syn-ack-lost-wrong = For A it looks exactly as if its own SYN had been lost. A sender never knows whether the message or its answer got lost; that is why duplicates must do no harm.

story-handshake-ack-lost-happens = The third segment of the handshake is lost. A is ESTABLISHED, B is still in SYN-RECEIVED. Then A sends data: that segment carries an ACK, as all do, and completes the handshake at B.
story-handshake-ack-lost-look = B goes to ESTABLISHED and takes the data, both with one segment.
story-handshake-ack-lost-wrong = A pure ACK is never retransmitted, as it uses no number and nobody acknowledges it. What repairs its loss is any later segment, or the repeated SYN-ACK.

story-fin-lost-happens = A's FIN is lost. As a FIN has a sequence number, it is retransmitted like data when the timer runs out.
story-fin-lost-look = A stays in FIN-WAIT-1 until the second FIN is acknowledged. B knows of nothing, and stays ESTABLISHED for all that time.
story-fin-lost-wrong = State changes follow what an end has seen itself. B does not leave ESTABLISHED because A has sent a FIN, but because one has arrived.

story-last-ack-lost-happens = The last ACK of the close is lost. B waits in LAST-ACK, and retransmits its FIN. A is in TIME-WAIT, still there to acknowledge it once more.
story-last-ack-lost-look = The 2MSL timer starts again when the FIN comes again. Only then may B's record go.
story-last-ack-lost-wrong = This is one of the two jobs of TIME-WAIT. If A had forgotten the connection, its answer to the FIN would be a RST: B's perfectly good conversation would end with a reset instead of an acknowledgement, and B could not tell whether all it had sent had arrived.

story-connect-timeout-happens = Nobody answers: no SYN-ACK, no RST, no ICMP. A sends its SYN again and again with growing pauses, and at last reports to the application that it timed out.
story-connect-timeout-look = The pauses double: 1, 2, 4, 8 seconds and so on, up to a ceiling of 60. RFC 9293 wants at least three minutes of trying for a SYN.
story-connect-timeout-wrong = The time-out is no message from anywhere: the end draws the conclusion by itself. And it is long. Programs that want to know sooner set their own limit.

story-time-wait-happens = After an ordinary close A, the active closer, keeps its record for twice the maximum segment lifetime: by default two times two minutes. While it lasts, the same pair of addresses and ports is taken; afterwards it is free again.
story-time-wait-look = The long stretch is folded; its length stands on the fold. Watch A being refused while the record lives, and served once it is gone.
story-time-wait-wrong = TIME-WAIT is no fault and no leak. It holds a pair of endpoints, not a port as a whole. The MSL is an assumption about the network, not something measured, and many systems use less than the two minutes of the RFC.

story-old-duplicate-syn-happens = A SYN from an earlier attempt wanders about in the network and arrives before the new one. B cannot tell, and answers it. A sees an acknowledgement for a number it has not sent, and sends a RST with just that number. B returns to LISTEN, and the real SYN then succeeds. This is figure 8 of RFC 9293.
story-old-duplicate-syn-look = B was opened by a plain passive OPEN, so a RST in SYN-RECEIVED takes it back to LISTEN. The RST takes its sequence number from the acknowledgement field of what it answers: that is how B knows that it is meant.
story-old-duplicate-syn-wrong = This is what the third segment of the handshake is for. With two segments B would now hold a connection that nobody wants.

story-half-open-discovery-happens = A has crashed and started anew; B still believes in the old connection. A opens again, and its SYN meets an ESTABLISHED B. B asks back with an ACK that makes no sense to A, A answers with RST, and B knows: the connection is dead. A's next SYN opens a new one. This is figure 9 of RFC 9293.
story-half-open-discovery-look = B does not simply obey the SYN: it sends a challenge ACK with the numbers it believes in. Only the RST that fits exactly ends its connection.
story-half-open-discovery-wrong = Half-open is not half-closed: here one end has lost everything and the other has not noticed. As long as nobody sends anything, it can stay like that for ever.

story-half-open-active-happens = A has crashed and forgotten the connection. B, which has not noticed, sends data. A's TCP knows of no such connection and answers with RST; B's connection ends. This is figure 10 of RFC 9293.
story-half-open-active-look = The RST takes the acknowledgement number of B's segment as its own sequence number, which makes it believable. B reports “connection reset” to its application.
story-half-open-active-wrong = It is not the application at A that refuses: there is none any more. TCP itself answers for a connection it does not have.

story-old-duplicate-passive-happens = Both ends only listen, in the plain passive form. An old SYN from the network reaches B, which answers with a SYN-ACK; to A, which listens too, an ACK makes no sense, so it sends a RST, and B returns to LISTEN. This is figure 11 of RFC 9293.
story-old-duplicate-passive-look = After three segments everything is as it was before: two ends in LISTEN.
story-old-duplicate-passive-wrong = A passive end does not refuse with RST because it “does not want” the connection. The rule is only this: in LISTEN there is nothing that could be acknowledged, so any ACK is answered with RST.

story-why-2msl-happens = A data segment of a connection is delayed in the network. The connection is closed and the same pair of addresses and ports is used again. Without TIME-WAIT the old segment arrives in the new connection, its numbers happen to fit, and B's application gets bytes that were never meant for it. With TIME-WAIT the new connection has to wait until no old segment can be alive.
story-why-2msl-look = Compare what B's application receives in the two cases. Two lifetimes: one for the last ACK to get there or die, and one for a FIN that is sent again for want of it.
story-why-2msl-wrong = Sequence numbers alone do not protect from this: they run round, and a new connection may use the same range. TIME-WAIT stays with whoever closed first, and one end keeping it is enough.

story-time-wait-assassination-happens = An old duplicate reaches A in TIME-WAIT. A answers with an ACK as the rules say; B has long forgotten the connection and answers with RST. The RST fits, and A's TIME-WAIT is cut short. RFC 1337 describes it, and the remedy: ignore RSTs in TIME-WAIT.
story-time-wait-assassination-look = No attacker is needed, just one delayed segment. With the remedy the RST comes and nothing happens.
story-time-wait-assassination-wrong = RFC 9293 by itself lets a RST end TIME-WAIT. Many systems follow it; some ignore the RST. Both are switches here, under the host's settings.

story-reset-on-unread-data-happens = Data have arrived at B, but its application closes without reading them. An ordinary FIN would say that all is well. It is not: bytes were lost. So B sends a RST.
story-reset-on-unread-data-look = A's application sees “connection reset” instead of a regular end, and so learns that what it sent was not used.
story-reset-on-unread-data-wrong = A server that answers and closes without having read the whole request may destroy its own answer: the RST can make A throw away what it has not read yet. First shutdown, then read to the end, then close.

story-abort-happens = A's application aborts. A sends a RST with its next sequence number and forgets the connection at once, queued data included. B is told that it was reset.
story-abort-look = No FIN, no acknowledgement, no TIME-WAIT: both records are gone as soon as the RST has arrived.
story-abort-wrong = An abort is no quick close. What was queued or under way is lost, and nobody acknowledges a RST: if it is lost itself, B only notices when it sends something.

story-mss-negotiation-happens = In its SYN A announces an MSS of 1460: that much data it can receive in one segment. B's interface is smaller, with an MTU of 576, and announces 536. A keeps to B's announcement. B may not exceed its own interface either. No segment in either direction carries more than 536 bytes of data.
story-mss-negotiation-look = The option in the two SYNs, and “Most data bytes in a segment this end sends” under Hosts. The two announcements differ, and stay different.
story-mss-negotiation-wrong = MSS is not negotiated, and there is no common value to agree upon. Each end announces what it can receive; each direction has its own limit. Nobody replies to the option, and without it 536 is assumed (IPv4). The MSS counts data, not headers; where a segment carries options, its sender takes their room from the data.

story-isn-reuse-happens = The same addresses and ports are used for a second connection soon after the first. With a fixed initial number, an old segment of the first fits right into the second. With the generator of RFC 9293 the new connection starts far from where the old one ended, and the old segment is outside the window.
story-isn-reuse-look = Absolute numbers: where the first connection ended, where the second begins, and whether the old segment falls into the window.
story-isn-reuse-wrong = Initial numbers are not random only to confuse attackers. The clock in them keeps the numbers of successive connections between the same endpoints apart; the keyed hash keeps outsiders from guessing them. Both are needed.

story-host-unreachable-happens = Three ways not to arrive. A router answers with ICMP “host unreachable”; a firewall drops in silence; another rejects and says so. A's application learns of it at once, or only after minutes, according to which.
story-host-unreachable-look = “Host unreachable” is a soft error, while connecting and afterwards alike: it is reported and not obeyed, since the route may come back, and the SYN goes out again. What the rejecting firewall sends, “port unreachable”, is a hard error and ends the attempt. Many stacks give up an attempt on either.
story-host-unreachable-wrong = A port that is “filtered” and one that is “closed” are not the same: the first gives silence, the second a RST. Silence costs the one who asks a lot of time.

story-isn-prediction-happens = B trusts A's address. An attacker off the path opens a connection of its own to learn how B picks numbers, then sends a SYN in A's name. The SYN-ACK goes to A, not to the attacker; but if the number can be predicted, the attacker acknowledges it unseen, and speaks to B as A. Against RFC 6528's numbers the guess fails.
story-isn-prediction-look = The attacker never sees B's answer. All it needs is the number in it. Real A would send a RST and spoil everything, so A has been silenced.
story-isn-prediction-wrong = A weak number is one that can be computed from another, even if it looks large and wild. A plain clock and a constant step are both weak. And an address proves nothing: TCP authenticates nobody.

story-blind-reset-happens = An attacker who sees nothing sends RSTs with A's address to B, hoping to hit the window. By the old rules any number inside the window would end the connection. By RFC 5961 only exactly the next expected number does; one that is merely inside gets a challenge ACK.
story-blind-reset-look = The same RST with protection off and on. The challenge goes to the real A, which has nothing to reset and stays calm.
story-blind-reset-wrong = The protection does not make such attacks impossible: it makes the target one number instead of a whole window. Off-path attackers also have to guess addresses and ports.

story-blind-data-happens = An attacker off the path sends data in A's name. The sequence number has to be in the window, and there is an acknowledgement to fill in. RFC 5961 narrows what acknowledgement numbers are believed, so that a wild guess is no longer good enough.
story-blind-data-look = Without the check about half of all acknowledgement numbers count as old, and so as harmless: the bytes get in. With it the segment is answered with an ACK and dropped.
story-blind-data-wrong = “The numbers fit” is not a proof of origin. Whoever needs to know who is speaking needs cryptography above TCP, or below.

story-syn-flood-happens = An attacker sends SYNs from addresses that will never answer. For each of them B keeps a half-made connection in SYN-RECEIVED and sends SYN-ACKs into the void. The backlog is soon full, and a real client is turned away.
story-syn-flood-look = The listener's SYN queue under Hosts, and the honest SYN that finds no room. The embryonic connections vanish only when B has given up retransmitting.
story-syn-flood-wrong = It is not bandwidth that runs out, and not ESTABLISHED connections: it is the places for connections in the making. A longer backlog delays the end; it does not prevent it.

story-syn-cookies-happens = The same flood, but once its queue is full B keeps nothing for a SYN any more: it packs what it would have to remember into its own initial number, with a keyed hash. Only if the ACK comes back with that number plus one does B make a connection out of it.
story-syn-cookies-look = The first SYNs fill the SYN queue as before. From then on the flood leaves no SYN-RECEIVED record, and the real client gets through.
story-syn-cookies-wrong = Cookies have their price. What does not fit into the number is lost: most options, and the retransmission of the SYN-ACK. That is why stacks use them only when the queue overflows.

story-keep-alive-happens = A connection is idle. After the interval A sends probes: segments with a number just below the next one, which B has to answer with an ACK. While B lives, it answers. Then B is gone, the probes go unanswered, and A ends the connection.
story-keep-alive-look = The probe carries no data, and uses a number B has already acknowledged, so that it cannot disturb anything. One unanswered probe means nothing; only several in a row do.
story-keep-alive-wrong = Keep-alive is off unless the application asks for it, and its standard interval is two hours. It keeps nothing alive: it finds out what is dead. Nor is it the same as a zero-window probe, even if captures label them alike.

story-zero-window-happens = B's application stops reading. B's buffer fills, and the window it announces closes: it gets smaller and smaller, down to zero. A has data but may not send them. It probes from time to time, and each answer repeats the window. When B reads again, the window opens and the data flow.
story-zero-window-look = The persist timer and its growing intervals; the right edge of the window in the sequence space: it stands still while the window closes, and never moves back. As long as the probes are answered, A never gives up.
story-zero-window-wrong = Without probes the connection could stand still for ever: the ACK that opens the window can be lost, and nobody would send it again. Zero windows are the receiver's brake; the congestion window is the network's, and is kept by the sender.

story-loss-and-recovery-happens = A sends a row of segments and some are lost. Those behind a gap provoke duplicate ACKs; after three of them A repeats what is missing at once, without waiting for the timer. Where there are not enough, the timer has to do it. With SACK B says exactly which parts it has.
story-loss-and-recovery-look = Time–sequence graph: the gap, the repeated segment, the congestion window afterwards. Fast retransmit costs about a round trip; the time-out costs at least the smallest RTO, by the RFC a second, and puts the sender back to slow start.
story-loss-and-recovery-wrong = A duplicate ACK does not ask for a segment. It only says “still waiting for the same number”. It can also come from reordering; hence three of them before A concludes that something is lost.

story-delayed-ack-and-nagle-happens = A writes two small pieces, one after the other, and waits for an answer. Nagle's algorithm holds back the second until the first is acknowledged; B's delayed ACK holds back the acknowledgement, hoping for data to ride on. Each waits for the other until B's timer runs out.
story-delayed-ack-and-nagle-look = The stretch in which nothing happens, although both sides want something to happen. Switch Nagle off at A, or hand over both pieces in one send, and it is gone.
story-delayed-ack-and-nagle-wrong = Neither is a mistake: each for itself saves segments. It is write–write–read that makes them stumble over one another. The better remedy is one write, rather than switching Nagle off.

story-port-exhaustion-happens = A opens and closes one connection after another to the same server. Each leaves a TIME-WAIT record, and with it a local port that cannot be used towards that server. Then there is none left, and connect fails.
story-port-exhaustion-look = The number of records at A, and the error of the last call. After 2MSL the ports come back one after another.
story-port-exhaustion-wrong = It is the one who closes first who pays. The ports are taken only towards this one address and port, not altogether. The remedy is to keep connections and reuse them, not to shorten TIME-WAIT blindly.

story-linux-connection-happens = B is no simulation here. The engine of this page was put on a network device and talked to the Linux kernel's TCP, and what Linux sent was recorded. A connects, a line goes each way, A closes, and Linux's application closes a little later. A is played anew: it does again what it did then, and if it ever did not, the record would say where.
story-linux-connection-look = The options: both ends announce window scale, timestamps and SACK, as real stacks do today, and each counts its timestamps in its own way. The acknowledgement of A's FIN comes later than a round trip would need: Linux had nothing urgent to say and delayed it.
story-linux-connection-wrong = A capture shows segments, not states. That is why B has no band: what Linux thought can only be inferred. And whatever you do to A or to the link now, the recording plays on as if nothing had happened; a real Linux would have answered otherwise.

story-linux-simultaneous-open-happens = Both call connect before the other's SYN has arrived: this engine at A, and at B the Linux kernel, recorded from a network device. The SYNs cross, then the SYN-ACKs cross, and one connection is there. Later Linux closes first.
story-linux-simultaneous-open-look = Count the segments of the opening: figure 7 of the RFC has four, here there are six. Linux answers the SYN-ACK that crosses its own with one more ACK, and the engine, which reads the RFC as Linux does here, does the same.
story-linux-simultaneous-open-wrong = The additional ACK is no error. By the letter of the RFC the crossing SYN-ACK is a duplicate outside the window, and a duplicate is answered with an ACK; the figure leaves this out. Both ways lead to ESTABLISHED, and the ACK does no harm.

story-empty-happens = Two hosts with nothing open, and a link. Make B listen and A connect, send something, close; or let both connect at once. Everything you do becomes part of the run.
story-empty-look = Buttons that cannot be used say why. You can save what you made as text, and as a link.

## Chapters: the names that scenarios give to their moments.

chapter-abort = Abort
chapter-ack-lost = The ACK is lost
chapter-active-close = Active close
chapter-application-limit = The application's own limit
chapter-assassination = Assassination
chapter-back-off = Back-off
chapter-believed = The forgery is believed
chapter-both-close = Both close
chapter-both-connect = Both connect
chapter-both-listen = Both listen
chapter-challenge-acks = Challenge ACKs
chapter-check-on = With the check
chapter-clock-and-hash = Clock and hash
chapter-close = Close
chapter-close-and-shutdown = Close and shutdown
chapter-close-wait = CLOSE-WAIT
chapter-closing = Closing
chapter-connection = A connection
chapter-connects-anew = A connects anew
chapter-cookie = The cookie
chapter-data = Data
chapter-data-completes = Data complete it
chapter-data-to-a = Data to A
chapter-data-to-b = Data to B
chapter-data-to-nobody = Data to nobody
chapter-dropped = Dropped in silence
chapter-duplicate-arrives = The old duplicate arrives
chapter-established = Established
chapter-fast-retransmit = Fast retransmit
chapter-fin-again = The FIN again
chapter-fin-lost = The FIN is lost
chapter-fin-rides-on-ack = The FIN rides on the ACK
chapter-fin-wait-2 = FIN-WAIT-2
chapter-fin-wait-2-limit = The limit of FIN-WAIT-2
chapter-first = The first piece
chapter-first-connection = The first connection
chapter-fixed-isn = A fixed initial number
chapter-flood = The flood
chapter-gives-up = It gives up
chapter-half-open = Half-open
chapter-handshake = Handshake
chapter-injection = Injection
chapter-injection-refused = The injection is refused
chapter-keyed-hash = With the keyed hash
chapter-last-ack-lost = The last ACK is lost
chapter-last-fin = The last FIN
chapter-listen = Listen
chapter-mss-options = The MSS options
chapter-next-connection = The next connection
chapter-no-port-left = No port is left
chapter-no-route = No route
chapter-no-stall = Without the stall
chapter-old-data-delivered = Old data are delivered
chapter-old-data-refused = Old data are refused
chapter-old-syn = The old SYN
chapter-opens-anew = A opens anew
chapter-other-direction = The other direction
chapter-passive-close = Passive close
chapter-port-free = The port is free
chapter-port-taken = The port is taken
chapter-probe = A probe
chapter-probes = Probes
chapter-real-client = The real client
chapter-real-syn = The real SYN
chapter-reboot = Reboot
chapter-refused = Refused
chapter-rejected = Rejected
chapter-remedy = The remedy
chapter-remembered = What B would have to remember
chapter-reset = Reset
chapter-retransmission = Retransmission
chapter-route-back = The route is back
chapter-safe = Safe
chapter-same-numbers = The same numbers again
chapter-sample = The attacker takes a sample
chapter-script-failed = Here the script failed
chapter-shutdown = Shutdown
chapter-slow-start = Slow start
chapter-speaks-for-a = Speaking for A
chapter-stall = The stall
chapter-survived = It survives
chapter-sweep = A sweep of RSTs
chapter-sweep-again = The sweep again
chapter-syn = SYN
chapter-syn-ack = SYN-ACK
chapter-syn-ack-lost = The SYN-ACK is lost
chapter-syn-received = SYN-RECEIVED
chapter-time-limit = The time limit
chapter-time-out = The time-out
chapter-time-wait = TIME-WAIT
chapter-time-wait-again = TIME-WAIT starts over
chapter-true-data-too-late = The true data come too late
chapter-turned-away = Turned away
chapter-unanswered = Unanswered
chapter-unplugged = Unplugged
chapter-window-fills = The window fills
chapter-window-opens = The window opens
chapter-with-time-wait = With TIME-WAIT
