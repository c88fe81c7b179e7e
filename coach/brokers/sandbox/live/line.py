"""One connection of a stream, whichever broker's: its loop; what is said is the speaker's.

A client has five seconds to subscribe. What it sends is answered, each fill is told, and where
nothing happens for a second the speaker may beat.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from coach.brokers.sandbox.entries import JsonObject, SandboxExecution
from coach.brokers.sandbox.faults import LiveFault
from coach.brokers.sandbox.live.books import LiveFills, Mailbox

FIRST_WORD_S = 5.0
BEAT_S = 1.0


@dataclass(frozen=True, slots=True)
class LivePlace:
    """The fills that are told of, the clock, and the faults of the plan in force."""

    live: LiveFills
    now: Callable[[], datetime]
    faults: Callable[[], frozenset[LiveFault]]


class Speaker(Protocol):
    """What a broker's stream says over one connection."""

    @property
    def is_subscribed(self) -> bool:
        """Return whether the client subscribed to anything."""

    async def answer(self, wanted: JsonObject) -> None:
        """Answer what the client sent."""

    async def tell(self, execution: SandboxExecution) -> bool:
        """Tell of a fill; False where the line is to end then."""

    async def beat(self) -> None:
        """Say that the line lives."""


async def serve_line(place: LivePlace, socket: WebSocket, speaker: Speaker) -> None:
    """Serve one connection until either side ends it."""
    await socket.accept()
    mailbox: Mailbox = asyncio.Queue()
    place.live.mailboxes.add(mailbox)
    reader = asyncio.create_task(_read(socket, mailbox))
    try:
        await _talk(speaker, mailbox)
    except (WebSocketDisconnect, RuntimeError):
        pass  # it is gone
    finally:
        place.live.mailboxes.discard(mailbox)
        reader.cancel()
        with suppress(RuntimeError):
            await socket.close()


async def _read(socket: WebSocket, mailbox: Mailbox) -> None:
    """Put what comes in into the mailbox, and None once nothing comes any more."""
    try:
        while True:
            mailbox.put_nowait(await socket.receive_text())
    except (WebSocketDisconnect, RuntimeError, KeyError):
        mailbox.put_nowait(None)


async def _talk(speaker: Speaker, mailbox: Mailbox) -> None:
    """Answer and tell until the client is gone; hang up on one that subscribes to nothing."""
    patience = FIRST_WORD_S
    while True:
        try:
            item = await asyncio.wait_for(mailbox.get(), patience)
        except TimeoutError:
            if not speaker.is_subscribed:
                return
            await speaker.beat()
            continue
        if item is None:
            return
        if isinstance(item, str):
            await speaker.answer(_wanted(item))
        elif not await speaker.tell(item):
            return
        patience = BEAT_S if speaker.is_subscribed else FIRST_WORD_S


def _wanted(text: str) -> JsonObject:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
