"""The products that fills name: each is asked for once, and one that does not answer is left out.

A product that Coinbase does not list any more is no trouble. One that answers 403, 500 or any other
error stops itself alone: its coins would be a guess about money, so its fills wait for a later
sync. When several products in a row do not answer, it is the broker that does not.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from coach.brokers.coinbase.answers import BROKER
from coach.brokers.coinbase.reading import Product, Raw, read_product
from coach.errors import AuthenticationFailed, BrokerTrouble, TryLater

NOT_LISTED = frozenset({400, 404})
STOPS_EVERYTHING = frozenset({None, HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS})
"""No answer at all, a key that is not accepted, and a limit that counts for all products."""
LONGEST_PRODUCT_ID = 60
MOST_PRODUCTS = 5_000
MOST_STOPPED_IN_A_ROW = 5


@dataclass(frozen=True, slots=True)
class StoppedProduct:
    """A product that Coinbase did not explain, and what it answered instead."""

    reason: str


@dataclass(slots=True)
class ProductBook:
    """What is known of each product so far; None for one that is no longer listed."""

    get: Callable[[str], dict[str, object]]
    _known: dict[str, Product | StoppedProduct | None] = field(default_factory=dict)
    _stopped_in_a_row: int = 0

    def find(self, entry: Raw) -> Product | StoppedProduct | None:
        """Return the product of a fill; raise what would meet every other product as well."""
        name = entry.get("product_id")
        if not isinstance(name, str) or not is_product_id(name):
            return None
        if name not in self._known:
            self._known[name] = self._ask_for(name)
        return self._known[name]

    def _ask_for(self, name: str) -> Product | StoppedProduct | None:
        if len(self._known) >= MOST_PRODUCTS:
            reason = f"its fills name more than {MOST_PRODUCTS} products (limit)"
            raise BrokerTrouble(broker=BROKER, reason=reason)
        try:
            found = read_product(self.get(f"/products/{name}"))
        except (AuthenticationFailed, BrokerTrouble, TryLater) as trouble:
            status = trouble.facts.get("status")
            if status in NOT_LISTED:
                return None
            self._stopped_in_a_row += 1
            if status in STOPS_EVERYTHING or self._stopped_in_a_row > MOST_STOPPED_IN_A_ROW:
                raise
            return StoppedProduct(str(trouble.facts["reason"]))
        self._stopped_in_a_row = 0
        return found


def is_product_id(name: str) -> bool:
    """Return whether a text can be a product's id, which becomes part of a path."""
    plain = name.replace("-", "").replace(".", "")
    return plain.isascii() and plain.isalnum() and len(name) <= LONGEST_PRODUCT_ID
