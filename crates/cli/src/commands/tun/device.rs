//! A TUN device: whole IP datagrams in and out of the operating system, no
//! link headers, no offloads.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use nix::ifaddrs::getifaddrs;
use nix::libc;
use nix::net::if_::InterfaceFlags;
use nix::poll::poll;
use nix::sched::{CloneFlags, setns};

use crate::trouble::Trouble;

const CLONE_DEVICE: &str = "/dev/net/tun";

nix::ioctl_write_ptr_bad!(
    /// TUNSETIFF: this file is that interface from now on.
    tun_set_interface,
    nix::request_code_write!(b'T', 202, size_of::<libc::c_int>()),
    libc::ifreq
);

/// An open TUN device; reading and writing never wait.
pub struct Tun {
    file: File,
}

impl Tun {
    /// Attaches to the device of that name, which is made (and goes with this process) if it is not there.
    pub fn open(name: &str) -> Result<Tun, Trouble> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(libc::O_NONBLOCK | libc::O_CLOEXEC)
            .open(CLONE_DEVICE)
            .map_err(|error| Trouble::new(format!("{CLONE_DEVICE}: {error}")))?;
        let mut ifr_name = [0; libc::IFNAMSIZ];
        if name.is_empty() || name.len() >= ifr_name.len() || name.contains('\0') {
            return Err(Trouble::usage(format!(
                "--device: «{name}» is no name of an interface (1 to 15 bytes)"
            )));
        }
        for (to, from) in ifr_name.iter_mut().zip(name.bytes()) {
            *to = from as libc::c_char;
        }
        let request = libc::ifreq {
            ifr_name,
            ifr_ifru: libc::__c_anonymous_ifr_ifru {
                ifru_flags: (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short,
            },
        };
        // SAFETY: the file is open, and the kernel reads (and writes the name back into) a whole
        // `ifreq` that lives until the call is over.
        #[allow(unsafe_code)]
        let done = unsafe { tun_set_interface(file.as_raw_fd(), &raw const request) };
        done.map_err(|error| Trouble::new(format!("{name}: {}", error.desc())))?;
        Ok(Tun { file })
    }

    /// The next datagram from the operating system, into `buffer`; none if there is none now.
    pub fn receive<'a>(&mut self, buffer: &'a mut [u8]) -> Result<Option<&'a [u8]>, Trouble> {
        match self.file.read(buffer) {
            Ok(len) => Ok(Some(&buffer[..len])),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(Trouble::new(format!("reading from the device: {error}"))),
        }
    }

    /// Hands the operating system a datagram. What it has no room for is lost, as on any link.
    pub fn send(&mut self, datagram: &[u8]) -> Result<(), Trouble> {
        match self.file.write(datagram) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(Trouble::new(format!("writing to the device: {error}"))),
        }
    }
}

impl AsFd for Tun {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// Waits until the operating system can send through the device: it has to be
/// up, and a little while passes before it notices that somebody has attached.
pub fn wait_until_running(name: &str) -> Result<(), Trouble> {
    const PAUSE_MS: u8 = 2;
    let mut told = false;
    loop {
        let mut up = false;
        for interface in getifaddrs()
            .map_err(|error| Trouble::new(format!("interfaces: {}", error.desc())))?
            .filter(|interface| interface.interface_name == name)
        {
            up |= interface.flags.contains(InterfaceFlags::IFF_UP);
            if interface.flags.contains(InterfaceFlags::IFF_RUNNING) {
                return Ok(());
            }
        }
        if !up && !told {
            eprintln!("{name} is not up yet; give it an address, then: ip link set {name} up");
            told = true;
        }
        // Nothing to poll but the time.
        let _ = poll(&mut [], PAUSE_MS);
    }
}

/// Moves this process into a network namespace: a name as `ip netns` has them, or a path.
pub fn enter_namespace(name: &str) -> Result<(), Trouble> {
    let path = if name.contains('/') {
        name.to_owned()
    } else {
        format!("/run/netns/{name}")
    };
    let file =
        File::open(Path::new(&path)).map_err(|error| Trouble::new(format!("{path}: {error}")))?;
    setns(file, CloneFlags::CLONE_NEWNET)
        .map_err(|error| Trouble::new(format!("{path}: {}", error.desc())))
}
