"""The network between followers and a relay: it passes on, crawls, swallows, or cuts messages.

`python -m tests.chaos.proxy FOLDER NAME RELAY`. The file `network` says how it is just now.
"""

import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Literal

from tests.chaos.place import RunFolder, end_with_parent

Condition = Literal["pass", "crawl", "swallow", "cut"]
CHUNK = 4096
CRAWL = 200  # bytes
CRAWL_S = 0.02
LOOK_S = 0.05
RESET = struct.pack("ii", 1, 0)  # closing sends RST


def carry(folder: RunFolder, source: socket.socket, sink: socket.socket) -> None:
    """Carry bytes one way until an end is gone, or the network cuts it."""
    with suppress(OSError):
        while chunk := source.recv(CHUNK):
            match folder.text("network", "pass"):
                case "cut":
                    sink.sendall(chunk[: len(chunk) // 2])
                    for end in (source, sink):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    break
                case "crawl":
                    for start in range(0, len(chunk), CRAWL):
                        sink.sendall(chunk[start : start + CRAWL])
                        sleep(CRAWL_S)
                case "swallow":
                    wait_half_open(folder)
                    break
                case _:
                    sink.sendall(chunk)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def wait_half_open(folder: RunFolder) -> None:
    """Leave a connection open that carries nothing any more, until the network is well again."""
    while folder.text("network", "pass") == "swallow":
        sleep(LOOK_S)


def bridge(folder: RunFolder, relay: str, follower: socket.socket) -> None:
    """Carry both ways between a follower and its relay."""
    with follower, suppress(OSError, ValueError):
        port = int(folder.text(f"port-{relay}"))
        with socket.create_connection(("127.0.0.1", port)) as wire:
            back = Thread(target=carry, args=(folder, wire, follower), daemon=True)
            back.start()
            carry(folder, follower, wire)
            back.join()


def main(folder: str, name: str, relay: str) -> None:
    """Carry until the process is ended."""
    end_with_parent()
    place = RunFolder(Path(folder))
    with socket.create_server(("127.0.0.1", 0)) as door:
        place.put(f"port-{name}", str(door.getsockname()[1]))
        while True:
            follower, _ = door.accept()
            Thread(target=bridge, args=(place, relay, follower), daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
