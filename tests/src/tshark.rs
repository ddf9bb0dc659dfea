//! What tshark, a judge this project did not write, sees in a capture.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs};

/// One frame as tshark dissects it; numbers as they stand in the header.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Frame {
    pub interface: String,
    pub time_us: u64,
    pub stream: Option<u32>,
    pub source_port: u16,
    pub destination_port: u16,
    pub flags: u8,
    pub seq: u32,
    pub ack: u32,
    pub len: u32,
    pub mss: Option<u16>,
    pub comment: String,
    /// Whether the checksums of both headers were checked and found right.
    pub checksums_good: bool,
    /// Completeness of its stream (1 SYN, 2 SYN-ACK, 4 ACK, 8 data, 16 FIN, 32 RST).
    pub completeness: u8,
    /// Expert notes of severity «note» or worse.
    pub remarks: Vec<String>,
    pub malformed: bool,
}

impl Frame {
    /// Its flags as packetdrill writes them, and which way: `>S`, `<S.`, `>F.`;
    /// PSH counts only where data are.
    #[must_use]
    pub fn arrow(&self) -> String {
        let way = if self.interface == "A" { '>' } else { '<' };
        let flags = tcp::wire::Flags(self.flags);
        format!("{way}{flags}")
    }

    /// How many sequence numbers it takes up.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.len + tcp::wire::Flags(self.flags).sequence_length()
    }
}

const FIELDS: [&str; 18] = [
    "frame.interface_name",
    "frame.time_epoch",
    "tcp.stream",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.flags",
    "tcp.seq_raw",
    "tcp.ack_raw",
    "tcp.len",
    "tcp.options.mss_val",
    "frame.comment",
    "ip.checksum.status",
    "tcp.checksum.status",
    "tcp.completeness",
    "_ws.expert.severity",
    "_ws.expert.message",
    "_ws.malformed",
    "ip.version",
];

/// Expert severities from here on say that something is odd («note»); below is chat.
const SEVERITY_NOTE: u32 = 0x0040_0000;

/// All frames of a capture; `None` (and the running test noted as skipped) where
/// tshark is missing.
///
/// # Panics
/// tshark refuses the capture, or prints what this cannot read.
#[must_use]
pub fn frames(capture: &[u8]) -> Option<Vec<Frame>> {
    let Some(tshark) = crate::program("tshark") else {
        crate::skip("tshark is not installed");
        return None;
    };
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let file = env::temp_dir().join(format!(
        "tcp-playground-{}-{number}.pcapng",
        std::process::id()
    ));
    fs::write(&file, capture).expect("a temporary file can be written");
    let mut command = Command::new(tshark);
    command.args(["-n", "-2", "-r"]).arg(&file);
    // Whatever the port is called by somebody, the payload is bytes: port 34980 alone would make EtherCAT of it, and malformed at that.
    command.args(["-d", "tcp.port==0-65535,data"]);
    command.args([
        "-o",
        "tcp.check_checksum:TRUE",
        "-o",
        "ip.check_checksum:TRUE",
    ]);
    command.args([
        "-T",
        "fields",
        "-E",
        "separator=/t",
        "-E",
        "occurrence=a",
        "-E",
        "aggregator=|",
    ]);
    for field in FIELDS {
        command.args(["-e", field]);
    }
    let output = command.output().expect("tshark starts");
    fs::remove_file(&file).expect("the temporary file is ours");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "tshark refuses the capture: {complaint}"
    );
    let text = String::from_utf8(output.stdout).expect("tshark prints UTF-8");
    Some(text.lines().map(frame).collect())
}

fn frame(line: &str) -> Frame {
    let fields: Vec<&str> = line.split('\t').collect();
    assert_eq!(fields.len(), FIELDS.len(), "{line}");
    let [
        interface,
        time,
        stream,
        source_port,
        destination_port,
        flags,
        seq,
        ack,
        len,
        mss,
        comment,
        ip_checksum,
        tcp_checksum,
        completeness,
        severities,
        messages,
        malformed,
        version,
    ] = fields[..]
    else {
        unreachable!("counted above")
    };
    let remarks = severities
        .split('|')
        .zip(messages.split('|'))
        .filter(|(severity, _)| {
            severity
                .parse()
                .is_ok_and(|severity: u32| severity >= SEVERITY_NOTE)
        })
        .map(|(_, message)| message.to_owned())
        .collect();
    let (seconds, fraction) = time.split_once('.').expect("an epoch time");
    let micros: u64 = fraction
        .get(..6)
        .expect("microseconds")
        .parse()
        .expect("digits");
    Frame {
        interface: interface.into(),
        time_us: seconds.parse::<u64>().expect("seconds") * 1_000_000 + micros,
        stream: stream.parse().ok(),
        source_port: source_port.parse().unwrap_or(0),
        destination_port: destination_port.parse().unwrap_or(0),
        flags: u16::from_str_radix(flags.trim_start_matches("0x"), 16).unwrap_or(0) as u8,
        seq: seq.parse().unwrap_or(0),
        ack: ack.parse().unwrap_or(0),
        len: len.parse().unwrap_or(0),
        mss: mss.parse().ok(),
        comment: comment.into(),
        // IPv6 has no header checksum.
        checksums_good: (version == "6" || ip_checksum == "1") && tcp_checksum == "1",
        completeness: completeness.parse().unwrap_or(0),
        remarks,
        malformed: !malformed.is_empty(),
    }
}
