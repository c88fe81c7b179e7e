"""Bodies of requests, read whole and within limits: each, all at once, and how long one may take.

Whoever sends one is not believed yet, so what is held of bodies is limited over all of them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from anyio import fail_after

if TYPE_CHECKING:
    from starlette.types import Receive

READ_WITHIN_S: Final = 120.0
AT_ONCE: Final = 2
"""So many bodies of the largest size are held at once, or more smaller ones."""


class BodyTooLarge(Exception):
    """More came than is taken."""


class TooManyBodies(Exception):
    """More is held already than is held at once."""


class BodyTooSlow(Exception):
    """It took too long to come."""


class CallerLeft(Exception):
    """The other side hung up before it had said all."""


class BodyReader:
    """Reads bodies of at most `largest` bytes."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._held = 0

    @asynccontextmanager
    async def read(
        self, receive: "Receive", headers: list[tuple[str, str]]
    ) -> AsyncIterator[bytes]:
        """Yield the whole body, which is held until the block ends.

        BodyTooLarge as soon as more is declared or comes, TooManyBodies where the others leave no
        room, BodyTooSlow for one that takes too long.
        """
        declared = next((value for name, value in headers if name == "content-length"), "0")
        if declared.isdecimal() and int(declared) > self._largest:
            raise BodyTooLarge
        body = bytearray()
        try:
            await self._fill_in_time(body, receive)
            yield bytes(body)
        finally:
            self._held -= len(body)

    async def _fill_in_time(self, body: bytearray, receive: "Receive") -> None:
        try:
            with fail_after(READ_WITHIN_S):
                await self._fill(body, receive)
        except TimeoutError:
            raise BodyTooSlow from None

    async def _fill(self, body: bytearray, receive: "Receive") -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise CallerLeft
            piece = message.get("body", b"")
            body += piece
            self._held += len(piece)
            if len(body) > self._largest:
                raise BodyTooLarge
            if self._held > AT_ONCE * self._largest:
                raise TooManyBodies
            if not message.get("more_body"):
                return
