"""What holds for every week: order is nothing, numbers have evidence, lines fit."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import TypeVar, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.digest import render
from coach.engine.digest.inputs import DigestInputs, FillCoverage
from coach.engine.digest.pack import build, read
from coach.engine.digest.page.html import html
from coach.engine.digest.shape import Pack
from coach.model.accounts import AccountId
from coach.model.canonical import canonical_json
from coach.model.fills import FillKey, Symbol
from coach.model.insights import Cost, Evidence, Finding, Kind
from coach.model.reasons import Level, Reason, Standing
from coach.model.rules import Breach, Rule, RuleId
from coach.model.trades import PartialClose, RoundTrip, TradeId, UnknownBasis
from tests.numerals import unsupported

Thing = TypeVar("Thing")
LEVELS: tuple[Level, ...] = get_args(Level)
KINDS: tuple[Kind, ...] = get_args(Kind)
UNITS = ("difference in rate", "odds ratio", "ratio of rates", "share of days", "moons")
LACKS = ((), ("candles",), ("candles of 1INCH-EUR", "candles of ETH-EUR"))
START = datetime(2026, 3, 20, tzinfo=UTC)
EIGHTEEN = Decimal("1e-18")

moments = some.integers(0, 20 * 86_400).map(lambda second: START + timedelta(seconds=second))
money = some.decimals(-10_000, 10_000, places=6)
keys = some.binary(min_size=16, max_size=16).map(FillKey)
ids = some.text("abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16).map(TradeId)


@some.composite
def round_trips(draw: some.DrawFn) -> RoundTrip:
    opened, fees, gross = draw(moments), abs(draw(money)), draw(money)
    return RoundTrip(
        id=draw(ids),
        account_id=AccountId(1),
        symbol=Symbol(draw(some.sampled_from(["BTC-USD", "ETH-BTC", "1INCH-EUR"]))),
        side="long",
        opened_at=opened,
        closed_at=draw(some.none() | some.just(opened + timedelta(hours=30))),
        quantity=Decimal(1),
        entry=Decimal(100),
        exit=Decimal(101),
        gross=gross + EIGHTEEN,
        fees=fees,
        net=gross + EIGHTEEN - fees,
        fills=2,
        entry_quantity=Decimal(1),
        entry_notional=Decimal(100),
        entry_fills=(draw(keys),),
        exit_fills=(draw(keys),),
        other_fees=draw(some.just({}) | some.just({"BNB": Decimal("0.01")})),
        partial_closes=tuple(draw(some.lists(partial_closes(opened), max_size=2))),
    )


@some.composite
def partial_closes(draw: some.DrawFn, opened: datetime) -> PartialClose:
    at = opened + timedelta(hours=draw(some.integers(0, 29)))
    return PartialClose(at, draw(keys), Decimal("0.1"), draw(money), abs(draw(money)))


@some.composite
def findings(draw: some.DrawFn) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            bias=bias,
            level=draw(some.sampled_from(LEVELS)),
            n=draw(some.integers(0, 500)),
            needed=draw(some.integers(0, 50)),
            score=draw(some.floats(0, 100)),
            effect=draw(some.floats(-1, 1)),
            interval=(-0.25, draw(some.floats(0, 1))),
            unit=draw(some.sampled_from(UNITS)),
            costs=(Cost("USD", draw(some.floats(-1e6, 1e6)), (1.5, 9e5), "3.10", measurable=True),),
            kind=draw(some.sampled_from(KINDS)),
            lacks=draw(some.sampled_from(LACKS)),
            standing=draw(some.sampled_from(STANDINGS)),
            reasons=(draw(some.sampled_from(REASONS)),),
            evidence=(Evidence(f"{bias}@1:0a1b", f"{bias}@1", {"n": 5, "x": 0.1}, ()),),
        )
        for bias in draw(some.permutations([*HABITS]))
    )


STANDINGS: tuple[Standing, ...] = ("untold", "told", "asked", "style")
REASONS = (
    Reason("target", 40, 0.92, 1.0, (0.9, 1.2), "%", {"state": "best", "sides": "long"}),
    Reason("clock", 20, 0.85, facts={"time": "09:00", "zone": "UTC"}),
    Reason("machine", 400, 1.0, facts={"quiet_share": 0.24, "round_the_clock": True}),
)
RULES = (
    Rule(RuleId("day"), "max_trades_per_day", {"limit": 2}, active=True),
    Rule(RuleId("pause"), "cooldown_after_loss", {"minutes": 2.5}, active=False),
)
breaches = some.builds(
    Breach,
    rule_id=some.just(RuleId("day")),
    kind=some.just("max_trades_per_day"),
    trade_id=ids,
    at=moments,
    fill_keys=some.tuples(keys),
    facts=some.just({"date": "2026-03-30", "count": 3, "limit": 2}),
)
sales = some.builds(
    UnknownBasis,
    key=keys,
    symbol=some.just(Symbol("BTC-USD")),
    side=some.just("sell"),
    at=moments,
    quantity=money,
    proceeds=money,
    fee=money,
)


@some.composite
def weeks(draw: some.DrawFn) -> DigestInputs:
    notes = draw(some.lists(some.text(max_size=40), max_size=3))
    return DigestInputs(
        zone=draw(some.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu"])),
        week="2026-W14",
        trips=tuple(draw(some.lists(round_trips(), max_size=12, unique_by=lambda trip: trip.id))),
        findings=draw(findings()),
        findings_before=draw(findings()),
        rules=RULES,
        breaches=tuple(draw(some.lists(breaches, max_size=8, unique_by=lambda one: one.trade_id))),
        unknown=tuple(draw(some.lists(sales, max_size=3, unique_by=lambda sale: sale.key))),
        coverage=FillCoverage(412, draw(moments), draw(moments), tuple(notes)),
    )


def forms(pack: Pack) -> list[str]:
    return [render.text(pack), render.markdown(pack), visible(html(pack))]


def visible(page: str) -> str:
    words = Words()
    words.feed(page)
    return "".join(words.heard)


class Words(HTMLParser):
    """What a reader of a page sees."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.styling = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.styling = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self.styling:
            self.heard.append(data)


@given(weeks(), some.integers(0, 2**32))
def test_the_order_of_inputs_changes_no_byte(week: DigestInputs, seed: int) -> None:
    dice = np.random.default_rng(seed)

    def shuffled(things: tuple[Thing, ...]) -> tuple[Thing, ...]:
        return tuple(things[place] for place in dice.permutation(len(things)))

    other = replace(
        week,
        trips=shuffled(week.trips),
        findings=shuffled(week.findings),
        findings_before=shuffled(week.findings_before),
        rules=shuffled(week.rules),
        breaches=shuffled(week.breaches),
        unknown=shuffled(week.unknown),
        coverage=replace(week.coverage, notes=shuffled(week.coverage.notes)),
    )
    assert canonical_json(build(other)) == canonical_json(build(week))


@given(weeks())
def test_every_numeral_that_is_read_stands_in_the_pack(week: DigestInputs) -> None:
    pack = build(week)
    for form in forms(pack):
        assert unsupported(form, pack) == []


@given(weeks())
def test_every_reference_resolves_and_all_evidence_is_shown(week: DigestInputs) -> None:
    pack = build(week)
    listed = {record["id"] for record in pack["evidence"]}
    for form in forms(pack):
        assert {cited[1:-1] for cited in re.findall(r"\[e\d+\]", form)} >= listed
    cited = set(re.findall(r'"evidence":"(e\d+)"', canonical_json(pack).decode()))
    assert cited <= listed


@given(weeks())
def test_text_is_never_wider_than_80_columns(week: DigestInputs) -> None:
    assert max(map(len, render.text(build(week)).splitlines())) <= 80


@given(weeks())
def test_a_pack_holds_no_float(week: DigestInputs) -> None:
    def refuse(number: str) -> None:
        pytest.fail(f"{number} is a float")

    json.loads(canonical_json(build(week)), parse_float=refuse)


@given(weeks())
def test_a_pack_read_back_is_the_pack(week: DigestInputs) -> None:
    pack = build(week)
    assert read(canonical_json(pack)) == pack
    assert canonical_json(read(canonical_json(pack))) == canonical_json(pack)
