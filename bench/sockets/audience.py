"""Followers over WebSockets that cost as little as may be: they count frames, and hardly read them.

A client that reads what it gets takes more CPU than the servers that are compared.
"""

import asyncio
import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

TEXT, PING, PONG = 1, 9, 10
LAST, MASKED, LENGTH = 0x80, 0x80, 0x7F
TWO_BYTES, EIGHT_BYTES = 126, 127
NO_MASK = bytes(4)
ACK_EVERY = 20
GRACE_S = 60.0
Answer = Callable[[int, bytes], bytes | None]
"""From the number of a greeting's frame and its content: what is said, empty for nothing; None ends
the greeting."""
Count = Callable[[bytes], int]


@dataclass(slots=True)
class Audience:
    """So many followers of one address; `count` says how many messages a frame holds."""

    port: int
    path: str
    answer: Answer
    count: Count
    acknowledges: bool = False
    greeted: int = 0
    came: int = 0
    wires: list[asyncio.Transport] = field(default_factory=list)

    async def gather(self, sockets: int) -> None:
        """Open the sockets, and wait until each has been greeted."""
        loop = asyncio.get_running_loop()
        for _ in range(sockets):
            wire, _ = await loop.create_connection(lambda: Listener(self), "127.0.0.1", self.port)
            self.wires.append(wire)
        await self.until(lambda: self.greeted == sockets)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so; TimeoutError where that takes too long."""
        deadline = monotonic() + GRACE_S
        while not true():
            if monotonic() > deadline:
                raise TimeoutError(f"{self.greeted} greeted, {self.came} came")
            await asyncio.sleep(0.05)

    def leave(self) -> None:
        """Cut every socket."""
        for wire in self.wires:
            wire.abort()


class Listener(asyncio.Protocol):
    """One socket."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._buffer = bytearray()
        self._upgraded = self._greeted = False
        self._frames = self._head = self._own = 0
        self._wire: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        assert isinstance(transport, asyncio.Transport)
        self._wire, key = transport, b64encode(bytes(16)).decode()
        lines = (
            f"GET {self._audience.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self._audience.port}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
        )
        transport.write("\r\n".join((*lines, "", "")).encode())

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        buffer = self._buffer
        buffer += data
        if not self._upgraded:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert buffer.startswith(b"HTTP/1.1 101"), bytes(buffer)
            self._upgraded = True
            del buffer[: end + 4]
        at = 0
        while (found := _frame(buffer, at)) is not None:
            code, begin, at = found
            self._take(code, bytes(buffer[begin:at]))
        del buffer[:at]

    def _take(self, code: int, content: bytes) -> None:
        audience = self._audience
        if code == PING:
            self._send(PONG, content)
        elif not self._greeted:
            said = audience.answer(self._frames, content)
            self._frames += 1
            if said is None:
                self._greeted = True
                audience.greeted += 1
                self._head = _seq(content) if audience.acknowledges else 0
            elif said:
                self._send(TEXT, said)
        else:
            messages = audience.count(content)
            audience.came += messages
            due = self._own // ACK_EVERY
            self._own += messages
            if audience.acknowledges and self._own // ACK_EVERY > due:
                ack = {"type": "ack", "seq": self._head + self._own}
                self._send(TEXT, json.dumps(ack).encode())

    def _send(self, code: int, content: bytes) -> None:
        assert self._wire is not None
        assert len(content) < TWO_BYTES
        with suppress(OSError):
            self._wire.write(bytes([LAST | code, MASKED | len(content)]) + NO_MASK + content)


def _seq(content: bytes) -> int:
    """Return the number in a frame, or in the first of an array of them."""
    found = json.loads(content)
    first = found[0] if isinstance(found, list) else found
    return int(first["seq"])


def _frame(buffer: bytearray, at: int) -> tuple[int, int, int] | None:
    """Return the code of a frame, and where its content begins and ends; None where it is cut."""
    if len(buffer) < at + 2:
        return None
    length, begin = buffer[at + 1] & LENGTH, at + 2
    if length >= TWO_BYTES:
        size = 2 if length == TWO_BYTES else 8
        if len(buffer) < begin + size:
            return None
        length = int.from_bytes(buffer[begin : begin + size])
        begin += size
    return (buffer[at] & 0x0F, begin, begin + length) if len(buffer) >= begin + length else None
