"""What a rule may say: its kinds, their parameters, and the sentence that reads it aloud.

Version 1 is additive for ever: a kind or a parameter may be added, a range may be widened,
nothing is taken away. docs/schemas/rule.schema.json is this schema, published.
"""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, cast

from coach.engine.rules.forms import canonical
from coach.engine.rules.kinds.catalogue import KINDS, kind_of
from coach.engine.rules.kinds.groups import DEEPEST, GROUP, too_deep
from coach.errors import InvalidParams, UnknownKind
from coach.model.events import Json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from coach.engine.rules.params import Bounds, Params
    from coach.model.rules import Breach, Rule, RuleKind

FORMS = (
    "The form in which coach keeps a rule and writes it. It reads a duration as 30m, 4h or 7d too"
    " (x-unit names its own unit), a time as 9:00, days as mon-fri, a symbol as btc/usd, a currency"
    " as usd, lock_hours as 3d, and expires as a date, as 30d (in thirty days) or never."
)
LONGEST_NOTE = 500
LONGEST_SHOWN = 200
MOST_LOCK_HOURS = 8_760


def _params_schema(kind: RuleKind) -> dict[str, Json]:
    known = KINDS[kind]
    schema: dict[str, Json] = {
        "title": known.title,
        "type": "object",
        "properties": {name: dict(bounds) for name, bounds in known.params.items()},
        "required": list[Json](known.required()),
        "additionalProperties": False,
    }
    if known.one_of:
        schema["oneOf"] = [{"required": [name]} for name in known.one_of]
    together = {name: bounds["x-with"] for name, bounds in known.params.items() if _with(bounds)}
    if together:
        schema["dependentRequired"] = dict(together)
    apart = [[name, other] for name, bounds in known.params.items() for other in _without(bounds)]
    if apart:
        schema["not"] = {"anyOf": [{"required": list[Json](pair)} for pair in apart]}
    return schema


def _with(bounds: Bounds) -> list[str]:
    return cast("list[str]", bounds.get("x-with", []))


def _without(bounds: Bounds) -> list[str]:
    return [cast("str", bounds["x-without"])] if "x-without" in bounds else []


def _kind_schema(kind: RuleKind) -> dict[str, Json]:
    return {"properties": {"kind": {"const": kind}, "params": {"$ref": f"#/$defs/{kind}"}}}


def rule_schema() -> dict[str, Json]:
    """Return the JSON Schema of a rule, of every kind."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:coach:schema:rule:1",
        "title": "A rule: a promise the trader made",
        "description": FORMS,
        "type": "object",
        "properties": {
            "kind": {"enum": list[Json](KINDS), "description": "what is promised"},
            "params": {"type": "object", "description": "how much of it"},
            "active": {"type": "boolean", "default": True, "description": "false while paused"},
            "note": {
                "type": "string",
                "maxLength": LONGEST_NOTE,
                "description": "what the trader wants to be told when it matters",
            },
            "expires": {
                "type": ["string", "null"],
                "format": "date-time",
                "description": "entries from here on are not held against it",
            },
            "lock_hours": {
                "type": "number",
                "minimum": 0,
                "maximum": MOST_LOCK_HOURS,
                "default": 0,
                "description": "hours that whatever loosens the rule waits",
            },
        },
        "required": ["kind", "params"],
        "additionalProperties": False,
        "oneOf": [_kind_schema(kind) for kind in KINDS],
        "$defs": {**{kind: _params_schema(kind) for kind in KINDS}, "part": _part_schema()},
    }


def _part_schema() -> dict[str, Json]:
    return {
        "type": "object",
        "properties": {
            "kind": {"enum": list[Json](KINDS), "description": "what is promised"},
            "params": {"type": "object", "description": "how much of it"},
        },
        "required": ["kind", "params"],
        "additionalProperties": False,
        "oneOf": [_kind_schema(kind) for kind in KINDS],
    }


def read_rule(kind: str, params: Mapping[str, object]) -> dict[str, Json]:
    """Return the parameters with their defaults, whole numbers as int; UsageError when wrong."""
    known = known_kind(kind)
    if KINDS[known].params == GROUP and too_deep(params):
        complaint = f"its groups lie more than {DEEPEST} deep in each other (limit)"
        raise InvalidParams(known, [complaint], signature(known))
    bounds_of = KINDS[known].params
    given = {
        name: canonical(bounds_of[name], value) if name in bounds_of else value
        for name, value in params.items()
    }
    complaints = [
        *_unknown(known, given),
        *_missing(known, given),
        *_not_one(known, given),
        *_not_together(known, given),
        *_out_of_range(known, given),
    ]
    if complaints:
        raise InvalidParams(known, complaints, signature(known))
    return {
        name: _plain(given.get(name, bounds.get("default")))
        for name, bounds in KINDS[known].params.items()
        if name in given
        or ("default" in bounds and not any(map(given.__contains__, _without(bounds))))
    }


def sentence(rule: Rule) -> str:
    """Read the rule aloud."""
    return kind_of(rule.kind).sentence(rule.params)


def describe_breach(breach: Breach) -> str:
    """Say what happened and what was promised: the sentence of a breach on every surface."""
    return kind_of(breach.kind).describe(breach.facts)


def number_fits(bounds: Bounds, value: float) -> bool:
    """Say of a number what JSON Schema says of it: loading a validator takes 35 ms."""
    if bounds["type"] == "integer" and value % 1 != 0:
        return False
    above, least, most = (
        cast("float | None", bounds.get(name))
        for name in ("exclusiveMinimum", "minimum", "maximum")
    )
    if above is not None and value <= above:
        return False
    return (least is None or value >= least) and (most is None or value <= most)


def known_kind(kind: str) -> RuleKind:
    """Return the kind of that name; UsageError names the nearest and all of them."""
    for known in KINDS:
        if kind == known:
            return known
    from difflib import get_close_matches

    nearest = get_close_matches(kind.lower().replace("-", "_"), list(KINDS), n=1, cutoff=0.0)[0]
    raise UnknownKind(kind, nearest, list(KINDS))


def _unknown(kind: RuleKind, params: Mapping[str, object]) -> list[str]:
    names = sorted(str(name) for name in params if name not in KINDS[kind].params)
    return [f"it has no parameter {name}" for name in names]


def _missing(kind: RuleKind, params: Mapping[str, object]) -> list[str]:
    return [
        f"{name} is missing, it takes {_allowed(KINDS[kind].params[name])}"
        for name in KINDS[kind].required()
        if name not in params
    ]


def _not_one(kind: RuleKind, params: Mapping[str, object]) -> list[str]:
    choice = KINDS[kind].one_of
    given = [name for name in choice if name in params]
    if not choice or len(given) == 1:
        return []
    return [f"it takes one of {' and '.join(choice)}, {len(given)} were given"]


def _not_together(kind: RuleKind, params: Mapping[str, object]) -> Iterator[str]:
    for name, bounds in KINDS[kind].params.items():
        if name not in params:
            continue
        missing = [other for other in _with(bounds) if other not in params]
        if missing:
            yield f"{name} goes with {' and '.join(missing)}, which is missing"
        if any(other in params for other in _without(bounds)):
            yield f"{name} does not go with {' and '.join(_without(bounds))}: leave one out"


def _out_of_range(kind: RuleKind, params: Mapping[str, object]) -> list[str]:
    return [
        f"{name} is {_shown(params[name])}, it takes {_allowed(bounds)}"
        for name, bounds in KINDS[kind].params.items()
        if name in params and not _fits(bounds, params[name])
    ]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _fits(bounds: Bounds, value: object) -> bool:
    # NaN passes every comparison a schema can make
    if isinstance(value, float) and math.isnan(value):
        return False
    if type(value) in {int, float} and bounds.get("type") in {"integer", "number"}:
        return number_fits(bounds, cast("float", value))
    from jsonschema import Draft202012Validator

    if bounds.get("items") != {"$ref": "#/$defs/part"}:
        return bool(Draft202012Validator(bounds).is_valid(value)) and _exists(bounds, value)
    flat = {name: bounds[name] for name in bounds if name != "items"}
    return bool(Draft202012Validator(flat).is_valid(value)) and _parts_fit(value)


def _exists(bounds: Bounds, value: object) -> bool:
    """Say whether a date is in the calendar, and a zone among those of the machine."""
    if bounds.get("format") == "date":
        try:
            date.fromisoformat(str(value))
        except ValueError:
            return False
    if bounds.get("x-zone") is True:
        from coach.engine.features.zones import is_zone

        return is_zone(str(value))
    return True


def _parts_fit(value: object) -> bool:
    """Read every rule of a group, which tells what is wrong with it."""
    for part in cast("list[object]", value):
        if not isinstance(part, dict) or set(part) != {"kind", "params"}:
            return False
        params = part["params"]
        if not isinstance(params, dict):
            return False
        read_rule(str(part["kind"]), params)
    return True


def _allowed(bounds: Bounds) -> str:
    if "enum" in bounds:
        return f"one of {_written(bounds['enum'])}"
    match bounds["type"]:
        case "integer":
            return f"a whole number from {bounds['minimum']} to {bounds['maximum']}"
        case "number" if "minimum" in bounds:
            return f"a number from {bounds['minimum']} to {bounds['maximum']}"
        case "number":
            return f"a number above {bounds['exclusiveMinimum']}, at most {bounds['maximum']}"
        case "array":
            return f"a list of {_items(cast('Bounds', bounds['items']))}"
        case _:
            return _text_like(bounds)


def _text_like(bounds: Bounds) -> str:
    if "examples" not in bounds:
        return "a text like " + ("09:30" if "[0-5]" in str(bounds["pattern"]) else "USD")
    what = "a date" if "format" in bounds else "a time zone" if "x-zone" in bounds else "a time"
    return f"{what} like {cast('list[str]', bounds['examples'])[0]}"


def _items(bounds: Bounds) -> str:
    if "enum" in bounds:
        return _written(bounds["enum"])
    return "rules" if "$ref" in bounds else "names like BTC-USD or BTC"


def _written(values: Json) -> str:
    return ", ".join(map(str, cast("list[Json]", values)))


def signature(kind: RuleKind) -> str:
    """Return the parameters of a kind, each with what it takes."""
    return ", ".join(
        f"{name} ({_allowed(bounds)}{_default(bounds)})"
        for name, bounds in KINDS[kind].params.items()
    )


def _default(bounds: Bounds) -> str:
    if "default" not in bounds:
        return ""
    default = bounds["default"]
    return f"; {_written(default) if isinstance(default, list) else default} unless given"


def _plain(value: object) -> Json:
    if isinstance(value, float):
        return int(value) if value == int(value) else value
    if isinstance(value, list):
        return [_part(item) if isinstance(item, dict) else item for item in value]
    return cast("Json", value)


def _part(part: Params) -> Json:
    params = cast("dict[str, object]", part["params"])
    return {"kind": part["kind"], "params": read_rule(str(part["kind"]), params)}
