"""A plan reads as one sentence."""

import pytest

from coach.model.plans import Param, Plan, PlanKind
from coach.wording.plans import plan_text


@pytest.mark.parametrize(
    ("kind", "params", "text"),
    [
        ("dca", {}, "You buy at a fixed pace, whatever the price does."),
        (
            "dca",
            {"symbols": ("BTC-USD", "ETH-USD")},
            "You buy at a fixed pace, whatever the price does, in BTC-USD, ETH-USD.",
        ),
        ("momentum", {}, "You enter with a move, by rule."),
        ("only", {"symbols": ("BTC-USD",)}, "You trade no other symbols than BTC-USD, on purpose."),
        (
            "night_shift",
            {"start": "22:00", "end": "05:00"},
            "You trade at night, from 22:00 to 05:00.",
        ),
        ("stop", {"percent": 2.5}, "You close at a fixed loss of 2.5 %."),
        (
            "target",
            {"percent": 10.0, "symbols": ("BTC-USD",)},
            "You close at a fixed gain of 10 %, in BTC-USD.",
        ),
    ],
)
def test_a_plan_is_one_sentence(kind: PlanKind, params: dict[str, Param], text: str) -> None:
    assert plan_text(Plan(kind, kind, params)) == text
