"""Servers that mean harm: each fault goes on for as long as the other side listens."""

import gzip
import random
import re
import socket
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from threading import Event, Thread

Answer = Callable[[socket.socket, str], None]
MEGABYTE = 1 << 20
THREE_GB = 3_000_000_000
OK = b"HTTP/1.1 200 OK\r\n"
JSON = b"Content-Type: application/json\r\n"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class HostileServer:
    """A server on loopback whose answers are spoiled by `fault`, where the path holds `where`.

    Other paths are answered with the text that `well` gives for a part of the path. `begun` is set
    when a fault begins.
    """

    def __init__(self, faults: Mapping[str, Answer], well: Mapping[str, str] | None = None) -> None:
        self.fault = ""
        self.where = ""
        self.begun = Event()
        self.asked: list[str] = []
        self._faults = faults
        self._well = dict(well or {})
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        Thread(target=self._listen, daemon=True).start()

    def set(self, fault: str, where: str = "") -> None:
        self.fault, self.where = fault, where
        self.begun.clear()
        self.asked.clear()

    def close(self) -> None:
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line:
            try:
                while head := request_head(line):
                    path = head.split(b" ", 2)[1].decode(errors="replace")
                    self.asked.append(path)
                    if self.fault and self.where in path:
                        self.begun.set()
                        self._faults[self.fault](line, path)
                        return
                    well = next((text for part, text in self._well.items() if part in path), "")
                    line.sendall(whole(well.encode(), b"200 OK" if well else b"404 Not Found"))
            except OSError:
                return


class RawServer(HostileServer):
    """The same for a protocol that is not HTTP: the fault answers the first bytes that come."""

    def _serve(self, line: socket.socket) -> None:
        with line:
            try:
                line.recv(65_536)
                self.begun.set()
                self._faults[self.fault](line, "")
            except OSError:
                return


def request_head(line: socket.socket) -> bytes:
    """Read a request and return its head, empty where the other side is gone."""
    text = b""
    while b"\r\n\r\n" not in text:
        piece = line.recv(65_536)
        if not piece:
            return b""
        text += piece
    head, _, body = text.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0:
        missing -= len(line.recv(65_536)) or missing
    return head


def whole(body: bytes, status: bytes = b"200 OK", more: bytes = JSON) -> bytes:
    return b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n%b" % (status, more, len(body), body)


def flood(line: socket.socket, _path: str) -> None:
    """Three gigabytes."""
    line.sendall(OK + JSON + b'ETag: "x"\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n')
    line.sendall(b"Content-Length: %d\r\n\r\n" % THREE_GB)
    for _ in range(THREE_GB // MEGABYTE):
        line.sendall(bytes(MEGABYTE))


def error_flood(line: socket.socket, _path: str) -> None:
    """A page of three gigabytes that says it is an error."""
    line.sendall(b"HTTP/1.1 500 Oops\r\nContent-Length: %d\r\n\r\n" % THREE_GB)
    for _ in range(THREE_GB // MEGABYTE):
        line.sendall(bytes(MEGABYTE))


def endless_chunks(line: socket.socket, _path: str) -> None:
    line.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        line.sendall(b"100000\r\n" + bytes(MEGABYTE) + b"\r\n")


def bomb(line: socket.socket, _path: str) -> None:
    """Two gigabytes of zeros in two megabytes, and more."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    head = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(8 * MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    line.sendall(OK + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
    for piece in (head, *([block] * 256)):
        line.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))


def many_objects(line: socket.socket, path: str) -> None:
    """Less than four megabytes of JSON, which are a hundred when they are read."""
    found = b"[" + b'{"":0},' * 560_000 + b'{"":0}]'
    if any(one in path for one in ("klines", "ohlcv", "myTrades")):
        line.sendall(whole(found))
    else:
        name = b"fills" if "fills" in path else b"candles"
        line.sendall(whole(b'{"%b": %b}' % (name, found)))


def nested(line: socket.socket, _path: str) -> None:
    line.sendall(whole(b"[" * 3_900_000))


def numbers(line: socket.socket, _path: str) -> None:
    row = '{"price": 1e999999999, "start": 1e9999999999999999999, "x": %s}' % ("9" * 5_000)
    line.sendall(whole(f'{{"fills": [{row}], "candles": [{row}], "cursor": "\\ud800"}}'.encode()))


def bad_waits(line: socket.socket, _path: str) -> None:
    more = b"Retry-After: Wed, 21 Oct 99999999999999 07:28:00 GMT\r\nx-ratelimit-reset: -1\r\n"
    line.sendall(whole(b"{}", b"429 Too Many Requests", more))


def endless_headers(line: socket.socket, _path: str) -> None:
    line.sendall(OK)
    for number in count():
        line.sendall(b"X-%d: %b\r\n" % (number, b"a" * 1_000))


def redirects(line: socket.socket, path: str) -> None:
    line.sendall(whole(b"", b"302 Found", b"Location: %b/again\r\n" % path.encode()))


def garbage(line: socket.socket, _path: str) -> None:
    line.sendall(random.Random(7).randbytes(100_000))


def hang_up(_line: socket.socket, _path: str) -> None:
    """Say nothing and go."""


def silence(line: socket.socket, _path: str) -> None:
    while line.recv(65_536):
        pass


def drip(line: socket.socket, _path: str) -> None:
    """A byte every two seconds."""
    line.sendall(OK + b'ETag: "x"\r\nContent-Length: 1000000\r\n\r\n')
    for _ in range(1_000):
        line.sendall(b" ")
        time.sleep(2)


def dripping_head(line: socket.socket, _path: str) -> None:
    line.sendall(OK + b"X-A: ")
    for _ in range(1_000):
        line.sendall(b"a")
        time.sleep(2)


def endless_continues(line: socket.socket, _path: str) -> None:
    while True:
        line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.01)


def pages(numbers_of: Iterator[int], fresh: bool) -> Answer:
    """Return a fault: every page of fills has another cursor, and with `fresh` other fills."""

    def page(line: socket.socket, path: str) -> None:
        del path
        while True:
            number = next(numbers_of)
            entries = ", ".join(ENTRY % (number if fresh else 1, n) for n in range(100))
            line.sendall(whole(f'{{"fills": [{entries}], "cursor": "c{number}"}}'.encode()))
            if not request_head(line):
                return

    return page


ENTRY = (
    '{"entry_id": "e%d-%d", "trade_id": "t", "order_id": "o", "trade_type": "FILL",'
    ' "product_id": "BTC-USD", "side": "BUY", "price": "4", "size": "2", "commission": "0",'
    ' "trade_time": "2026-03-01T10:00:00Z", "sequence_timestamp": "2026-03-01T10:00:00Z"}'
)

QUICK: dict[str, Answer] = {
    "flood": flood,
    "error flood": error_flood,
    "endless chunks": endless_chunks,
    "bomb": bomb,
    "many objects": many_objects,
    "nested": nested,
    "numbers": numbers,
    "bad waits": bad_waits,
    "endless headers": endless_headers,
    "redirects": redirects,
    "garbage": garbage,
    "hang up": hang_up,
}
LENGTHY: dict[str, Answer] = {
    "silence": silence,
    "drip": drip,
    "dripping head": dripping_head,
    "endless continues": endless_continues,
}
HTTP_FAULTS = QUICK | LENGTHY


def bulk(line: socket.socket, _path: str) -> None:
    line.sendall(b"$%d\r\n" % THREE_GB)
    for _ in range(THREE_GB // MEGABYTE):
        line.sendall(bytes(MEGABYTE))


def endless_array(line: socket.socket, _path: str) -> None:
    line.sendall(b"*2000000000\r\n")
    while True:
        line.sendall(b"$1\r\nx\r\n" * 10_000)


def nested_arrays(line: socket.socket, _path: str) -> None:
    line.sendall(b"*1\r\n" * 100_000)


def no_number(line: socket.socket, _path: str) -> None:
    line.sendall(b":abc\r\n")
    silence(line, "")


def endless_line(line: socket.socket, _path: str) -> None:
    while True:
        line.sendall(b"+" * MEGABYTE)


REDIS_FAULTS: dict[str, Answer] = {
    "bulk": bulk,
    "endless array": endless_array,
    "nested arrays": nested_arrays,
    "no number": no_number,
    "endless line": endless_line,
    "garbage": garbage,
    "hang up": hang_up,
    "silence": silence,
}


def packed_zeros(megabytes: int) -> bytes:
    """Return so many megabytes of zeros as gzip."""
    return gzip.compress(bytes(megabytes * MEGABYTE), 9)
