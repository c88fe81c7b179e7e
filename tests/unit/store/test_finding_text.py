"""A finding that was written and read back is the same to the last bit."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from coach.engine.store.results.finding_text import as_findings, as_text
from coach.model.insights import Cost, Evidence, Finding
from coach.model.reasons import Reason
from coach.model.trades import TradeId

numbers = some.floats(allow_nan=False)
pairs = some.tuples(numbers, numbers)
facts: Any = some.dictionaries(
    some.text(max_size=8),
    some.one_of(numbers, some.integers(), some.booleans(), some.none(), some.text(max_size=8)),
    max_size=4,
)
costs = some.builds(
    Cost,
    currency=some.text(max_size=5),
    estimate=numbers,
    interval=pairs,
    fees=some.just("0.10"),
    measurable=some.booleans(),
    share=some.none() | numbers,
)
keys: Any = some.binary(min_size=16, max_size=16)
evidences = some.builds(
    Evidence,
    id=some.text(max_size=8),
    formula=some.just("revenge@3"),
    sample=facts,
    trade_ids=some.lists(some.text(max_size=5).map(TradeId), max_size=3).map(tuple),
    fill_keys=some.lists(keys, max_size=3).map(tuple),
)
reasons = some.builds(
    Reason,
    kind=some.sampled_from(["target", "machine"]),
    n=some.integers(0),
    share=numbers,
    typical=some.none() | numbers,
    quartiles=some.none() | pairs,
    unit=some.just("%"),
    facts=facts,
)
findings = some.builds(
    Finding,
    bias=some.just("revenge"),
    level=some.sampled_from(["insufficient", "none", "possible", "likely", "strong"]),
    n=some.integers(0),
    needed=some.integers(0),
    score=some.none() | numbers,
    effect=some.none() | numbers,
    interval=some.none() | pairs,
    p=some.none() | numbers,
    costs=some.lists(costs, max_size=2).map(tuple),
    evidence=some.lists(evidences, max_size=2).map(tuple),
    facts=facts,
    lacks=some.lists(some.text(max_size=8), max_size=2).map(tuple),
    counter=some.lists(evidences, max_size=2).map(tuple),
    leaning=some.none() | numbers,
    reasons=some.lists(reasons, max_size=2).map(tuple),
    standing=some.sampled_from(["untold", "told", "asked", "style"]),
)


@given(some.lists(findings, max_size=3))
def test_a_finding_survives_its_text(told: list[Finding]) -> None:
    """Also minus zero, whole floats and the order of facts, which equality does not tell apart."""
    assert list(map(repr, as_findings(as_text(told)))) == list(map(repr, told))
