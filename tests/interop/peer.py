"""A socket application that is told what to do on standard input, a command a
line, and answers each with a line: `ok …` or `error ECONNRESET`."""

import errno
import hashlib
import select
import socket
import struct
import sys
import threading
import time

CHUNK = 1 << 16
PATTERN = bytes((i * 31 + (i >> 8) * 7) & 0xFF for i in range(CHUNK))


class Peer:
    def __init__(self):
        self.listener = None
        self.socket = None
        self.thread = None
        self.trouble = None
        self.options = []
        self.forget()

    def forget(self):
        self.sent, self.sent_hash = 0, hashlib.sha256()
        self.received, self.received_hash = 0, hashlib.sha256()

    def fresh(self, address):
        version = socket.AF_INET6 if ":" in address else socket.AF_INET
        new = socket.socket(version, socket.SOCK_STREAM)
        new.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for level, name, value in self.options:
            new.setsockopt(level, name, value)
        return new

    def option(self, name, value):
        """An option of sockets to come, and of the one there is."""
        level = socket.SOL_SOCKET if name.startswith("SO_") else socket.IPPROTO_TCP
        option = (level, getattr(socket, name), int(value))
        self.options.append(option)
        if self.socket:
            self.socket.setsockopt(*option)

    def listen(self, address, port, backlog="64"):
        self.listener = self.fresh(address)
        self.listener.bind((address, int(port)))
        self.listener.listen(int(backlog))

    def accept(self):
        self.forget()
        self.socket, remote = self.listener.accept()
        return remote[1]

    def connect(self, address, port, local_port="0"):
        self.begin(address, port, local_port)
        return self.established()

    def begin(self, address, port, local_port="0"):
        """A connect that does not wait."""
        self.forget()
        self.socket = self.fresh(address)
        if local_port != "0":
            self.socket.bind(("", int(local_port)))
        self.socket.setblocking(False)
        error = self.socket.connect_ex((address, int(port)))
        if error not in (0, errno.EINPROGRESS):
            raise OSError(error, "")

    def established(self):
        """Waits for `begin` to come to something."""
        select.select([], [self.socket], [])
        error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, "")
        self.socket.setblocking(True)
        return self.socket.getsockname()[1]

    def send(self, count):
        left = int(count)
        while left > 0:
            start = self.sent % CHUNK
            piece = PATTERN[start : start + min(left, CHUNK - start)]
            self.socket.sendall(piece)
            self.sent += len(piece)
            self.sent_hash.update(piece)
            left -= len(piece)

    def say(self, *words):
        """Sends a line of text."""
        self.socket.sendall((" ".join(words) + "\n").encode())

    def rest(self, milliseconds):
        """Does nothing for a while."""
        time.sleep(int(milliseconds) / 1000)

    def send_behind(self, count):
        """Sends while other commands go on; `join` waits for it."""

        def run():
            try:
                self.send(count)
            except OSError as error:
                self.trouble = error

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def join(self):
        self.thread.join()
        trouble, self.trouble = self.trouble, None
        if trouble:
            raise trouble

    def take(self, limit):
        piece = self.socket.recv(limit)
        self.received += len(piece)
        self.received_hash.update(piece)
        return piece

    def receive(self, count):
        while self.received < int(count):
            if not self.take(min(CHUNK, int(count) - self.received)):
                raise OSError(errno.ENODATA, "")
        return self.received

    def eof(self):
        while self.take(CHUNK):
            pass
        return self.received

    def readable(self):
        """Waits until something can be read, and leaves it there."""
        select.select([self.socket], [], [])

    def eof_close(self):
        self.eof()
        self.close()

    def sums(self):
        return " ".join(
            map(str, [self.sent, self.sent_hash.hexdigest(), self.received, self.received_hash.hexdigest()])
        )

    def shutdown(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    def abort(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def serve(self, count):
        """So many connections one after the other, each read to its end, echoed and closed."""
        total = 0
        for _ in range(int(count)):
            accepted, _ = self.listener.accept()
            piece = b""
            while more := accepted.recv(CHUNK):
                piece += more
            accepted.sendall(piece)
            accepted.close()
            total += len(piece)
        return total

    def visit(self, address, port, count):
        """So many connections one after the other, each with a few bytes that have to come back."""
        for number in range(int(count)):
            with self.fresh(address) as visitor:
                visitor.connect((address, int(port)))
                text = b"visit %d" % number
                visitor.sendall(text)
                visitor.shutdown(socket.SHUT_WR)
                answer = b""
                while more := visitor.recv(CHUNK):
                    answer += more
                if answer != text:
                    raise OSError(errno.EBADMSG, "")


def main():
    peer = Peer()
    print("ok", flush=True)
    for line in sys.stdin:
        name, *arguments = line.split()
        try:
            answer = getattr(peer, name)(*arguments)
            print("ok" if answer is None else f"ok {answer}", flush=True)
        except OSError as error:
            print("error", errno.errorcode.get(error.errno, error), flush=True)


main()
