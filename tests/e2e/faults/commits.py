"""A way to the server that counts what was committed, and tells before coach hears of it.

It passes bytes between coach and PostgreSQL on Unix sockets. The moment after a commit is the one
to kill at: everything before it is rolled back, so what can be left half done is what was
committed, one commit after the other.

A function that writes is called by a select. Where that matters, `counts_reads` has every answer
counted that leaves no transaction open.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
CHUNK = 1 << 16
HEAD = 5
"""Bytes before the body of each message of the server: its letter, and its length."""
READS = {"SELECT", "SHOW", "FETCH", "DECLARE", "CLOSE", "LISTEN", "NOTIFY", "SET", "DISCARD"}
BRACKETS = {"BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"}


class Answers:
    """What the server says on one connection, message by message."""

    def __init__(self, *, counts_reads: bool) -> None:
        self._counts_reads = counts_reads
        self._waiting = b""
        self._wrote = False
        self._last = ""

    def split(self, chunk: bytes) -> Iterator[tuple[bytes, bool]]:
        """Yield whole messages, each with whether it says that something was committed."""
        self._waiting += chunk
        while len(self._waiting) >= HEAD:
            length = 1 + int.from_bytes(self._waiting[1:HEAD])
            if len(self._waiting) < length:
                return
            message, self._waiting = self._waiting[:length], self._waiting[length:]
            yield message, self._commits(message[:1], message[HEAD:])

    def _commits(self, letter: bytes, body: bytes) -> bool:
        if letter == b"C":
            self._last = body.split(b"\0")[0].split()[0].decode()
            self._wrote |= self._counts_reads or self._last not in READS | BRACKETS
        if letter != b"Z" or body != b"I":
            return False
        wrote, self._wrote = self._wrote, False
        return wrote and self._last != "ROLLBACK"


class Commits:
    """Counts the commits of all connections, and calls `on_commit` with the number of each."""

    def __init__(self, server: Path, folder: Path) -> None:
        self.count = 0
        self.counts_reads = False
        self.on_commit: Callable[[int], None] = ignore
        self._server = server / SOCKET
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def begin(self, on_commit: Callable[[int], None]) -> None:
        """Count from zero, for another command."""
        with self._lock:
            self.count, self.on_commit = 0, on_commit

    def _accept(self) -> None:
        while True:
            try:
                coach, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self._server))
            except OSError:
                hang_up(coach, server)
                continue
            threading.Thread(target=self._pass_on, args=(coach, server), daemon=True).start()
            threading.Thread(target=self._listen_in, args=(server, coach), daemon=True).start()

    def _pass_on(self, coach: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while chunk := coach.recv(CHUNK):
                server.sendall(chunk)
        hang_up(coach, server)

    def _listen_in(self, server: socket.socket, coach: socket.socket) -> None:
        answers = Answers(counts_reads=self.counts_reads)
        with suppress(OSError):
            while chunk := server.recv(CHUNK):
                for message, committed in answers.split(chunk):
                    if committed:
                        self._committed()
                    coach.sendall(message)
        hang_up(coach, server)

    def _committed(self) -> None:
        with self._lock:
            self.count += 1
            self.on_commit(self.count)


def ignore(_count: int) -> None:
    """Do nothing at a commit."""


def hang_up(*ends: socket.socket) -> None:
    """Close both ends, and wake whoever still reads from them."""
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
