"""A rule says what it takes, and what was wrong with what it was given."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from coach.engine.rules.kinds.catalogue import KINDS
from coach.engine.rules.params import Bounds
from coach.engine.rules.schema import number_fits, read_rule, rule_schema, sentence
from coach.errors import UsageError
from coach.model.insights import Fact
from coach.model.rules import Rule, RuleId, RuleKind

SCHEMA = rule_schema()
PUBLISHED = Path(__file__).parents[3] / "docs" / "schemas" / "rule.schema.json"

GOOD: list[tuple[RuleKind, dict[str, Fact]]] = [
    ("max_trades_per_day", {"limit": 5}),
    ("cooldown_after_loss", {"minutes": 0.5}),
    ("max_size_vs_median", {"ratio": 2.5, "window": 20}),
]


def complaint(kind: str, params: dict[str, object]) -> str:
    with pytest.raises(UsageError) as caught:
        read_rule(kind, params)
    return str(caught.value)


def test_the_published_schema_is_the_schema() -> None:
    assert PUBLISHED.read_text() == json.dumps(SCHEMA, indent=2) + "\n"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(("kind", "params"), GOOD)
def test_what_is_read_fits_the_published_schema(kind: str, params: dict[str, object]) -> None:
    stored = {"kind": kind, "params": read_rule(kind, params), "active": False}
    assert Draft202012Validator(SCHEMA).is_valid(stored)
    assert not Draft202012Validator(SCHEMA).is_valid({**stored, "colour": "red"})


@pytest.mark.parametrize(("kind", "params"), GOOD)
def test_the_params_of_one_kind_fit_no_other(kind: str, params: dict[str, object]) -> None:
    others = [other for other in KINDS if other != kind]
    for other in others:
        assert not Draft202012Validator(SCHEMA).is_valid({"kind": other, "params": params})


def test_defaults_are_filled_in_and_whole_numbers_are_whole() -> None:
    read = read_rule("max_size_vs_median", {"ratio": 3.0})
    assert read == {"ratio": 3, "window": 20}
    assert isinstance(read["ratio"], int)


@pytest.mark.parametrize("limit", [0, -1, 1.5, 10_001, True, None, "5", [5], float("nan")])
def test_a_limit_out_of_range_is_told_the_range(limit: object) -> None:
    said = complaint("max_trades_per_day", {"limit": limit})
    assert said == (
        f"rule max_trades_per_day: limit is {limit!r}, it takes a whole number from 1 to 10000"
    )


@pytest.mark.parametrize("minutes", [0, -0.0, 525_601, float("nan"), float("inf"), "a while"])
def test_minutes_out_of_range_are_told_the_range(minutes: object) -> None:
    said = complaint("cooldown_after_loss", {"minutes": minutes})
    assert said.endswith(f"minutes is {minutes!r}, it takes a number above 0, at most 525600")


def test_every_wrong_field_is_named_at_once() -> None:
    said = complaint("max_size_vs_median", {"Ratio": 2, "window": 4})
    assert said == (
        "rule max_size_vs_median: it has no parameter Ratio;"
        " ratio is missing, it takes a number above 1, at most 1000;"
        " window is 4, it takes a whole number from 5 to 100"
    )


def test_the_hint_says_what_the_kind_takes() -> None:
    with pytest.raises(UsageError) as caught:
        read_rule("max_size_vs_median", {})
    assert caught.value.hint == (
        "max_size_vs_median takes ratio (a number above 1, at most 1000),"
        " window (a whole number from 5 to 100; 20 unless given)"
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("max_trade_per_day", "max_trades_per_day"),
        ("Cooldown-After-Loss", "cooldown_after_loss"),
        ("size", "max_size_vs_median"),
        ("", "trading_hours"),
    ],
)
def test_an_unknown_kind_is_told_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_rule(typed, {})
    assert str(caught.value) == f"no rule kind {typed!r}; the nearest is {meant}"
    assert all(kind in caught.value.hint for kind in KINDS)


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("max_trades_per_day", {"limit": 1}, "At most 1 new trade per day"),
        ("max_trades_per_day", {"limit": 5}, "At most 5 new trades per day"),
        ("cooldown_after_loss", {"minutes": 1}, "No new trades within 1 min of a losing trade"),
        (
            "cooldown_after_loss",
            {"minutes": 0.5},
            "No new trades within 0.5 min of a losing trade",
        ),
        (
            "max_size_vs_median",
            {"ratio": 2.5, "window": 20},
            "No entry larger than 2.5 times the median size of the previous 20 entries",
        ),
    ],
)
def test_a_rule_reads_aloud(kind: RuleKind, params: dict[str, Fact], said: str) -> None:
    assert sentence(Rule(RuleId("r"), kind, params, active=True)) == said


def test_a_kind_of_a_newer_coach_is_not_read_as_one_of_ours() -> None:
    newer = Rule(RuleId("r"), "fee_budget", {"limit": 1}, active=True)
    with pytest.raises(ValueError, match="no rule of kind"):
        sentence(newer)


def test_every_kind_names_the_version_of_its_arithmetic() -> None:
    second = {name for name, kind in KINDS.items() if kind.formula == f"{name}@2"}
    assert second == {
        "max_loss_per_day",
        "max_drawdown",
        "fee_budget_per_week",
        "max_concentration",
        "max_open_positions",
        "holding_time_ceiling",
    }
    assert all(kind.formula == f"{name}@1" for name, kind in KINDS.items() if name not in second)


def nested(groups: int) -> dict[str, object]:
    params: dict[str, object] = {"limit": 5}
    kind = "max_trades_per_day"
    for _ in range(groups):
        params = {"rules": [{"kind": kind, "params": params}]}
        kind = "any"
    return params


def test_groups_lie_in_each_other_four_deep() -> None:
    assert read_rule("any", nested(4)) == nested(4)


@pytest.mark.parametrize("groups", [5, 10, 10_000])
def test_deeper_groups_are_told_the_limit(groups: int) -> None:
    assert complaint("any", nested(groups)) == (
        "rule any: its groups lie more than 4 deep in each other (limit)"
    )


@given(
    st.sampled_from(
        [
            bounds
            for kind in KINDS.values()
            for bounds in kind.params.values()
            if bounds.get("type") in {"integer", "number"}
        ]
    ),
    st.one_of(
        st.integers(),
        st.integers(-2, 12),
        st.floats(allow_nan=False),
        st.sampled_from([0.5, 1.0, 99.99, 100, 100.0, 10_000, 10_000.0, 10**400]),
    ),
)
def test_a_number_fits_as_the_schema_says(bounds: Bounds, value: float) -> None:
    assert number_fits(bounds, value) == Draft202012Validator(bounds).is_valid(value)
