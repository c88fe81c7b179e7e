"""Every kind of rule by its name, in the order they are told."""

from typing import Final, get_args

from coach.engine.rules.kinds import groups, pace, place, size
from coach.engine.rules.kinds.spec import Need, Params, Spec
from coach.model.rules import RuleKind

_KNOWN = {spec.kind: spec for spec in (*pace.SPECS, *size.SPECS, *place.SPECS, *groups.SPECS)}
KINDS: Final[tuple[RuleKind, ...]] = get_args(RuleKind)
SPECS: Final[dict[RuleKind, Spec]] = {kind: _KNOWN[kind] for kind in KINDS}


def needs(kind: str, params: Params) -> frozenset[Need]:
    """Return what a rule cannot be judged without, beside the round trips."""
    if kind in {"all", "any"}:
        inside = (needs(part, its) for part, its in groups.parts(params))
        return frozenset().union(*inside)
    wanted = SPECS[kind].needs  # type: ignore[index] # read_rule knew the kind
    if "amount" in params:
        return frozenset(wanted) - {"equity"}
    return frozenset(wanted)
