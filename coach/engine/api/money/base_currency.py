"""The base currency of a user: the one in which sums of several currencies are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.store import users as store
from coach.errors import Invalid
from coach.model.bookkeeping.base_currency import NO_BASE
from coach.model.coins import coin_name

if TYPE_CHECKING:
    from coach.engine.api.session import Session


def currency_named(text: str) -> str:
    """Return the currency that a person names; Invalid where it is none."""
    found = coin_name(text)
    if not found:
        raise Invalid("currency", f"not {text!r}", "a currency such as EUR or BTC")
    return found


def set_base_currency(session: Session, text: str) -> str:
    """Tell sums of several currencies in this one from now on; "" tells each in its own."""
    found = currency_named(text) if text else NO_BASE
    store.set_base_currency(session.connection, session.user.id, found)
    return found
