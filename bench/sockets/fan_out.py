"""CPU of a server for each message that it delivers, beside its peers, in one run.

    .venv/bin/python -m bench.sockets.fan_out PEERS [--messages N] [--rounds N]

200 followers over WebSockets get the same message of about 230 bytes every 15 ms. Counted is the
CPU of the server's process alone, not that of PostgreSQL, from which coach's reads what it sends.
PEERS is a folder with what is compared, none of which is installed:

    npm install socket.io                                     (node_modules; Node from Debian)
    apt-get download nginx libnginx-mod-nchan nats-server     (each `dpkg -x ... root`)
    mkdir -p /var/lib/nginx                                   (Nchan makes a folder there)

Rounds of all take turns; "by 10" is with ten events in each commit, "batch" the same for followers
that take several events in one message. Budget: 1.3 x Socket.IO's.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic

from bench.sockets.audience import Audience
from bench.sockets.places import Place, cpu_s, load, place
from coach.engine.outbox.wakes import wake
from coach.engine.outbox.write import emit
from coach.engine.store.connect import connect as connect_database
from coach.model.notifications.events import DigestReady

SOCKETS = 200
PACE_S = 0.015
FIRST = b"first"
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
GRACE_S = 30.0
TEXT = json.dumps({"type": "digest.ready", "payload": {"week": "2026-W10", "sha256": 165 * "0"}})
SOCKET_IO = """
const { Server } = require("socket.io");
const io = new Server(PORT, { perMessageDeflate: false });
const text = process.argv[1];
process.stdin.on("data", (dots) => { for (const _ of dots) io.emit("m", text); });
"""
NATS = 'listen: 127.0.0.1:{tcp}\nwebsocket {{ listen: "127.0.0.1:{port}"\n no_tls: true }}\n'
NCHAN = """
load_module {root}/usr/lib/nginx/modules/ngx_nchan_module.so;
daemon off; worker_processes 1; user root; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
server {{ listen 127.0.0.1:{port};
location /sub {{ nchan_subscriber websocket; nchan_channel_id a;
nchan_subscriber_first_message oldest; }}
location /pub {{ nchan_publisher; nchan_channel_id a; nchan_message_buffer_length 10; }} }} }}
"""

Publish = Callable[[], Awaitable[None]]


def greet_coach(_number: int, _content: bytes) -> None:
    """Wait for the hello, before which the place of the stream is fixed."""


def greet_socket_io(number: int, _content: bytes) -> bytes | None:
    """Join the only room there is."""
    return b"40" if number == 0 else None


def greet_nats(number: int, _content: bytes) -> bytes | None:
    """Subscribe, and wait until that is known."""
    return b'CONNECT {"verbose":false}\r\nSUB a 1\r\nPING\r\n' if number == 0 else None


def greet_nchan(_number: int, content: bytes) -> bytes | None:
    """Wait for a first message, which is none of those that are counted."""
    return None if content == FIRST else b""


def count_events(content: bytes) -> int:
    """Return how many events a message of coach's holds."""
    return content.count(b'"type":"digest.ready"')


def count_socket_io(content: bytes) -> int:
    """Return whether a frame is a message, and no ping."""
    return int(content.startswith(b"42"))


def count_nats(content: bytes) -> int:
    """Return how many messages a frame holds."""
    return content.count(b"MSG a ")


def count_each(_content: bytes) -> int:
    """Return that a frame is a message."""
    return 1


async def measure(
    pid: int, audience: Audience, publish: Publish, messages: int, at_once: int = 1
) -> float:
    """Return the microseconds of CPU of a server for each message that came.

    `publish` brings so many messages `at_once`, and is called the more seldom.
    """
    used, began = cpu_s(pid), monotonic()
    for number in range(0, messages, at_once):
        await asyncio.sleep(max(0.0, began + number * PACE_S - monotonic()))
        await publish()
    await audience.until(lambda: audience.came >= messages * SOCKETS)
    used = cpu_s(pid) - used
    audience.leave()
    assert audience.came == messages * SOCKETS, audience.came
    return used / audience.came * 1e6


async def measure_coach(here: Place, messages: int, at_once: int = 1, query: str = "") -> float:
    """Measure coach: each message is an event of one user; this process commits so many at once."""
    (user,) = here.users
    news = DigestReady(week="2026-W10", sha256=64 * "0")
    with here.server() as (process, port), connect_database(here.url) as connection:
        path = f"/{user}/ws/coach{query}"
        audience = Audience(port, path, greet_coach, count_events, acknowledges=True)
        await audience.gather(SOCKETS)

        def commit() -> None:
            with connection.transaction():
                emit(connection, {user: at_once * [news]}, datetime.now(UTC))
            wake(connection, [user])

        publish = partial(asyncio.to_thread, commit)
        return await measure(process.pid, audience, publish, messages, at_once)


@asynccontextmanager
async def program(
    words: list[str], port: int, folder: Path | None = None
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Run a peer until the block ends, once it listens."""
    with subprocess.Popen(  # noqa: ASYNC220 -- it begins in no time
        words,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            for _ in range(int(GRACE_S / 0.1)):
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.1)
            yield process
        finally:
            process.terminate()


async def measure_socket_io(peers: Path, messages: int, port: int = 19101) -> float:
    """Measure Socket.IO over WebSockets; the server sends each message when it is told to."""
    words = ["node", "-e", SOCKET_IO.replace("PORT", str(port)), TEXT]
    async with program(words, port, peers) as process:
        path = "/socket.io/?EIO=4&transport=websocket"
        audience = Audience(port, path, greet_socket_io, count_socket_io)
        await audience.gather(SOCKETS)

        async def publish() -> None:
            assert process.stdin is not None
            os.write(process.stdin.fileno(), b".")

        return await measure(process.pid, audience, publish, messages)


async def measure_nats(peers: Path, messages: int, port: int = 19102) -> float:
    """Measure nats-server over WebSockets."""
    config = peers / "nats.conf"
    config.write_text(NATS.format(tcp=port + 1000, port=port))
    words = [str(peers / "root/usr/sbin/nats-server"), "-c", str(config)]
    async with program(words, port) as process:
        audience = Audience(port, "/", greet_nats, count_nats)
        await audience.gather(SOCKETS)
        reader, writer = await asyncio.open_connection("127.0.0.1", port + 1000)
        await reader.readline()
        writer.write(b'CONNECT {"verbose":false}\r\n')
        line = f"PUB a {len(TEXT)}\r\n{TEXT}\r\n".encode()

        async def publish() -> None:
            writer.write(line)
            await writer.drain()

        return await measure(process.pid, audience, publish, messages)


async def measure_nchan(peers: Path, messages: int, port: int = 19103) -> float:
    """Measure Nchan, a module of nginx, over WebSockets."""
    config = peers / "nginx.conf"
    config.write_text(NCHAN.format(root=peers / "root", folder=peers, port=port))
    words = [str(peers / "root/usr/sbin/nginx"), "-c", str(config), "-e", "/dev/null"]
    async with program(words, port) as process:
        audience = Audience(port, "/sub", greet_nchan, count_each)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def post(text: bytes) -> None:
            head = f"POST /pub HTTP/1.1\r\nHost: a\r\nContent-Length: {len(text)}\r\n\r\n"
            writer.write(head.encode() + text)
            answer = await reader.readuntil(b"\r\n\r\n")
            found = LENGTH.search(answer)
            assert found is not None, answer
            await reader.readexactly(int(found[1]))

        await post(FIRST)
        await audience.gather(SOCKETS)
        return await measure(process.pid, audience, lambda: post(TEXT.encode()), messages)


async def report(peers: Path, messages: int, rounds: int) -> None:
    """Let all take turns, and print medians, and what coach takes of Socket.IO's."""
    found: dict[str, list[float]] = {}
    with place(1) as here:
        ways: dict[str, Callable[[], Awaitable[float]]] = {
            "coach": lambda: measure_coach(here, messages),
            "coach, by 10": lambda: measure_coach(here, messages, at_once=10),
            "coach, batch": lambda: measure_coach(here, messages, 10, "?batch=100"),
            "Socket.IO": lambda: measure_socket_io(peers, messages),
            "nats-server": lambda: measure_nats(peers, messages),
            "Nchan": lambda: measure_nchan(peers, messages),
        }
        for _ in range(rounds):
            for name, way in ways.items():
                found.setdefault(name, []).append(await way())
    for name, each in found.items():
        spread = f"{min(each):.1f} to {max(each):.1f}"
        print(
            f"  {name:<12} {statistics.median(each):5.1f} us of CPU a message ({spread}); {load()}"
        )
    ratio = statistics.median(
        ours / theirs for ours, theirs in zip(found["coach"], found["Socket.IO"], strict=True)
    )
    print(f"  coach takes {ratio:.2f} x Socket.IO's")


def main() -> None:
    """Measure all, in one run."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("peers", type=Path)
    options.add_argument("--messages", type=int, default=300)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    asyncio.run(report(given.peers.resolve(), given.messages, given.rounds))


if __name__ == "__main__":
    main()
