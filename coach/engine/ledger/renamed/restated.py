"""What entries and sales say of a coin, under the name that it has today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from coach.engine.ledger.doubts import OpenPosition
from coach.engine.ledger.exact import scaled
from coach.model.entries.kinds import entry_kind
from coach.model.entries.renames import Rename
from coach.model.fills import Symbol, base_of
from coach.model.movements import AccountMovement
from coach.model.trades import UnknownBasis

Renames = Mapping[str, Sequence[Rename]]
"""The renames of an account by its name, oldest first."""


def under_last_names(
    movements: Iterable[AccountMovement], renames: Renames
) -> list[AccountMovement]:
    """Return movements with the names of today; the renames themselves moved nothing."""
    found = []
    for one in movements:
        own = renames.get(one.account, ())
        if own and entry_kind(one.kind, one.quantity) == "rename" and _is_leg(one, own):
            continue
        for rename in own:
            if rename.old == one.coin and one.at <= rename.at:
                quantity = None if one.quantity is None else _scaled(one.quantity, rename)
                one = one._replace(coin=rename.new, quantity=quantity)  # noqa: PLW2901 - renamed
        found.append(one)
    return found


def _is_leg(one: AccountMovement, own: Iterable[Rename]) -> bool:
    return any(one.at == rename.at and one.coin in {rename.old, rename.new} for rename in own)


def sales_under_last_names(unknown: Iterable[UnknownBasis], renames: Renames) -> list[UnknownBasis]:
    """Return sales without a purchase with the names and units of today."""
    return [_renamed(line, renames.get(line.account, ())) for line in unknown]


def _renamed(line: UnknownBasis, own: Iterable[Rename]) -> UnknownBasis:
    for rename in own:
        base, _, quote = line.symbol.rpartition("-")
        if base == rename.old and line.at < rename.at:
            symbol, quantity = Symbol(f"{rename.new}-{quote}"), _scaled(line.quantity, rename)
            line = replace(line, symbol=symbol, quantity=quantity)
    return line


def _scaled(quantity: Decimal, rename: Rename) -> Decimal:
    return scaled(quantity, Decimal(rename.split.after), Decimal(rename.split.before))


def left_behind(positions: Iterable[OpenPosition], renames: Renames) -> list[AccountMovement]:
    """Return what left positions that could not go on under the new name of their coin.

    Under that name another position stood on the other side. A name that came back is not left.
    """
    return [
        AccountMovement(one.account, "rename", rename.old, one.quantity.copy_negate(), rename.at)
        for one in positions
        for own in [renames.get(one.account, ())]
        for rename in own
        if rename.old == base_of(one.symbol)
        and one.since < rename.at
        and not any(back.new == rename.old and back.at > rename.at for back in own)
    ]
