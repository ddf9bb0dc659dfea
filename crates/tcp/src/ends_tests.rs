use core::net::SocketAddr;

use super::*;

fn end(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

#[test]
fn what_goes_in_comes_out() {
    for (local, remote) in [
        ("10.0.0.1:1", "255.255.255.255:65535"),
        ("[fd00::1]:8080", "[fd00::2]:40000"),
        ("0.0.0.0:80", "0.0.0.0:0"),
        ("10.0.0.1:1", "[::ffff:10.0.0.2]:1"),
    ] {
        let (local, remote) = (end(local), end(remote));
        let ends = Ends::new(local, remote);
        assert_eq!((ends.local(), ends.remote()), (local, remote));
        assert_eq!(ends.local_port(), local.port());
        assert_eq!(ends.remote_port(), remote.port());
        assert_eq!(ends.is_v4(), local.is_ipv4());
        let both = local.is_ipv4() && remote.is_ipv4();
        assert_eq!(ends.v4_addresses().is_some(), both);
    }
}

#[test]
fn an_ipv6_address_is_not_the_ipv4_address_of_the_same_bits() {
    let v4 = Ends::new(end("0.0.0.5:1"), end("0.0.0.6:2"));
    let v6 = Ends::new(end("[::5]:1"), end("[::6]:2"));
    let half = Ends::new(end("[::5]:1"), end("0.0.0.6:2"));
    assert!(v4 != v6 && v4 != half && v6 != half);
    assert_eq!(v4, Ends::v4((5, 1), (6, 2)));
}

#[test]
fn the_hash_depends_on_every_part_and_on_the_keys() {
    let (keys, others) = (HashKeys::new(&[1; 16]), HashKeys::new(&[2; 16]));
    let all = [
        ("10.0.0.1:1", "10.0.0.2:2"),
        ("10.0.0.3:1", "10.0.0.2:2"),
        ("10.0.0.1:3", "10.0.0.2:2"),
        ("10.0.0.1:1", "10.0.0.3:2"),
        ("10.0.0.1:1", "10.0.0.2:3"),
        ("[fd00::1]:1", "[fd00::2]:2"),
        ("[fd01::1]:1", "[fd00::2]:2"),
        ("[fd00::1]:1", "[fd01::2]:2"),
    ]
    .map(|(local, remote)| Ends::new(end(local), end(remote)));
    for (at, one) in all.iter().enumerate() {
        assert_ne!(one.hash(&keys), one.hash(&others));
        for other in &all[..at] {
            assert_ne!(one.hash(&keys), other.hash(&keys));
        }
    }
}
