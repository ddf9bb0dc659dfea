"""Joins two network namespaces by a TUN device in each and passes datagrams on
after a delay, writing each down when its sender sends it (pcap, raw IP).

relay.py NAMESPACE NAMESPACE FILE DELAY_MS [DROP]: DROP are numbers, from 1, of
datagrams that are written down but not passed on."""

import ctypes
import fcntl
import heapq
import os
import select
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 1, 0x1000, 0x40000000
LINKTYPE_RAW = 101


def attach(namespace):
    with open(f"/run/netns/{namespace}") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH14x", b"tcp0", IFF_TUN | IFF_NO_PI))
    return device


def main():
    first, second, name, delay, *drop = sys.argv[1:]
    devices = [attach(first), attach(second)]
    delay = int(delay) / 1000
    drop = set(map(int, drop))
    # Time in the capture starts with the first datagram.
    start = None
    waiting, number = [], 0
    with open(name, "wb") as capture:
        capture.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_RAW))
        print("ok", flush=True)
        while True:
            patience = max(0, waiting[0][0] - time.monotonic()) if waiting else None
            ready, _, _ = select.select([sys.stdin, *devices], [], [], patience)
            if sys.stdin in ready:
                break
            now = time.monotonic()
            for side, device in enumerate(devices):
                if device not in ready:
                    continue
                datagram = os.read(device, 65536)
                # Router solicitations and the like are not the subject.
                if datagram[0] >> 4 != 4 or datagram[9] != 6:
                    continue
                number += 1
                start = now if start is None else start
                stamp = int((now - start) * 1_000_000)
                length = len(datagram)
                head = struct.pack("<IIII", stamp // 1_000_000, stamp % 1_000_000, length, length)
                capture.write(head + datagram)
                if number not in drop:
                    heapq.heappush(waiting, (now + delay, number, 1 - side, datagram))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, side, datagram = heapq.heappop(waiting)
                os.write(devices[side], datagram)
    print("ok", flush=True)


main()
