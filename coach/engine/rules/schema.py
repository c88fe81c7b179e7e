"""What a rule may say: its kinds, their parameters, and the sentence that reads it aloud.

Version 1 is additive for ever: a kind or a parameter may be added, a range may be widened,
nothing is taken away. docs/schemas/rule.schema.json is this schema, published.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, assert_never, get_args

from coach.errors import UsageError
from coach.model.rules import RuleKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coach.model.events import Json
    from coach.model.insights import Fact
    from coach.model.rules import Rule

Number = int | float
Bounds = dict[str, str | Number]

KINDS: Final[tuple[RuleKind, ...]] = get_args(RuleKind)

FORMULAS: Final[dict[RuleKind, str]] = {kind: f"{kind}@1" for kind in KINDS}
"""Kind and version of its arithmetic: what a breach rests on."""

PARAMS: Final[dict[RuleKind, dict[str, Bounds]]] = {
    "max_trades_per_day": {
        "limit": {
            "type": "integer",
            "minimum": 1,
            "maximum": 10_000,
            "description": "trades that may be opened on one day of the trader's time zone",
        },
    },
    "cooldown_after_loss": {
        "minutes": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 525_600,
            "description": "minutes to wait after a losing close, whatever its symbol",
        },
    },
    "max_size_vs_median": {
        "ratio": {
            "type": "number",
            "exclusiveMinimum": 1,
            "maximum": 1_000,
            "description": "how many times the median opening order an opening order may be",
        },
        "window": {
            "type": "integer",
            "minimum": 5,
            "maximum": 100,
            "default": 20,
            "description": "entries before it, in the same quote currency, the median is taken of",
        },
    },
}

TITLES: Final[dict[RuleKind, str]] = {
    "max_trades_per_day": "No more than so many new trades on one day",
    "cooldown_after_loss": "A pause after a losing trade",
    "max_size_vs_median": "No entry far larger than the usual one",
}


def _params_schema(kind: RuleKind) -> dict[str, Json]:
    return {
        "title": TITLES[kind],
        "type": "object",
        "properties": {name: dict(bounds) for name, bounds in PARAMS[kind].items()},
        "required": [name for name, bounds in PARAMS[kind].items() if "default" not in bounds],
        "additionalProperties": False,
    }


def _kind_schema(kind: RuleKind) -> dict[str, Json]:
    return {"properties": {"kind": {"const": kind}, "params": {"$ref": f"#/$defs/{kind}"}}}


SCHEMA: Final[dict[str, Json]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:coach:schema:rule:1",
    "title": "A rule: a promise the trader made",
    "type": "object",
    "properties": {
        "kind": {"enum": list(KINDS), "description": "what is promised"},
        "params": {"type": "object", "description": "how much of it"},
        "active": {"type": "boolean", "default": True, "description": "false while paused"},
    },
    "required": ["kind", "params"],
    "additionalProperties": False,
    "oneOf": [_kind_schema(kind) for kind in KINDS],
    "$defs": {kind: _params_schema(kind) for kind in KINDS},
}


def read_rule(kind: str, params: Mapping[str, object]) -> dict[str, Fact]:
    """Return the parameters with their defaults, whole numbers as int; UsageError when wrong."""
    known = _known_kind(kind)
    complaints = [*_unknown(known, params), *_missing(known, params), *_out_of_range(known, params)]
    if complaints:
        raise UsageError(
            hint=f"{known} takes {_signature(known)}",
            what=f"rule {known}: {'; '.join(complaints)}",
            kind=known,
        )
    return {
        name: _plain(params.get(name, bounds.get("default")))
        for name, bounds in PARAMS[known].items()
    }


def sentence(rule: Rule) -> str:
    """Read the rule aloud."""
    params = rule.params
    match rule.kind:
        case "max_trades_per_day":
            trades = "trade" if params["limit"] == 1 else "trades"
            return f"At most {params['limit']} new {trades} on one day"
        case "cooldown_after_loss":
            minutes = "minute" if params["minutes"] == 1 else "minutes"
            return f"No new trade within {params['minutes']} {minutes} after a losing one"
        case "max_size_vs_median":
            return (
                f"No entry above {params['ratio']} times the median size"
                f" of the {params['window']} entries before it"
            )
        case never:
            assert_never(never)


def _known_kind(kind: str) -> RuleKind:
    for known in KINDS:
        if kind == known:
            return known
    from difflib import get_close_matches

    nearest = get_close_matches(kind.lower().replace("-", "_"), KINDS, n=1, cutoff=0.0)[0]
    raise UsageError(
        hint=f"did you mean {nearest}? the kinds are {', '.join(KINDS)}",
        what=f"no rule kind {kind!r}; the nearest is {nearest}",
        kind=kind,
        nearest=nearest,
        kinds=list(KINDS),
    )


def _unknown(kind: RuleKind, params: Mapping[str, object]) -> list[str]:
    names = sorted(str(name) for name in params if name not in PARAMS[kind])
    return [f"{name} is no parameter of it" for name in names]


def _missing(kind: RuleKind, params: Mapping[str, object]) -> list[str]:
    return [
        f"{name} is missing, it takes {_allowed(bounds)}"
        for name, bounds in PARAMS[kind].items()
        if name not in params and "default" not in bounds
    ]


def _out_of_range(kind: RuleKind, params: Mapping[str, object]) -> list[str]:
    from jsonschema import Draft202012Validator

    return [
        f"{name} is {params[name]!r}, it takes {_allowed(bounds)}"
        for name, bounds in PARAMS[kind].items()
        if name in params
        and (_not_a_number(params[name]) or not Draft202012Validator(bounds).is_valid(params[name]))
    ]


def _not_a_number(value: object) -> bool:
    # NaN passes every comparison a schema can make
    return isinstance(value, float) and math.isnan(value)


def _allowed(bounds: Bounds) -> str:
    if bounds["type"] == "integer":
        return f"a whole number from {bounds['minimum']} to {bounds['maximum']}"
    return f"a number above {bounds['exclusiveMinimum']}, at most {bounds['maximum']}"


def _signature(kind: RuleKind) -> str:
    return ", ".join(
        f"{name} ({_allowed(bounds)}{_default(bounds)})" for name, bounds in PARAMS[kind].items()
    )


def _default(bounds: Bounds) -> str:
    return f"; {bounds['default']} unless given" if "default" in bounds else ""


def _plain(value: object) -> Fact:
    assert isinstance(value, int | float)
    return int(value) if value == int(value) else float(value)
