//! `getsockopt`, `setsockopt` and `ioctl`.

use tcp::event::SocketId;
use tcp::stack::SocketOption;
use tcp::state::State;
use tcp::time::Duration;

use super::ast::{Expression, ExpressionKind};
use super::calls::{Arguments, Returned};
use super::dialect::Dialect;
use super::errno;
use super::report::Failure;
use super::runner::Runner;

/// Options that are taken and remembered, and change nothing that shows.
const REMEMBERED: &[&str] = &[
    "SO_REUSEPORT",
    "SO_REUSEPORT_LB",
    "SO_OOBINLINE",
    "SO_DEBUG",
    "SO_DONTROUTE",
    "SO_NOSIGPIPE",
    "SO_PRIORITY",
    "SO_MARK",
    "SO_BUSY_POLL",
    "SO_INCOMING_CPU",
    "SO_TIMESTAMP",
    "SO_ZEROCOPY",
    "TCP_INQ",
    "TCP_SYNCNT",
    "TCP_LINGER2",
    "TCP_FASTOPEN_NO_COOKIE",
    "TCP_NOTSENT_LOWAT",
    "TCP_WINDOW_CLAMP_NONE",
    "IPV6_V6ONLY",
    "IP_MTU_DISCOVER",
    "IPV6_MTU_DISCOVER",
    "IP_RECVERR",
    "IPV6_RECVERR",
    "IP_FREEBIND",
    "TCP_SAVE_SYN",
    "TCP_LOG",
];

impl Runner {
    fn name_of<'a>(
        arguments: &'a Arguments<'_>,
        index: usize,
    ) -> Result<(&'a str, &'a Expression), Failure> {
        let argument = arguments.get(index)?;
        match &argument.kind {
            ExpressionKind::Word(word) => Ok((word, argument)),
            _ => Err(arguments.wrong(argument.place, "the name of an option is wanted here")),
        }
    }

    /// Reads a value as `getsockopt` gives it.
    pub(super) fn getsockopt(
        &mut self,
        arguments: &Arguments<'_>,
        fd: i64,
    ) -> Result<Returned, Failure> {
        let (name, at) = Self::name_of(arguments, 2)?;
        let file = self.fds.get(&fd).expect("the caller looked it up").clone();
        let socket = file.socket;
        let status = self.stack.status(socket).ok();
        let wanted = arguments.get(3)?;
        let dialect = self.dialect;
        let tcp_level = name.starts_with("TCP_");
        let ended = self.told.get(&socket.0).is_some_and(|told| told.ended);
        if tcp_level && ended && dialect == Dialect::FreeBsd {
            return Ok(Returned::error("ECONNRESET"));
        }
        let ms = |time: Duration| (time.0 / 1_000) as i64;
        let seconds = |time: Duration| (time.0 / 1_000_000) as i64;
        let settings = &self.settings;
        let remembered = |default: i64| file.remembered.get(name).copied().unwrap_or(default);
        let value = match name {
            "SO_ERROR" => {
                let error = self
                    .told
                    .get_mut(&socket.0)
                    .and_then(|told| told.error.take());
                let matches = match &wanted.kind {
                    ExpressionKind::List(list) if list.len() == 1 => match &list[0].kind {
                        ExpressionKind::Word(word) => error == Some(word.as_str()),
                        ExpressionKind::Ellipsis => true,
                        _ => {
                            arguments.value(&list[0])?
                                == error.map_or(0, |e| errno::number(e, dialect))
                        }
                    },
                    ExpressionKind::Ellipsis => true,
                    _ => return Err(arguments.wrong(wanted.place, "«[n]» is wanted here")),
                };
                return if matches {
                    Ok(Returned::value(0))
                } else {
                    Err(arguments.wrong(
                        wanted.place,
                        &format!("SO_ERROR is {}", error.unwrap_or("0")),
                    ))
                };
            }
            "SO_LINGER" => {
                let on = file.linger.0;
                let time = file.linger.1;
                for (member, got) in [("onoff", on), ("linger", time)] {
                    if let Some(value) = wanted.field(member)
                        && !value.is_ellipsis()
                        && arguments.value(value)? != got
                    {
                        return Err(arguments.wrong(value.place, &format!("{member} is {got}")));
                    }
                }
                return Ok(Returned::value(0));
            }
            "SO_RCVBUF" => {
                let size = i64::from(self.receive_buffer(fd));
                if dialect == Dialect::Linux && file.remembered.contains_key(name) {
                    size * 2
                } else {
                    size
                }
            }
            "SO_SNDBUF" => remembered(i64::from(settings.send_buffer)),
            "SO_REUSEADDR" | "SO_KEEPALIVE" | "TCP_NODELAY" | "TCP_CORK" | "TCP_NOPUSH"
            | "TCP_NOOPT" | "TCP_USER_TIMEOUT" | "TCP_DEFER_ACCEPT" | "TCP_FASTOPEN" => {
                remembered(0)
            }
            "TCP_QUICKACK" => remembered(1),
            "SO_TYPE" => 1,
            "SO_PROTOCOL" => 6,
            "SO_ACCEPTCONN" => i64::from(file.listening),
            "TCP_MAXSEG" => match &status {
                Some(status) if status.state != State::Closed && status.mss_effective > 0 => {
                    i64::from(status.mss_effective)
                }
                _ => remembered(if dialect == Dialect::FreeBsd && self.config.ipv6 {
                    1_220
                } else {
                    536
                }),
            },
            "TCP_KEEPIDLE" => remembered(seconds(settings.keep_alive_interval)),
            "TCP_KEEPINTVL" => remembered(seconds(settings.keep_alive_probe_interval)),
            "TCP_KEEPCNT" => remembered(i64::from(settings.keep_alive_count)),
            "TCP_KEEPINIT" => remembered(settings.syn_time_limit.map_or(0, seconds)),
            "TCP_DELACK" => remembered(ms(settings.delayed_ack_time)),
            "TCP_CONGESTION" | "TCP_INFO" | "TCP_CC_INFO" => return Ok(Returned::value(0)),
            _ if REMEMBERED.contains(&name) => remembered(0),
            _ => {
                return Err(arguments.wrong(at.place, &format!("the option «{name}» is not there")));
            }
        };
        match &wanted.kind {
            ExpressionKind::Ellipsis => Ok(Returned::value(0)),
            ExpressionKind::List(list) if list.len() == 1 && !list[0].is_ellipsis() => {
                let expected = arguments.value(&list[0])?;
                if expected == value {
                    Ok(Returned::value(0))
                } else {
                    Err(arguments
                        .wrong(wanted.place, &format!("{name} is {value}, not {expected}")))
                }
            }
            ExpressionKind::List(_) => Ok(Returned::value(0)),
            _ => Err(arguments.wrong(wanted.place, "«[n]» is wanted here")),
        }
    }

    /// What `SO_RCVBUF` is. FreeBSD rounds it up to whole segments once the MSS is known.
    fn receive_buffer(&self, fd: i64) -> u32 {
        let file = &self.fds[&fd];
        let set = file
            .remembered
            .get("SO_RCVBUF")
            .map_or(self.settings.receive_buffer, |size| *size as u32);
        let Ok(status) = self.stack.status(file.socket) else {
            return set;
        };
        if self.dialect == Dialect::FreeBsd && status.state.is_synchronized() {
            let mss = u32::from(status.mss_peer.min(status.mss_announced).max(1));
            return set.div_ceil(mss) * mss;
        }
        set
    }

    /// Sets an option.
    pub(super) fn setsockopt(
        &mut self,
        arguments: &Arguments<'_>,
        fd: i64,
    ) -> Result<Returned, Failure> {
        let (name, at) = Self::name_of(arguments, 2)?;
        let name = name.to_owned();
        let argument = arguments.get(3)?;
        let socket = self.fds[&fd].socket;
        if name == "SO_LINGER" {
            let member = |name: &str| match argument.field(name) {
                Some(value) => arguments.value(value),
                None => {
                    Err(arguments.wrong(argument.place, "«{onoff=…, linger=…}» is wanted here"))
                }
            };
            let linger = (member("onoff")?, member("linger")?);
            if let Some(file) = self.fds.get_mut(&fd) {
                file.linger = linger;
            }
            return Ok(Returned::value(0));
        }
        if name == "TCP_CONGESTION" {
            let ExpressionKind::Text(text) = &argument.kind else {
                return Err(arguments.wrong(argument.place, "a name in quotes is wanted here"));
            };
            let value = String::from_utf8_lossy(text).into_owned();
            let mut settings = self.settings.clone();
            super::dialect::set(&mut settings, "net.ipv4.tcp_congestion_control", &value).map_err(
                |_| {
                    arguments.wrong(
                        argument.place,
                        &format!("the congestion control «{value}» is not there"),
                    )
                },
            )?;
            self.reconfigure(settings);
            return Ok(Returned::value(0));
        }
        let value = arguments.value(argument)?;
        let number = u64::try_from(value).unwrap_or(0);
        let option = match name.as_str() {
            "SO_REUSEADDR" => Some(SocketOption::ReuseAddress(value != 0)),
            "SO_RCVBUF" | "SO_RCVBUFFORCE" => Some(SocketOption::ReceiveBuffer(number as u32)),
            // Linux takes twice of what is asked for.
            "SO_SNDBUF" | "SO_SNDBUFFORCE" => {
                let twice = u64::from(self.dialect == Dialect::Linux) + 1;
                Some(SocketOption::SendBuffer((number * twice) as u32))
            }
            "SO_KEEPALIVE" => {
                let idle = self.fds[&fd].remembered.get("TCP_KEEPIDLE").copied();
                let interval = idle.map_or(self.settings.keep_alive_interval, |idle| {
                    Duration::from_secs(idle.unsigned_abs())
                });
                Some(SocketOption::KeepAlive((value != 0).then_some(interval)))
            }
            "TCP_KEEPIDLE" => {
                let on = self.fds[&fd].remembered.get("SO_KEEPALIVE") == Some(&1);
                let on = on || self.settings.keep_alive;
                on.then(|| SocketOption::KeepAlive(Some(Duration::from_secs(number))))
            }
            "TCP_KEEPINTVL" | "TCP_KEEPCNT" | "TCP_KEEPINIT" => {
                let mut settings = self.settings.clone();
                match name.as_str() {
                    "TCP_KEEPINTVL" => {
                        settings.keep_alive_probe_interval = Duration::from_secs(number.max(1));
                    }
                    "TCP_KEEPCNT" => settings.keep_alive_count = (number as u32).clamp(1, 255),
                    _ => settings.syn_time_limit = Some(Duration::from_secs(number.max(1))),
                }
                self.reconfigure(settings);
                None
            }
            "TCP_NODELAY" => {
                let result = self.set_option(socket, SocketOption::NoDelay(value != 0));
                if result.is_ok() && value != 0 {
                    self.uncork(fd);
                }
                Some(SocketOption::NoDelay(value != 0))
            }
            "TCP_MAXSEG" => Some(SocketOption::MaximumSegmentSize(number as u16)),
            "TCP_USER_TIMEOUT" => Some(SocketOption::UserTimeout(
                (value > 0).then(|| Duration::from_millis(number)),
            )),
            "TCP_CORK" | "TCP_NOPUSH" => {
                if let Some(file) = self.fds.get_mut(&fd) {
                    file.corked = value != 0;
                }
                if value == 0 {
                    self.uncork(fd);
                }
                None
            }
            "TCP_QUICKACK" => {
                let mut settings = self.settings.clone();
                settings.delayed_ack = value == 0;
                self.reconfigure(settings);
                None
            }
            "TCP_NOOPT" => {
                let mut settings = self.settings.clone();
                if value != 0 {
                    settings.send_mss_option = false;
                    settings.window_scale = false;
                    settings.timestamps = false;
                    settings.sack = false;
                }
                self.reconfigure(settings);
                None
            }
            "TCP_WINDOW_CLAMP" => Some(SocketOption::ReceiveBuffer(number as u32)),
            "TCP_DEFER_ACCEPT" | "TCP_FASTOPEN" if value == 0 => None,
            name if REMEMBERED.contains(&name) => None,
            _ => {
                return Err(arguments.wrong(at.place, &format!("the option «{name}» is not there")));
            }
        };
        if name == "SO_RCVBUF"
            && self.dialect == Dialect::Linux
            && self.state_of(socket) == State::Closed
        {
            // A buffer of one's own needs no greater scale than itself.
            let mut settings = self.settings.clone();
            settings.window_scale_shift = (0..14)
                .find(|shift| number >> shift <= 0xffff)
                .unwrap_or(14);
            self.reconfigure(settings);
        }
        if let Some(file) = self.fds.get_mut(&fd) {
            file.remembered.insert(name, value);
        }
        if let Some(option) = option
            && let Err(error) = self.set_option(socket, option)
        {
            return Ok(Returned::error(errno::of_call_error(error)));
        }
        Ok(Returned::value(0))
    }

    /// Queues and non-blocking mode by `ioctl`.
    pub(super) fn ioctl(
        &mut self,
        arguments: &Arguments<'_>,
        fd: i64,
    ) -> Result<Returned, Failure> {
        let (name, at) = Self::name_of(arguments, 1)?;
        let socket: SocketId = self.fds[&fd].socket;
        let status = self.stack.status(socket).ok();
        let peeked = self.fds[&fd].peeked.len() as i64;
        let outstanding = status
            .as_ref()
            .map_or(0, |s| i64::from(s.snd_nxt.since(s.snd_una)));
        let queued = status.as_ref().map_or(0, |s| i64::from(s.send_queue));
        let value = match name {
            "SIOCINQ" | "FIONREAD" => {
                status.as_ref().map_or(0, |s| i64::from(s.receive_queue)) + peeked
            }
            "SIOCOUTQ" | "TIOCOUTQ" | "FIONWRITE" => queued,
            "SIOCOUTQNSD" => (queued - outstanding).max(0),
            "FIONSPACE" => i64::from(self.settings.send_buffer) - queued,
            "FIONBIO" => {
                let on = arguments.number(2)? != 0;
                if let Some(file) = self.fds.get_mut(&fd) {
                    file.nonblocking = on;
                }
                return Ok(Returned::value(0));
            }
            _ => {
                return Err(
                    arguments.wrong(at.place, &format!("the request «{name}» is not there"))
                );
            }
        };
        let wanted = arguments.get(2)?;
        let expected = match &wanted.kind {
            ExpressionKind::Ellipsis => return Ok(Returned::value(0)),
            ExpressionKind::List(list) if list.len() == 1 && list[0].is_ellipsis() => {
                return Ok(Returned::value(0));
            }
            _ => arguments.value(wanted)?,
        };
        if expected == value {
            Ok(Returned::value(0))
        } else {
            Err(arguments.wrong(wanted.place, &format!("{name} is {value}, not {expected}")))
        }
    }
}
