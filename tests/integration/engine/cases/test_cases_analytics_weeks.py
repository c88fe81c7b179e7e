"""Weeks, days, rules and habits of ../shared/cases/analytics, with the answers that are right."""

import csv
import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from coach.engine.api import digests, insights, trades
from coach.engine.api.promises import plans, rules
from coach.engine.api.session import Session
from tests.cases import ANALYTICS, bring

pytestmark = pytest.mark.skipif(
    not ANALYTICS.is_dir(), reason="../shared/cases/analytics is not here"
)


def broken(session: Session, kind: str, params: dict[str, object]) -> list[datetime]:
    """Return the moments at which a new rule was broken."""
    rule = rules.add(session, kind, params).rule
    return [one.at for one in rules.breaches(session) if one.rule_id == rule.id]


@pytest.mark.parametrize(
    ("kind", "params", "hours"),
    [
        ("cooldown_after_loss", {"minutes": 30}, [11, 12]),
        ("stop_after_losses_in_a_row", {"losses": 2}, [12]),
        ("max_open_positions", {"positions": 1}, []),
    ],
)
def test_each_turn_of_a_position_is_an_entry_after_a_loss(
    autumn: Session, kind: str, params: dict[str, object], hours: list[int]
) -> None:
    bring(autumn, "flip_loss")
    assert [at.hour for at in broken(autumn, kind, params)] == hours


@pytest.mark.parametrize(
    ("params", "figure", "lost"),
    [
        ({"percent": 5}, "lost_percent", [10, 25, 15]),
        ({"amount": 50, "currency": "USD"}, "lost", [100, 250, 150]),
    ],
)
def test_the_drawdown_starts_with_the_first_trade(
    autumn: Session, params: dict[str, object], figure: str, lost: list[int]
) -> None:
    bring(autumn, "drawdown_first")
    plans.set_equity(autumn, "main", Decimal(1000))
    rules.add(autumn, "max_drawdown", params)
    found = rules.breaches(autumn)
    assert [one.at.day for one in found] == [6, 7, 8]
    assert [float(str(one.facts[figure])) for one in found] == pytest.approx(lost)


def living_in(session: Session, zone: str) -> Session:
    return replace(session, user=replace(session.user, zone=zone))


@pytest.mark.parametrize(
    ("zone", "late"),
    [("Europe/Berlin", ["2026-10-25T01:30", "2026-10-25T22:59"]), ("UTC", ["2026-10-25T23:00"])],
)
def test_a_day_on_which_clocks_change_has_the_entries_of_its_hours(
    autumn: Session, zone: str, late: list[str]
) -> None:
    there = living_in(autumn, zone)
    bring(there, "dst_day")
    found = broken(there, "max_trades_per_day", {"limit": 3})
    assert [f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}" for at in found] == late


def test_a_win_between_losses_on_the_long_day_breaks_the_row(autumn: Session) -> None:
    there = living_in(autumn, "Europe/Berlin")
    bring(there, "dst_day")
    assert broken(there, "stop_after_losses_in_a_row", {"losses": 2}) == []


def week(session: Session, name: str) -> dict[str, dict[str, Decimal]]:
    """Return what a digest says of its week: the values by measure and currency."""
    told: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in digests.digest(session, name).pack["changes"]["rows"]:
        value = row["now"]["value"]
        if value and "/" not in value:
            told[row["measure"]][row["currency"]] = Decimal(value)
    return told


@pytest.mark.parametrize(
    ("zone", "name", "count", "net"),
    [
        ("Europe/Berlin", "2026-W43", 5, "-40"),
        ("Europe/Berlin", "2026-W44", 1, "-12"),
        ("UTC", "2026-W43", 6, "-52"),
    ],
)
def test_the_week_ends_when_its_25_hour_sunday_does(
    autumn: Session, zone: str, name: str, count: int, net: str
) -> None:
    there = living_in(autumn, zone)
    bring(there, "dst_day")
    told = week(there, name)
    assert (told["closed"], told["net"]) == ({"": Decimal(count)}, {"USD": Decimal(net)})


def test_trades_of_five_quotes_are_five_trades_of_their_week(autumn: Session) -> None:
    bring(autumn, "multi_quote")
    assert week(autumn, "2026-W23")["closed"] == {"": Decimal(5)}


@pytest.mark.parametrize(("name", "net"), [("2025-W50", "24.5"), ("2025-W51", "15.44")])
def test_each_cycle_counts_in_its_own_week(autumn: Session, name: str, net: str) -> None:
    bring(autumn, "jnug_two_cycles")
    assert week(autumn, name)["net"] == {"USD": Decimal(net)}


def test_one_trade_is_too_few_for_every_habit(autumn: Session) -> None:
    bring(autumn, "one_trade")
    assert week(autumn, "2026-W24")["closed"] == {"": Decimal(1)}
    found = insights.findings(autumn).findings
    assert {finding.level for finding in found} <= {"insufficient", "fact"}
    assert not re.search(r"\b(nan|inf)\b", repr(found))


def test_an_entry_in_two_fills_is_tagged_once_and_an_import_again_adds_none(
    autumn: Session,
) -> None:
    bring(autumn, "tags_once")
    numbered = {
        view.trip.id: number for number, view in enumerate(trades.round_trips(autumn), start=1)
    }

    def tagged(bias: str) -> list[int]:
        return [numbered[tag.trade_id] for tag in insights.tags(autumn, bias)]

    assert tagged("revenge") == tagged("size_after_loss") == [7, 9, 12]
    before = insights.tags(autumn)
    bring(autumn, "tags_once")
    assert insights.tags(autumn) == before


ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)


def by_weeks(zone: str) -> dict[str, list[Decimal]]:
    """Return the nets of the trades of `week_borders` by the local week of their sale.

    Trade i gains i + 1 less fees of 0.02. A time is cut, not rounded, to the microsecond.
    """
    found: dict[str, list[Decimal]] = defaultdict(list)
    with (ANALYTICS / "week_borders.csv").open() as file:
        for row in csv.DictReader(file):
            if row["side"] == "sell":
                sold = datetime.fromisoformat(row["timestamp"]).astimezone(ZoneInfo(zone))
                year, number, _ = sold.isocalendar()
                net = int(row["symbol"][1:3]) + 1 - Decimal("0.02")
                found[f"{year:04}-W{number:02}"].append(net)
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_a_digest_counts_the_trades_that_closed_in_its_local_week(
    autumn: Session, zone: str
) -> None:
    there = living_in(autumn, zone)
    bring(there, "week_borders")
    for name, nets in by_weeks(zone).items():
        told = week(there, name)
        assert (name, told["closed"], told["net"]) == (
            name,
            {"": Decimal(len(nets))},
            {"USD": sum(nets)},
        )
