"""M10: a server that never waits for a follower to read, as uvicorn 0.51 did."""

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class UnpausedHttp(H11Protocol):
    """Takes whatever is sent, however much of it nobody has read."""

    def pause_writing(self) -> None:
        """Go on."""


class UnpausedSockets(WebSocketsSansIOProtocol):
    """Takes whatever is sent, however much of it nobody has read."""

    def pause_writing(self) -> None:
        """Go on."""


M10 = {"http": UnpausedHttp, "ws": UnpausedSockets}
