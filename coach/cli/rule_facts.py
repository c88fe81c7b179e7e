"""The facts of a broken rule as a person reads them: what happened, and what was promised."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from coach.cli.reading import money, statistic
from coach.model.insights import Fact

Facts = Mapping[str, Fact]


def said(facts: Facts) -> Iterator[str]:
    """Yield what a breach says; nothing where it is of a kind that is told elsewhere."""
    if "broken" in facts:
        yield from _group(facts)
        return
    for name, tell in TOLD.items():
        if name in facts:
            yield tell(facts)


def _group(facts: Facts) -> Iterator[str]:
    for kind in str(facts["broken"]).split(", "):
        inside = {
            name.removeprefix(f"{kind}."): value
            for name, value in facts.items()
            if name.startswith(f"{kind}.")
        }
        from coach.cli.facts import told

        yield f"{kind}: {told(inside)}"


def _lost(facts: Facts) -> str:
    currency = str(facts["quote"])
    return f"{_money(facts['lost'], currency)} lost, {facts['limit']} {currency} promised"


def _share_lost(facts: Facts) -> str:
    return f"{_number(facts['lost_percent'])} % lost, {facts['limit']} % promised"


def _run(facts: Facts) -> str:
    return f"after {facts['losses_in_a_row']} losses in a row, {facts['losses']} promised"


def _spike(facts: Facts) -> str:
    moved = f"{_number(facts['z'])} usual moves in {facts['horizon_minutes']} min"
    return f"after {moved}, {facts['limit']} promised"


def _behind(facts: Facts) -> str:
    return f"added {_number(facts['behind_percent'])} % behind, {facts['limit']} % promised"


def _clock(facts: Facts) -> str:
    return f"at {facts['clock']}, {facts['from']} to {facts['until']} promised"


def _symbol(facts: Facts) -> str:
    return f"in {facts['symbol']}"


def _open(facts: Facts) -> str:
    return f"position {facts['open_positions']} at once, {facts['limit']} promised"


def _share(facts: Facts) -> str:
    return f"{_number(facts['share'])} % of equity, {facts['limit']} % promised"


def _fees(facts: Facts) -> str:
    currency = str(facts["quote"])
    return f"fees of {_money(facts['fees'], currency)}, {facts['budget']} {currency} promised"


def _held(facts: Facts) -> str:
    return f"held {_number(facts['held_minutes'])} min, {facts['limit']} min promised"


TOLD: Mapping[str, Callable[[Facts], str]] = {
    "lost": _lost,
    "lost_percent": _share_lost,
    "losses_in_a_row": _run,
    "z": _spike,
    "behind_percent": _behind,
    "clock": _clock,
    "symbol": _symbol,
    "open_positions": _open,
    "share": _share,
    "fees": _fees,
    "held_minutes": _held,
}
"""By the fact that only this kind has."""


def _number(value: Fact) -> str:
    return statistic(value, "")


def _money(value: Fact, currency: str) -> str:
    return f"{money(format(Decimal(str(value)), 'f'), currency, sign=False)} {currency}"
