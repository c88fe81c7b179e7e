"""A pack is a function of what was known at the week's end, and says what differs."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from coach.engine.digest import pack
from coach.engine.digest.inputs import DigestInputs, FillCoverage
from coach.errors import UsageError
from coach.model.canonical import canonical_json
from coach.model.fills import Symbol
from coach.model.insights import Finding
from coach.model.rules import Breach, Rule
from coach.model.trades import UnknownBasis

PUBLISHED = Path(__file__).parents[3] / "docs" / "schemas" / "digest.schema.json"

Make = Callable[..., Finding]
MakeRule = Callable[..., Rule]


def test_the_hash_is_that_of_the_canonical_bytes(week: DigestInputs) -> None:
    built = pack.build(week)
    assert pack.sha256(built) == hashlib.sha256(canonical_json(built)).hexdigest()
    assert json.loads(canonical_json(built)) == built
    assert list(built) == sorted(built)


def test_an_empty_week_keeps_its_bytes(week: DigestInputs) -> None:
    assert pack.sha256(pack.build(week)) == (
        "21976a6f4b35e324dcba9260208e7ae5402f2e12f850c1d00d5f8c2dcd467e0e"
    )


def test_the_formulas_stand_in_the_pack(week: DigestInputs, finding: Make, rule: MakeRule) -> None:
    told = replace(
        week,
        findings=(finding("size_after_win", "none"), finding("revenge", "none")),
        rules=(rule("max_trades_per_day", limit=5),),
    )
    assert pack.build(told)["engine_version"] == {
        "biases": ["revenge@1", "size_after_win@1"],
        "digest": [pack.DIGEST_FORMULA],
        "rules": ["max_trades_per_day@1"],
        "trades": [pack.TRADES_FORMULA],
    }


def test_the_period_names_its_days_and_its_bounds(week: DigestInputs) -> None:
    period = pack.build(week)["period"]
    assert (period["first_day"], period["last_day"]) == ("2026-03-30", "2026-04-05")
    assert (period["start"], period["end"]) == ("2026-03-29T22:00:00Z", "2026-04-05T22:00:00Z")


def test_evidence_used_twice_stands_once(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5.25 fees 1, closed 2026-03-30 10:00
    """
    told = pack.build(week)["evidence"]
    assert [record["id"] for record in told] == [f"e{place}" for place in range(1, len(told) + 1)]
    assert len({json.dumps({**record, "id": ""}) for record in told}) == len(told)


def test_a_findings_evidence_keeps_the_id_it_had(week: DigestInputs, finding: Make) -> None:
    told = replace(week, findings=(finding("revenge", "insufficient"),))
    records = pack.build(told)["evidence"]
    [record] = [record for record in records if record["formula"] == "revenge@1"]
    assert record["source"] == "revenge@1:0a1b2c3d4e5f"
    assert record["trades"] == ["trade01"]
    assert record["sample"]["n"] == "46"


def test_what_lies_outside_the_two_weeks_changes_no_byte(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5.25 fees 1, closed 2026-03-30 10:00
    2026-03-20 09:00 BTC-USD net 5.25 fees 1, closed 2026-03-20 10:00
    2026-04-06 09:00 BTC-USD net 5.25 fees 1, closed 2026-04-06 10:00
    """
    inside = replace(week, trips=week.trips[:1])
    assert canonical_json(pack.build(week)) == canonical_json(pack.build(inside))


def test_a_symbol_with_half_a_surrogate_still_has_bytes(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5.25 fees 1, closed 2026-03-30 10:00
    """
    [trip] = week.trips
    odd = replace(week, trips=(trip._replace(symbol=Symbol("BTC-\ud800")),))
    built = pack.build(odd)
    assert pack.read(canonical_json(built)) == built


def test_the_same_packs_do_not_differ(week: DigestInputs) -> None:
    assert pack.differences(pack.build(week), pack.build(week)) == []


def test_an_input_that_differs_is_named(
    week: DigestInputs,
    finding: Make,
    rule: MakeRule,
    breach: Callable[..., Breach],
    sale: Callable[[str], UnknownBasis],
) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5.25 fees 1, closed 2026-03-30 10:00
    """
    day = rule("max_trades_per_day", limit=5)
    read = FillCoverage(1, datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    before = pack.build(replace(week, rules=(day,)))
    for name, other in {
        "trades": replace(week, rules=(day,), trips=()),
        "findings": replace(week, rules=(day,), findings=(finding("revenge", "none"),)),
        "findings_before": replace(
            week, rules=(day,), findings_before=(finding("revenge", "none"),)
        ),
        "breaches": replace(
            week, rules=(day,), breaches=(breach(day, "trade01", "2026-03-30 09:00"),)
        ),
        "unknown": replace(week, rules=(day,), unknown=(sale("2026-03-30 09:00"),)),
        "coverage": replace(week, rules=(day,), coverage=read),
        "rules": replace(week, rules=(replace(day, params={"limit": 6}),)),
    }.items():
        after = pack.build(other)
        assert name in pack.differences(before, after)
        assert pack.input_sha256(before) != pack.input_sha256(after)


def test_a_formula_or_a_wording_that_differs_is_named(week: DigestInputs) -> None:
    before, newer, reworded = pack.build(week), pack.build(week), pack.build(week)
    newer["engine_version"]["digest"] = ["digest@99"]
    reworded["highlight"]["statements"] = []
    assert pack.differences(before, newer) == ["formulas"]
    assert pack.differences(before, reworded) == ["wording"]


def test_an_earlier_formula_of_the_digest_is_no_accusation(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5.25 fees 1, closed 2026-03-30 10:00
    """
    before, now = pack.build(week), pack.build(week)
    before["engine_version"]["digest"] = ["digest@1"]
    before["changes"]["rows"] = []
    assert pack.unexplained(before, now) == []
    assert pack.newer_formulas(before, now) == [f"digest@1, now {pack.DIGEST_FORMULA}"]
    imported = pack.build(replace(week, trips=()))
    assert pack.unexplained(before, imported) == ["trades"]


def test_a_newer_habit_explains_findings_and_nothing_else(
    week: DigestInputs, finding: Make, rule: MakeRule, breach: Callable[..., Breach]
) -> None:
    day = rule("max_trades_per_day", limit=5)
    now = pack.build(replace(week, rules=(day,), findings=(finding("revenge", "likely"),)))
    broken = (breach(day, "t1", "2026-03-30 09:00"),)
    before = pack.build(
        replace(week, rules=(day,), findings=(finding("revenge", "none"),), breaches=broken)
    )
    assert pack.unexplained(before, now) == ["breaches", "findings"]
    before["engine_version"]["biases"] = ["revenge@0"]
    assert pack.unexplained(before, now) == ["breaches"]
    before["engine_version"]["rules"] = ["max_trades_per_day@0"]
    assert pack.unexplained(before, now) == []


def test_a_habit_that_was_not_there_before_is_no_newer_formula(
    week: DigestInputs, finding: Make
) -> None:
    before, now = (
        pack.build(week),
        pack.build(replace(week, findings=(finding("revenge", "none"),))),
    )
    assert pack.newer_formulas(before, now) == []
    assert "findings" in pack.unexplained(before, now)


def test_a_pack_fits_the_published_schema(week: DigestInputs, finding: Make) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5.25 fees 1, closed 2026-03-30 10:00
    """
    habit = finding("revenge", "likely", (120.5, 20.0, 240.0, "9.50"))
    built = pack.build(replace(week, findings=(habit,)))
    published = Draft202012Validator(json.loads(PUBLISHED.read_text()))
    assert list(published.iter_errors(built)) == []
    assert not published.is_valid({**built, "cost": [{"say": 1}]})


@pytest.mark.parametrize(
    ("name", "zone", "said"),
    [("2026-W60", "UTC", "not '2026-W60'"), ("2026-W14", "Mars", "not 'Mars'")],
)
def test_a_week_or_zone_that_is_none_is_refused(
    week: DigestInputs, name: str, zone: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        pack.build(replace(week, week=name, zone=zone))


def test_candles_and_the_zone_are_named_as_the_difference(week: DigestInputs) -> None:
    plain, seeing = pack.build(week), pack.build(replace(week, candles=("ab" * 32,)))
    assert pack.differences(plain, seeing) == ["candles"]
    assert pack.differences(seeing, plain) == ["candles"]
    assert "zone" in pack.differences(plain, pack.build(replace(week, zone="Asia/Tokyo")))
