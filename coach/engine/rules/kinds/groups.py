"""Kinds that hold other rules: broken when all of them are, or any."""

from collections.abc import Mapping, Sequence
from typing import cast

from coach.engine.rules.kinds.spec import Bounds, Params, Spec
from coach.model.events import Json
from coach.model.rules import RuleKind

Part = Mapping[str, Json]
PARTS: Bounds = {
    "type": "array",
    "items": {"$ref": "#/$defs/part"},
    "minItems": 1,
    "maxItems": 10,
    "description": "rules, each with its kind and params; they may be groups again",
}
DEEPEST = 4


def parts(params: Params) -> Sequence[tuple[RuleKind, Params]]:
    """Return (kind, params) of each rule of a group."""
    found = cast("list[dict[str, Json]]", params["rules"])
    return [(cast("RuleKind", part["kind"]), cast("Params", part["params"])) for part in found]


def depth(params: Params) -> int:
    """Return how many groups lie inside each other, this one counted."""
    inner = [depth(inside) for kind, inside in parts(params) if kind in {"all", "any"}]
    return 1 + max(inner, default=0)


def joined(params: Params, word: str) -> str:
    """Read the rules of a group aloud."""
    from coach.engine.rules.kinds.catalogue import SPECS

    told = []
    for kind, inside in parts(params):
        said = SPECS[kind].aloud(inside)
        told.append(said[0].lower() + said[1:])
    return f" {word} ".join(told)


def _all(params: Params) -> str:
    return f"Not all of these at once: {joined(params, 'and')}"


def _any(params: Params) -> str:
    return f"Each of these: {joined(params, 'and')}"


def _all_loosens(before: Params, after: Params) -> bool:
    """Say whether all is harder to break: a rule came, or one of them is looser."""
    return _unmatched(after, before)


def _any_loosens(before: Params, after: Params) -> bool:
    """Say whether any is harder to break: a rule went, or one of them is looser."""
    return _unmatched(before, after)


def _unmatched(ours: Params, theirs: Params) -> bool:
    known = [(kind, dict(inside)) for kind, inside in parts(theirs)]
    return any((kind, dict(inside)) not in known for kind, inside in parts(ours))


SPECS = (
    Spec(
        "all",
        "A rule that only breaking all of these breaks",
        {"rules": PARTS},
        _all,
        {"rules": "ask"},
        loosens=_all_loosens,
    ),
    Spec(
        "any",
        "A rule that breaking any of these breaks",
        {"rules": PARTS},
        _any,
        {"rules": "ask"},
        loosens=_any_loosens,
    ),
)
