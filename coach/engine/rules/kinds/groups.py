"""What the kinds that hold other rules share: their parts, and everything asked of each part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict, cast

from coach.engine.rules.kinds.kind import LookBack
from coach.wording.facts import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.kinds.kind import AnyKind, Need
    from coach.engine.rules.params import Bounds, Params
    from coach.engine.statistics.arrays import Flags
    from coach.model.events import Json
    from coach.model.insights import Fact
    from coach.model.rules import RuleKind
    from coach.wording.facts import FactText

DEEPEST: Final = 4
PARTS: Final[Bounds] = {
    "type": "array",
    "items": {"$ref": "#/$defs/part"},
    "minItems": 1,
    "maxItems": 10,
    "description": (
        "rules, each with its kind and params; they may be groups again,"
        f" at most {DEEPEST} in each other"
    ),
}
GROUP: Final[dict[str, Bounds]] = {"rules": PARTS}
"""The parameters of a kind that holds other rules."""


class GroupFacts(TypedDict):
    """Which rules of a group were broken, of how many.

    Beside these stand the facts of each of them, under its name and a point.
    """

    broken: str
    rules: int
    margin: int


class Part(NamedTuple):
    """A rule of a group; `name` is its kind, with a number where the group has several of it."""

    name: str
    kind: RuleKind
    params: Params


class NamedHit(NamedTuple):
    """Where a rule of a group was broken."""

    part: str
    hit: Hit[Mapping[str, Fact]]


def parts(params: Params) -> list[Part]:
    """Return the rules of a group."""
    found: list[Part] = []
    for part in cast("list[dict[str, Json]]", params["rules"]):
        kind = str(part["kind"])
        again = sum(one.kind == kind for one in found)
        name = f"{kind}-{again + 1}" if again else kind
        found.append(Part(name, kind, cast("Params", part["params"])))
    return found


def too_deep(params: Mapping[str, object]) -> bool:
    """Say whether more than DEEPEST groups lie inside each other; the rules may be unchecked."""
    level: list[object] = [params]
    for _ in range(DEEPEST + 1):
        level = [params for params in level if isinstance(params, dict) and "rules" in params]
        level = [params for group in level for params in _params_inside(group)]
    return bool(level)


def _params_inside(group: object) -> list[object]:
    rules = cast("dict[str, object]", group)["rules"]
    each = rules if isinstance(rules, list) else []
    return [part["params"] for part in each if isinstance(part, dict) and "params" in part]


def sentences(params: Params) -> str:
    """Read the rules of a group aloud."""
    read = [_kind(part.kind).sentence(part.params) for part in parts(params)]
    return " and ".join(one[0].lower() + one[1:] for one in read)


def needs(params: Params) -> frozenset[Need]:
    """Return what any of the rules needs."""
    each = (_kind(part.kind).needs(part.params) for part in parts(params))
    return frozenset(need for wanted in each for need in wanted)


def looks_back(params: Params) -> LookBack:
    """Return how far the rules look back together."""
    return farthest(_kind(part.kind).looks_back(part.params) for part in parts(params))


def vacuous(params: Params) -> str:
    """Return why one of the rules can never be broken, or always is; empty where none is so."""
    for part in parts(params):
        if reason := _kind(part.kind).vacuous(part.params):
            return f"{part.name} in it: {reason}"
    return ""


def farthest(each: Iterable[LookBack]) -> LookBack:
    """Return how far all of these look back together."""
    every = list(each)
    known = [one.days for one in every if one.days is not None]
    days = max(known) if len(known) == len(every) else None
    return LookBack(days, max(one.trades for one in every), any(one.losses for one in every))


def judged(params: Params, ground: Ground) -> Flags:
    """Say which trades all of the rules can judge, (n,)."""
    import numpy as np

    each = [_kind(part.kind).judged(part.params, ground) for part in parts(params)]
    known: Flags = np.logical_and.reduce(each)
    return known


def hits_by_trade(params: Params, ground: Ground) -> Iterator[list[NamedHit]]:
    """Yield, for each trade that broke one of the rules, where it did."""
    from coach.engine.rules.first_hits import first_hits

    found: dict[int, list[NamedHit]] = {}
    for part in parts(params):
        for hit in first_hits(part.kind, part.params, ground):
            found.setdefault(hit.row, []).append(NamedHit(part.name, hit))
    yield from found.values()


def together(found: Sequence[NamedHit], params: Params) -> Hit[GroupFacts]:
    """Return one hit for several of one trade."""
    from coach.engine.rules.ground import Hit

    facts: dict[str, Fact] = {
        "broken": ", ".join(one.part for one in found),
        "rules": len(parts(params)),
        "margin": len(found),
    }
    for name, hit in found:
        facts |= {f"{name}.{fact}": value for fact, value in hit.facts.items()}
    fills = dict.fromkeys(key for one in found for key in one.hit.fills)
    last = max(one.hit.at_us for one in found)
    return Hit(found[0].hit.row, last, cast("GroupFacts", facts), tuple(fills))


def texts(facts: GroupFacts) -> dict[str, FactText]:
    """Return each broken rule with its own sentence, in one text."""
    every = cast("Mapping[str, Fact]", facts)
    described = []
    for name in facts["broken"].split(", "):
        inside = {
            fact.removeprefix(f"{name}."): value
            for fact, value in every.items()
            if fact.startswith(f"{name}.")
        }
        described.append(f"{name}: {_kind(name.partition('-')[0]).describe(inside)}")
    return {"broken": words("; ".join(described))}


def has_other(ours: Params, theirs: Params) -> bool:
    """Say whether a rule of ours is none of theirs."""
    known = [(part.kind, dict(part.params)) for part in parts(theirs)]
    return any((part.kind, dict(part.params)) not in known for part in parts(ours))


def _kind(name: RuleKind) -> AnyKind:
    from coach.engine.rules.kinds.catalogue import KINDS

    return KINDS[name]
