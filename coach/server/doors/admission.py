"""Who is heard and counted, where it matters whether somebody has signed in."""

from typing import TYPE_CHECKING

from coach.engine.api.live.limits import Admission, RequestLimiter, network_of
from coach.server.doors.identity import TERMINAL, who_asks
from coach.server.walls.peers import is_our_own

if TYPE_CHECKING:
    from coach.server.doors.doors import Doors


def may_connect(doors: "Doors", client: tuple[str, int], server: tuple[str, int]) -> bool:
    """Say whether a socket is heard: until there are accounts, only one of our own user's."""
    return is_our_own(client, server) or doors.accounts_exist()


def admit(limiter: RequestLimiter, local: str, address: str, cost: int) -> Admission:
    """Take the tokens of a request; who has not signed in is counted by address."""
    user = who_asks()
    if user is None:
        return limiter.admit(f"nobody at {network_of(address)}", address, cost)
    return limiter.admit(local if user is TERMINAL else user.user_id, address, cost)
