//! The `--name=value` lines, and what the command line adds to them.

use std::net::IpAddr;

use tcp::settings::{Policy, Settings};

use super::ast::{Action, Direction, Place, Script, ScriptError, TcpOption, flag};

/// How a run is set up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// Whether packets are IPv6.
    pub ipv6: bool,
    /// How far a time may be off, in microseconds.
    pub tolerance_us: u64,
    /// How far a time may be off, in hundredths of a percent of the wait.
    pub tolerance_basis_points: u64,
    /// Microseconds a tick of the timestamp clock has; 0: its values are not checked.
    pub timestamp_tick_us: u64,
    /// The interface's MTU.
    pub mtu: u16,
    /// The engine's address.
    pub local: Option<IpAddr>,
    /// The other end's address.
    pub remote: Option<IpAddr>,
    /// The port that `bind(fd, ..., ...)` takes.
    pub bind_port: u16,
    /// The port that `connect(fd, ..., ...)` goes to.
    pub connect_port: u16,
    /// Whether wrong packets only warn.
    pub packets_may_differ: bool,
    /// `--policy`, an addition of this runner.
    pub policy: Option<Policy>,
    /// `--set=name=value`, an addition of this runner: settings of the engine by their own names.
    pub settings: Vec<(String, String)>,
    /// The window scale of the engine's SYN, where the script shows one.
    pub scale_shown: Option<u32>,
    /// The window of that SYN, where the script shows one.
    pub window_shown: Option<u32>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            ipv6: false,
            tolerance_us: 4_000,
            tolerance_basis_points: 100,
            timestamp_tick_us: 0,
            mtu: 1_500,
            local: None,
            remote: None,
            bind_port: 8_080,
            connect_port: 8_080,
            packets_may_differ: false,
            policy: None,
            settings: Vec::new(),
            scale_shown: None,
            window_shown: None,
        }
    }
}

impl Config {
    /// Takes the script's own options.
    ///
    /// # Errors
    /// An option that is not known, or a value that it does not take.
    pub fn apply(&mut self, script: &Script) -> Result<(), ScriptError> {
        for option in &script.options {
            let value = option.value.as_deref().unwrap_or("");
            let taken = self.option(&option.name, value);
            match taken {
                Some(true) => {}
                Some(false) => {
                    return Err(ScriptError::new(
                        option.place,
                        format!("--{} does not take «{value}»", option.name),
                    ));
                }
                None => {
                    return Err(ScriptError::new(
                        option.place,
                        format!("the option --{} is not there", option.name),
                    ));
                }
            }
        }
        Ok(())
    }

    /// Looks up what the script shows of the machine it was written on.
    pub fn look_at(&mut self, script: &Script) {
        let first = script.events.iter().find_map(|event| match &event.action {
            Action::Segment(segment)
                if segment.direction == Direction::Outbound && segment.flags & flag::SYN != 0 =>
            {
                Some(segment)
            }
            _ => None,
        });
        let Some(first) = first else { return };
        self.window_shown = first.window.map(u32::from).filter(|window| *window > 0);
        self.scale_shown = first
            .options
            .iter()
            .flatten()
            .find_map(|option| match option {
                TcpOption::WindowScale(shift) => Some(u32::from(*shift).min(14)),
                _ => None,
            });
    }

    /// Takes one option; false for a wrong value, none for an unknown name.
    pub fn option(&mut self, name: &str, value: &str) -> Option<bool> {
        fn put<T: std::str::FromStr>(target: &mut T, value: &str) -> bool {
            value.parse().map(|value| *target = value).is_ok()
        }
        Some(match name {
            "ip_version" => match value {
                "ipv4" | "ipv4-mapped-v6" | "ipv4_mapped_ipv6" => {
                    self.ipv6 = false;
                    true
                }
                "ipv6" => {
                    self.ipv6 = true;
                    true
                }
                _ => false,
            },
            "tolerance_usecs" => put(&mut self.tolerance_us, value),
            "tolerance_percent" => {
                let mut percent = 0_u64;
                let taken = put(&mut percent, value.split('.').next().unwrap_or(""));
                self.tolerance_basis_points = percent.saturating_mul(100);
                taken
            }
            "tcp_ts_tick_usecs" => put(&mut self.timestamp_tick_us, value),
            "mtu" => put(&mut self.mtu, value),
            "local_ip" => value.parse().map(|ip| self.local = Some(ip)).is_ok(),
            "remote_ip" => value
                .split('/')
                .next()
                .unwrap_or("")
                .parse()
                .map(|ip| self.remote = Some(ip))
                .is_ok(),
            "bind_port" => put(&mut self.bind_port, value),
            "connect_port" => put(&mut self.connect_port, value),
            "non_fatal" => {
                self.packets_may_differ = value.contains("packet");
                true
            }
            "policy" => {
                self.policy = Policy::from_id(value);
                self.policy.is_some()
            }
            "set" => match value.split_once('=') {
                Some((name, value)) => {
                    self.settings.push((name.to_owned(), value.to_owned()));
                    Settings::default().set(name, value).is_ok()
                }
                None => false,
            },
            "mss" | "gateway_ip" | "netmask_ip" | "init_scripts" | "verbose" | "speed"
            | "tcp_ts_ecr_scaled" | "tcp_ts_val_scaled" | "persistent_tun_dev" | "tun_dev"
            | "send_omit_free" | "code" | "debug" | "dry_run" | "define" | "strict_segments"
            | "no_cleanup" | "freebsd" => true,
            _ => return None,
        })
    }

    /// The engine's address and the other end's.
    #[must_use]
    pub fn addresses(&self) -> (IpAddr, IpAddr) {
        let (local, remote) = if self.ipv6 {
            (
                IpAddr::from([0xfd3d, 0x0a0b, 0x17d6, 0, 0, 0, 0, 1]),
                IpAddr::from([0xfd3d, 0xfa7b, 0xd17d, 0, 0, 0, 0, 1]),
            )
        } else {
            (IpAddr::from([192, 168, 0, 1]), IpAddr::from([192, 0, 2, 1]))
        };
        let fits = |ip: &IpAddr| ip.is_ipv6() == self.ipv6;
        (
            self.local.filter(fits).unwrap_or(local),
            self.remote.filter(fits).unwrap_or(remote),
        )
    }

    /// The words that `--define=NAME=value` replaces.
    #[must_use]
    pub fn definitions(script: &Script) -> Vec<(String, String)> {
        script
            .options
            .iter()
            .filter(|option| option.name == "define" || option.name == "D")
            .filter_map(|option| option.value.as_deref()?.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// A place for errors that belong to no line.
    #[must_use]
    pub fn nowhere() -> Place {
        Place { line: 1, column: 1 }
    }
}
