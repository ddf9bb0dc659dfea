# Opening scripts and runs that somebody else wrote.

open-help = A packetdrill script (.pkt) becomes a run: host A is this TCP, host B the script. Or open a run saved as text. Nothing leaves your browser.
open-file = File; it can be dropped here, too
open-text = Or paste the text
open-dialect = Dialect
open-policy = Policy
open-as-script = as the script has it
open-go = Open
open-too-large = This file is too large for a script or a run.
dialect-linux = Linux
dialect-freebsd = FreeBSD

script-holds = The script holds.
script-fails = The script does not hold.
script-packets = { $packets ->
        [one] 1 packet
       *[other] { $packets } packets
    }
script-ran = { $packets ->
        [one] 1 packet
       *[other] { $packets } packets
    }, dialect { $dialect }, policy { $policy }.
script-differs = It cannot be shown as a run: where packets take their time, packet { $packet } of this TCP would be another.
script-nothing = There is no packet to show.
script-look = Look at the run
script-report = Show the report
script-failed-script = The script cannot be read, or asks for what is not there.
script-wanted = Wanted here: { $wanted }. What stands here: { $found }.
wanted-call-name = the name of a call
wanted-errno = an errno
wanted-value = a value
wanted-icmp = «icmp»
wanted-source-port = a source port
wanted-destination-port = a destination port
wanted-acknowledgement = an acknowledgement number
wanted-window = a window
wanted-urgent-pointer = an urgent pointer
wanted-ip-field = a field of the IP header
wanted-type-of-service = a type of service
wanted-time-to-live = a time to live
wanted-flow-label = a flow label
wanted-flags = the segment's flags
wanted-sequence = a sequence number
wanted-sequence-end = the sequence number after the last
wanted-payload-length = the length of the payload
wanted-option = an option
wanted-mss = an MSS
wanted-shift-count = a shift count
wanted-blocks = a block of sequence numbers
wanted-val = «val»
wanted-timestamp = a timestamp
wanted-ecr = «ecr»
wanted-hex = hexadecimal digits
wanted-icmp-type = an ICMP type
wanted-icmp-code = an ICMP code
wanted-mtu = an MTU
wanted-end-after-command = the end of the script after a command without a time
wanted-option-value = the option's value
wanted-command = a command
wanted-event = a segment, a call, a command or a block of code
wanted-time = a time
found-text = a string
found-command = a command
found-code = a block of code
found-end = the end of the script
script-failed-packet = Another segment was sent than the script expects.
script-failed-packet-time = The segment was sent at another time than the script expects.
script-failed-no-packet = The script expects a segment, and none came.
script-failed-result = A call gave something else back.
script-failed-call = This call cannot be made as it is written.
script-failed-time = The time of this line has passed already.
script-failed-assertion = What is asserted here does not hold.
script-expected = The script expects
script-actual = This TCP sent
script-no-packet = nothing
script-details = In packetdrill's words
