"""Rules to begin with: for three ways of trading, and those of prop-firm programmes.

The numbers of the three are round ones, learned from nobody: engineering choices, to be made one's
own. Those of a programme are the firm's, of a date. `coach rules dry-run` shows what each would
have caught in one's own past.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from coach.engine.rules.params import LARGEST_AMOUNT, Params
from coach.engine.rules.programmes.catalogue import (
    PROGRAMMES,
    BySize,
    Programme,
    ShareOfAccount,
    ShareOfDay,
    share_of_account,
)
from coach.engine.rules.schema import read_rule
from coach.errors import Invalid
from coach.model.events import Json
from coach.model.rules import RuleKind

RuleParams = tuple[RuleKind, dict[str, Json]]
Preset = tuple[RuleParams, ...]
CURRENCY: Final = "USD"
EXAMPLE_SIZE: Final = 100_000
OF_AN_ACCOUNT: Final = ("account_size", "currency", "since", "reset", "zone")
"""What a trader may say of the account of a programme; the first must be said."""

PRESETS: Final[dict[str, Preset]] = {
    "day": (
        ("max_trades_per_day", {"limit": 8}),
        ("cooldown_after_loss", {"minutes": 15}),
        ("stop_after_losses_in_a_row", {"losses": 3}),
        ("max_size_vs_median", {"ratio": 2.5}),
        ("no_averaging_down", {}),
    ),
    "swing": (
        ("max_open_positions", {"positions": 5}),
        ("cooldown_after_loss", {"minutes": 240}),
        ("max_size_vs_median", {"ratio": 2}),
        ("holding_time_floor", {"minutes_at_least": 240}),
        ("no_entry_after_spike", {"z": 3, "horizon": 1_440}),
    ),
    "long": (
        ("max_open_positions", {"positions": 15}),
        ("cooldown_after_loss", {"minutes": 10_080}),
        ("max_size_vs_median", {"ratio": 2}),
        ("holding_time_floor", {"minutes_at_least": 43_200}),
        ("no_entry_after_spike", {"z": 3, "horizon": 10_080}),
    ),
}
TITLES: Final[Mapping[str, str]] = {
    "day": "Day trading",
    "swing": "Swing trading",
    "long": "Long-term trading",
}


class PresetRules(NamedTuple):
    """The rules of a preset, with whom they are from; a preset of ours has no source."""

    name: str
    title: str
    rules: Preset
    source: str
    source_date: date | None
    notes: tuple[str, ...]
    sizes: tuple[int, ...]

    @property
    def origin(self) -> str:
        """Return the note of a rule that says whose it is, empty for one of ours."""
        if self.source_date is None:
            return ""
        return f"{self.title}: {self.source} as of {self.source_date}"


def preset_names() -> tuple[str, ...]:
    """Return the names of all presets."""
    return (*PRESETS, *PROGRAMMES)


def preset_rules(name: str, given: Params) -> PresetRules:
    """Return a preset for the account that was `given`; UsageError where it takes no such thing."""
    if name in PROGRAMMES:
        return _of_programme(name, PROGRAMMES[name], given)
    if name not in PRESETS:
        raise Invalid("preset", f"not {name!r}", f"one of {', '.join(preset_names())}")
    if given:
        allowed = f"nothing but terms for the preset {name}"
        raise Invalid("params", f"not {', '.join(given)}", allowed)
    checked = tuple((kind, read_rule(kind, params)) for kind, params in PRESETS[name])
    return PresetRules(name, TITLES[name], checked, "", None, (), ())


def examples() -> list[PresetRules]:
    """Return every preset; a programme for the smallest account it names, else one of 100,000."""
    return [
        preset_rules(name, {"account_size": _example_size(PROGRAMMES[name])})
        if name in PROGRAMMES
        else preset_rules(name, {})
        for name in preset_names()
    ]


def _example_size(programme: Programme) -> int:
    return min(programme.sizes, default=EXAMPLE_SIZE)


def _of_programme(name: str, programme: Programme, given: Params) -> PresetRules:
    unknown = [word for word in given if word not in OF_AN_ACCOUNT]
    if unknown:
        allowed = f"{', '.join(OF_AN_ACCOUNT)} for the preset {name}"
        raise Invalid("params", f"not {', '.join(unknown)}", allowed)
    size = _size(name, programme, given)
    words = {word: given[word] for word in given if word != "account_size"}
    account = {"currency": CURRENCY, "reset": programme.reset, "zone": programme.zone, **words}
    return PresetRules(
        name,
        programme.title,
        tuple(_rules(programme, size, account)),
        programme.source,
        programme.read_on,
        programme.notes,
        programme.sizes,
    )


def _size(name: str, programme: Programme, given: Params) -> float:
    """Return the size of the account; UsageError where none is given, or one that is not known."""
    size, known = given.get("account_size"), programme.sizes
    allowed = f"one of {', '.join(map(str, known))}" if known else "a number above 0"
    hint = f"write account_size={min(known, default=EXAMPLE_SIZE)}"
    if "account_size" not in given:
        allowed = f"{allowed}, the balance that the account began with, for the preset {name}"
        raise Invalid("account_size", "and it is missing", allowed, hint=hint)
    if isinstance(size, bool) or not isinstance(size, int | float) or not _fits(size, known):
        raise Invalid("account_size", f"not {size!r}", allowed, hint=hint)
    return size


def _fits(size: float, known: tuple[int, ...]) -> bool:
    return 0 < size <= LARGEST_AMOUNT and (not known or size in known)


def _rules(programme: Programme, size: float, account: Params) -> Iterator[RuleParams]:
    """Yield the rules of a programme for an account, checked and with their defaults."""
    if programme.day_loss is not None:
        daily = {**account, **_day_limit(programme.day_loss, size)}
        yield "max_loss_per_day", read_rule("max_loss_per_day", daily)
    whole_days = programme.floor == "end_of_day" or "since" in account
    days = account if whole_days else {"currency": account["currency"]}
    drawdown = {
        **days,
        "floor": programme.floor,
        "amount": share_of_account(size, programme.drawdown),
        **({} if programme.locks_at is None else {"locks_at": programme.locks_at}),
    }
    yield "max_drawdown", read_rule("max_drawdown", drawdown)


def _day_limit(limit: ShareOfAccount | ShareOfDay | BySize, size: float) -> Params:
    if isinstance(limit, ShareOfDay):
        return {"percent": limit.percent, "account_size": size}
    return {"amount": share_of_account(size, limit)}
