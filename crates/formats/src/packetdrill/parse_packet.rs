//! The `<` and `>` lines.

use super::ast::{Action, Direction, Ecn, Icmp, IpSpec, ScriptError, Segment, TcpOption, flag};
use super::lexer::Token;
use super::parser::Parser;
use super::wanted::What;

const U16: u64 = u16::MAX as u64;
const U32: u64 = u32::MAX as u64;

impl Parser {
    pub(super) fn packet(&mut self, direction: Direction) -> Result<Action, ScriptError> {
        let place = self.place();
        self.next();
        for encapsulation in ["ipv4", "ipv6", "gre", "GREv0", "mpls"] {
            if self.is_word(encapsulation) {
                return self.error(format!("{encapsulation} encapsulation is not there"));
            }
        }
        if self.is_sign('[') && matches!(self.peek_at(1), Some(Token::Integer(_))) {
            // `[seq:end(len)] icmp …`: what is quoted, in front.
            let quoted = self.quoted()?;
            if !self.accept_word("icmp") {
                return self.wanted(What::Icmp);
            }
            let mut icmp = self.icmp(place, direction)?;
            icmp.quoted = quoted;
            return Ok(Action::Icmp(icmp));
        }
        let ip = self.ip_spec()?;
        if self.accept_word("icmp") {
            return self.icmp(place, direction).map(Action::Icmp);
        }
        for other in ["udp", "sctp", "udplite"] {
            if self.is_word(other) {
                return self.error(format!("{other} packets are not there, only tcp and icmp"));
            }
        }
        let ports = if matches!(self.peek(), Some(Token::Integer(_)))
            && self.peek_at(1) == Some(&Token::Sign('>'))
        {
            let source = self.number(What::SourcePort, U16)?;
            self.expect('>')?;
            Some((
                source as u16,
                self.number(What::DestinationPort, U16)? as u16,
            ))
        } else {
            None
        };
        let flags = self.flags()?;
        let (seq, len) = self.sequence()?;
        let ack = if self.accept_word("ack") {
            Some(self.number(What::Acknowledgement, U32)? as u32)
        } else {
            None
        };
        let window = if self.accept_word("win") {
            Some(self.number(What::Window, U16)? as u16)
        } else {
            None
        };
        let urgent = if self.accept_word("urg") {
            Some(self.number(What::UrgentPointer, U16)? as u16)
        } else {
            None
        };
        let options = self.options(direction)?;
        if self.is_sign('{') {
            return self.error("fuzzing of packets is not there");
        }
        if direction == Direction::Inbound && window.is_none() {
            return Err(ScriptError::new(
                place,
                "an injected segment has to say its window",
            ));
        }
        if direction == Direction::Inbound && seq.is_none() {
            return Err(ScriptError::new(
                place,
                "an injected segment has to say its sequence number",
            ));
        }
        Ok(Action::Segment(Segment {
            place,
            direction,
            ip,
            ports,
            flags,
            seq,
            len,
            ack,
            window,
            urgent,
            options,
        }))
    }

    fn ip_spec(&mut self) -> Result<IpSpec, ScriptError> {
        let mut spec = IpSpec::default();
        let close = if self.accept('[') {
            ']'
        } else if self.accept('(') {
            ')'
        } else {
            return Ok(spec);
        };
        loop {
            let place = self.place();
            let word = self.word(What::IpField)?;
            match word.as_str() {
                "noecn" => spec.ecn = Some(Ecn::Bits(0)),
                "ect1" => spec.ecn = Some(Ecn::Bits(1)),
                "ect0" => spec.ecn = Some(Ecn::Bits(2)),
                "ce" => spec.ecn = Some(Ecn::Bits(3)),
                "ect01" => spec.ecn = Some(Ecn::Either),
                "tos" => spec.tos = Some(self.number(What::TypeOfService, 255)? as u8),
                "ttl" => spec.ttl = Some(self.number(What::TimeToLive, 255)? as u8),
                "flowlabel" => {
                    spec.flow_label = Some(self.number(What::FlowLabel, 0xf_ffff)? as u32);
                }
                _ => {
                    return Err(ScriptError::new(
                        place,
                        format!("«{word}» is not understood here"),
                    ));
                }
            }
            if self.accept(close) {
                return Ok(spec);
            }
            self.expect(',')?;
        }
    }

    fn flags(&mut self) -> Result<u16, ScriptError> {
        let place = self.place();
        let mut flags = 0;
        match self.next() {
            Some(Token::Sign('-')) => return Ok(0),
            Some(Token::Sign('.')) => flags |= flag::ACK,
            Some(Token::Word(letters)) => {
                for letter in letters.chars() {
                    flags |= match letter {
                        'F' => flag::FIN,
                        'S' => flag::SYN,
                        'R' => flag::RST,
                        'P' => flag::PSH,
                        'U' => flag::URG,
                        'E' => flag::ECE,
                        'W' | 'C' => flag::CWR,
                        'A' | 'N' => flag::AE,
                        _ => {
                            return Err(ScriptError::new(
                                place,
                                format!("«{letters}» is not a set of TCP flags"),
                            ));
                        }
                    };
                }
                if !self.spaced() && self.accept('.') {
                    flags |= flag::ACK;
                } else if !self.spaced() && matches!(self.peek(), Some(Token::Decimal(_))) {
                    flags |= self.ace()?;
                }
            }
            Some(Token::Decimal(_)) => {
                self.back();
                flags |= self.ace()?;
            }
            _ => {
                self.back();
                return self.wanted(What::Flags);
            }
        }
        Ok(flags)
    }

    /// `.5`: ACK, and the three bits of AccECN's counter.
    fn ace(&mut self) -> Result<u16, ScriptError> {
        if let Some(Token::Decimal(text)) = self.peek()
            && let Some(digit @ b'0'..=b'7') = text.as_bytes().get(1)
            && text.len() == 2
        {
            let ace = u16::from(digit - b'0');
            self.next();
            let bits = [(4, flag::AE), (2, flag::CWR), (1, flag::ECE)];
            return Ok(bits.iter().fold(flag::ACK, |flags, (bit, name)| {
                flags | if ace & bit != 0 { *name } else { 0 }
            }));
        }
        self.error("this is not a set of TCP flags")
    }

    /// `start:end(len)` or `...(len)`.
    fn sequence(&mut self) -> Result<(Option<u32>, u16), ScriptError> {
        let place = self.place();
        let range = if self.peek() == Some(&Token::Ellipsis) {
            self.next();
            None
        } else {
            let start = self.number(What::Sequence, U32)? as u32;
            self.expect(':')?;
            let end = self.number(What::SequenceEnd, U32 + U16)?;
            Some((start, end))
        };
        self.expect('(')?;
        let len = self.number(What::PayloadLength, U16)? as u16;
        self.expect(')')?;
        if let Some((start, end)) = range
            && start.wrapping_add(u32::from(len)) != end as u32
        {
            return Err(ScriptError::new(
                place,
                "these sequence numbers and this length do not fit together",
            ));
        }
        Ok((range.map(|(start, _)| start), len))
    }

    fn options(&mut self, direction: Direction) -> Result<Option<Vec<TcpOption>>, ScriptError> {
        if !self.is_sign('<') {
            return Ok(Some(Vec::new()));
        }
        let place = self.place();
        self.next();
        if self.peek() == Some(&Token::Ellipsis) {
            self.next();
            self.expect('>')?;
            if direction == Direction::Inbound {
                return Err(ScriptError::new(
                    place,
                    "<...> belongs to expected segments only",
                ));
            }
            return Ok(None);
        }
        let mut options = Vec::new();
        loop {
            options.push(self.option()?);
            if self.accept('>') {
                break;
            }
            self.expect(',')?;
        }
        if options.iter().map(encoded_length).sum::<usize>() > 40 {
            return Err(ScriptError::new(place, "these options exceed 40 bytes"));
        }
        Ok(Some(options))
    }

    fn option(&mut self) -> Result<TcpOption, ScriptError> {
        let place = self.place();
        let name = self.word(What::Option)?;
        Ok(match name.as_str() {
            "eol" => TcpOption::EndOfList,
            "nop" => TcpOption::NoOperation,
            "mss" => TcpOption::MaximumSegmentSize(self.number(What::Mss, U16)? as u16),
            "wscale" => TcpOption::WindowScale(self.number(What::ShiftCount, 255)? as u8),
            "sackOK" => TcpOption::SackPermitted,
            "sack" => {
                let mut blocks = Vec::new();
                while matches!(self.peek(), Some(Token::Integer(_))) {
                    let left = self.number(What::Sequence, U32)? as u32;
                    self.expect(':')?;
                    blocks.push((left, self.number(What::Sequence, U32)? as u32));
                }
                if blocks.is_empty() {
                    return self.wanted(What::Blocks);
                }
                TcpOption::Sack(blocks)
            }
            "TS" => {
                if !self.accept_word("val") {
                    return self.wanted(What::Val);
                }
                let value = self.number(What::Timestamp, U32)? as u32;
                if !self.accept_word("ecr") {
                    return self.wanted(What::Ecr);
                }
                let echo = self.number(What::Timestamp, U32)? as u32;
                TcpOption::Timestamps { value, echo }
            }
            "hex" => TcpOption::Bytes(self.hexadecimal()?),
            "FO" => self.fast_open(&[34])?,
            "FOEXP" => self.fast_open(&[254, 0xf9, 0x89])?,
            "md5" => self.fast_open(&[19])?,
            _ => {
                return Err(ScriptError::new(
                    place,
                    format!("the option «{name}» is not there"),
                ));
            }
        })
    }

    /// Bytes written as hexadecimal digits, which the scanner may have taken for a number.
    fn hexadecimal(&mut self) -> Result<Vec<u8>, ScriptError> {
        let text = match self.peek() {
            Some(Token::Word(word)) => word.clone(),
            Some(Token::Integer(value)) if *value >= 0 => value.to_string(),
            _ => return self.wanted(What::Hex),
        };
        // A number has lost its leading zeros; whole bytes get one back.
        let text = if text.len() % 2 == 1 {
            format!("0{text}")
        } else {
            text
        };
        let bytes: Option<Vec<u8>> = (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
            .collect();
        match bytes {
            Some(bytes) => {
                self.next();
                Ok(bytes)
            }
            None => self.wanted(What::Hex),
        }
    }

    /// An option this engine does not know, kept so that it can be injected and skipped.
    fn fast_open(&mut self, head: &[u8]) -> Result<TcpOption, ScriptError> {
        let body = if matches!(self.peek(), Some(Token::Word(_) | Token::Integer(_))) {
            self.hexadecimal()?
        } else {
            Vec::new()
        };
        let mut bytes = vec![head[0], (head.len() + 1 + body.len()) as u8];
        bytes.extend_from_slice(&head[1..]);
        bytes.extend_from_slice(&body);
        Ok(TcpOption::Bytes(bytes))
    }

    /// `[start:end(len)]`.
    fn quoted(&mut self) -> Result<Option<(u32, u16)>, ScriptError> {
        self.expect('[')?;
        if self.is_word("udp") || self.is_word("sctp") || self.is_word("raw") {
            return self.error("only TCP segments can be quoted");
        }
        let (seq, len) = self.sequence()?;
        self.expect(']')?;
        Ok(seq.map(|seq| (seq, len)))
    }

    fn icmp(
        &mut self,
        place: super::ast::Place,
        direction: Direction,
    ) -> Result<Icmp, ScriptError> {
        let kind = self.word(What::IcmpType)?;
        let code = match self.peek() {
            Some(Token::Word(word)) if word != "mtu" && word != "id" => {
                Some(self.word(What::IcmpCode)?)
            }
            _ => None,
        };
        let mtu = if self.accept_word("mtu") {
            Some(self.number(What::Mtu, U32)? as u32)
        } else {
            None
        };
        if self.is_word("id") {
            return self.error("ICMP echo is not there");
        }
        let quoted = if self.is_sign('[') {
            self.quoted()?
        } else {
            None
        };
        Ok(Icmp {
            place,
            direction,
            kind,
            code,
            mtu,
            quoted,
        })
    }
}

/// Bytes an option takes.
#[must_use]
pub fn encoded_length(option: &TcpOption) -> usize {
    match option {
        TcpOption::EndOfList | TcpOption::NoOperation => 1,
        TcpOption::MaximumSegmentSize(_) => 4,
        TcpOption::WindowScale(_) => 3,
        TcpOption::SackPermitted => 2,
        TcpOption::Sack(blocks) => 2 + 8 * blocks.len(),
        TcpOption::Timestamps { .. } => 10,
        TcpOption::Bytes(bytes) => bytes.len(),
    }
}
