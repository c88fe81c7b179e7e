"""Which coins there are: those that moved in an account, or were stated there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.store.entries import balances
from coach.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Collection

    from coach.engine.api.session import Session


def moved_coins(session: Session) -> set[str]:
    """Return every coin that moved or was stated in an account."""
    with session.connection.transaction():
        found = balances.coins(session.connection, session.user.id)
    return {coin for _, coin in found}


def require_coin(name: str, known: Collection[str]) -> None:
    """Raise NotFound for a coin that neither moved nor was stated, and name those that did."""
    if name not in known:
        raise NotFound(f"there is {', '.join(sorted(known)) or 'none yet'}", kind="coin", name=name)
