"""A broken rule is said in one sentence, in the terminal, in the drawer and in the digest."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.cli.commands import check, why
from coach.cli.rules import answers as rule_answers
from coach.cli.show.answers import Answer
from coach.cli.show.output import Output
from coach.cli.show.screen import Screen
from coach.engine.api.excursions import TradeExcursion
from coach.engine.api.habits import OURS
from coach.engine.api.promises.check import BrokenRule, CheckResult
from coach.engine.api.why import TradeEvidence
from coach.engine.digest import render
from coach.engine.digest.figures import stated
from coach.engine.digest.inputs import DigestInputs, FillCoverage
from coach.engine.digest.pack import build
from coach.engine.digest.shape import Pack
from coach.engine.rules.kinds.catalogue import KINDS
from coach.engine.rules.schema import describe_breach, sentence
from coach.model.accounts import AccountId
from coach.model.fills import FillKey, Symbol
from coach.model.insights import Fact
from coach.model.rules import Breach, RuleId, RuleKind
from coach.model.trades import RoundTrip, TradeId
from coach.wording.numbers import SIGMA
from tests.unit.cli.conftest import MemoryTerminal
from tests.unit.rules.test_properties import rule

Case = tuple[RuleKind, dict[str, Fact], str]
AT = datetime(2026, 3, 30, 9, tzinfo=UTC)
TRADE = TradeId("trade01")
KEY = FillKey(b"0123456789abcdef")
LARGE: dict[str, Fact] = {
    "ratio": 3.1234,
    "limit": 2.5,
    "margin": 0.6234,
    "median": "100.004",
    "notional": "1312.34",
    "quote": "USD",
    "entries_before": 20,
}
CASES: list[Case] = [
    (
        "max_trades_per_day",
        {"date": "2026-03-30", "zone": "UTC", "count": 6, "limit": 5, "margin": 1},
        "trade 6 on 2026-03-30 (limit 5)",
    ),
    (
        "cooldown_after_loss",
        {"minutes_since": 0.5, "minutes": 30, "loss": "-10.5", "quote": "USDT", "margin": 29.5},
        "entered 30 s after a loss of 10.50 USDT (minimum 30 min)",
    ),
    (
        "max_size_vs_median",
        LARGE,
        "3.12 x the median size: 1,312.34 USD against 100.00 USD (limit 2.5 x)",
    ),
    (
        "max_loss_per_day",
        {"lost": "200.5", "limit": 200, "margin": "0.5", "quote": "USD"},
        "daily loss 200.50 USD (limit 200.00 USD)",
    ),
    (
        "max_loss_per_day",
        {"lost_percent": 2.5, "limit": 2, "margin": 0.5, "quote": "USD"},
        "daily loss 2.5 % (limit 2 %)",
    ),
    (
        "max_drawdown",
        {"lost": "0.123456789", "limit": 0.1, "margin": "0.023456789", "quote": "BTC"},
        "drawdown 0.12345679 BTC (limit 0.1 BTC)",
    ),
    (
        "max_drawdown",
        {"lost_percent": 17.3878, "limit": 2, "margin": 15.3878, "quote": "USD"},
        "drawdown 17.4 % (limit 2 %)",
    ),
    (
        "max_drawdown",
        {"lost": "2000.5", "limit": 2_000, "margin": "0.5", "quote": "USD", "floor": "end_of_day"},
        "drawdown 2,000.50 USD from the highest end-of-day balance (limit 2,000.00 USD)",
    ),
    (
        "max_drawdown",
        {"lost_percent": 10.5, "limit": 10, "margin": 0.5, "quote": "USD", "floor": "static"},
        "drawdown 10.5 % from the starting balance (limit 10 %)",
    ),
    (
        "size_cap_after_losses",
        {**LARGE, "losses_in_a_row": 1, "losses": 1},
        (
            "3.12 x the median size after 1 loss in a row: 1,312.34 USD against 100.00 USD"
            " (limit 2.5 x after 1 or more)"
        ),
    ),
    (
        "stop_after_losses_in_a_row",
        {"losses_in_a_row": 3, "losses": 3, "margin": 0},
        "3 losses in a row (limit 3)",
    ),
    (
        "no_entry_after_spike",
        {"z": 4.25, "limit": 3, "margin": 1.25, "horizon_minutes": 60},
        f"entered after a move of 4.25{SIGMA} within 60 min (limit 3{SIGMA})",
    ),
    (
        "no_averaging_down",
        {"behind_percent": 2.0, "limit": 0, "margin": 2.0},
        "averaged down 2 % from the average (limit 0 %)",
    ),
    (
        "trading_hours",
        {"clock": "mon 08:59", "from": "09:00", "until": "17:30", "margin": 1},
        "entered on Mon 08:59 (allowed 09:00 to 17:30)",
    ),
    ("symbol_lock", {"symbol": "DOGE-USD", "margin": 1}, "traded DOGE-USD, which is locked"),
    (
        "symbol_allow_list",
        {"symbol": "DOGE-USD", "margin": 1},
        "traded DOGE-USD, which is not allowed",
    ),
    (
        "max_open_positions",
        {"open_positions": 3, "limit": 2, "margin": 1},
        "3 positions open at once (limit 2)",
    ),
    (
        "max_concentration",
        {"share": 30.0, "limit": 25, "margin": 5.0},
        "30 % of equity in one position (limit 25 %)",
    ),
    (
        "fee_budget_per_week",
        {"fees": "8.13209127", "budget": 5, "margin": "3.13209127", "quote": "USD"},
        "weekly fees 8.13 USD (limit 5.00 USD)",
    ),
    (
        "holding_time_floor",
        {"held_minutes": 10.0, "limit": 30, "margin": 20.0},
        "held 10 min (minimum 30 min)",
    ),
    (
        "holding_time_ceiling",
        {"held_minutes": 1401.775, "limit": 60, "margin": 1341.775, "still_open": True},
        "held 1,402 min (maximum 60 min)",
    ),
    (
        "all",
        {
            "broken": "symbol_lock, max_open_positions",
            "rules": 2,
            "margin": 2,
            "symbol_lock.symbol": "DOGE-USD",
            "symbol_lock.margin": 1,
            "max_open_positions.open_positions": 3,
            "max_open_positions.limit": 2,
            "max_open_positions.margin": 1,
        },
        (
            "symbol_lock: traded DOGE-USD, which is locked;"
            " max_open_positions: 3 positions open at once (limit 2)"
        ),
    ),
    (
        "any",
        {
            "broken": "holding_time_floor-2",
            "rules": 2,
            "margin": 1,
            "holding_time_floor-2.held_minutes": 1.5,
            "holding_time_floor-2.limit": 22.5,
            "holding_time_floor-2.margin": 21,
        },
        "holding_time_floor-2: held 1.5 min (minimum 22.5 min)",
    ),
]


TRIP = RoundTrip(
    id=TRADE,
    account_id=AccountId(1),
    symbol=Symbol("DOGE-USD"),
    side="long",
    opened_at=AT,
    closed_at=None,
    quantity=Decimal(1),
    entry=Decimal(100),
    exit=None,
    gross=Decimal(0),
    fees=Decimal(0),
    net=Decimal(0),
    fills=1,
    entry_quantity=Decimal(1),
    entry_notional=Decimal(100),
    entry_fills=(KEY,),
    exit_fills=(),
    other_fees={},
)


def breach_of(kind: RuleKind, facts: dict[str, Fact]) -> Breach:
    return Breach(RuleId(kind), kind, TRADE, AT, (KEY,), facts)


def pack_of(breach: Breach) -> Pack:
    """Return the digest of a week with nothing but the breach."""
    rules_of_the_week = (rule(breach.kind),)
    return build(
        DigestInputs(
            "UTC", "2026-W14", (TRIP,), (), (), rules_of_the_week, (breach,), (), FillCoverage()
        )
    )


def evidence_of(breach: Breach) -> TradeEvidence:
    return TradeEvidence(
        trip=TRIP,
        account="main",
        outcome=None,
        reached=TradeExcursion(mae_reason="no candles", r_reason="no stop"),
        fills=(),
        fee_values={},
        tags=(),
        breaches=(breach,),
        labels=(),
        path=None,
    )


def as_json(answer: Answer) -> str:
    """Return what a program gets."""
    screen = MemoryTerminal()
    Output(screen, json=True).show(answer, Screen(width=80, color=False))
    return screen.getvalue()


def every_facts(printed: object) -> list[object]:
    """Return the facts of every breach in an answer, wherever they stand."""
    if isinstance(printed, list):
        return [facts for item in printed for facts in every_facts(item)]
    if not isinstance(printed, dict):
        return []
    inside = every_facts([value for name, value in printed.items() if name != "facts"])
    return [*([printed["facts"]] if printed.get("facts") else []), *inside]


def terminal(answer: Answer) -> str:
    """Return what a wide terminal shows, without the breaks of lines."""
    screen = MemoryTerminal()
    Output(screen, json=False).show(answer, Screen(width=400, color=False))
    return " ".join(screen.getvalue().split())


CLOSE: list[Case] = [
    (
        "cooldown_after_loss",
        {"minutes_since": 29.917, "minutes": 30, "margin": 0.083, "loss": "-9.59", "quote": "USD"},
        "29.917 min after a loss of 9.59 USD (minimum 30 min)",
    ),
    (
        "cooldown_after_loss",
        {"minutes_since": 239.95, "minutes": 240, "margin": 0.05, "loss": "-9.59", "quote": "USD"},
        "239.95 min after a loss of 9.59 USD (minimum 4 h)",
    ),
    ("max_drawdown", {"lost_percent": 2.0004, "limit": 2, "quote": "USD"}, "2.0004 % (limit 2 %)"),
    (
        "max_drawdown",
        {"lost": "200.001", "limit": 200, "quote": "USD", "floor": "closed"},
        "200.001 USD from the highest closed balance (limit 200.00 USD)",
    ),
    (
        "max_loss_per_day",
        {"lost": "200.001", "limit": 200, "quote": "USD"},
        "200.001 USD (limit 200.00 USD)",
    ),
    (
        "fee_budget_per_week",
        {"fees": "1000.004", "budget": 1000, "quote": "USD"},
        "1,000.004 USD (limit 1,000.00 USD)",
    ),
    ("max_concentration", {"share": 25.004, "limit": 25}, "25.004 % of equity"),
    ("holding_time_floor", {"held_minutes": 29.999, "limit": 30}, "held 29.999 min (minimum 30"),
    ("max_size_vs_median", {**LARGE, "ratio": 2.5004}, "2.5004 x the median size"),
    ("size_cap_after_losses", {**LARGE, "ratio": 2.5004, "losses": 2}, "2.5004 x the median size"),
    ("no_entry_after_spike", {"z": 3.0004, "limit": 3, "horizon_minutes": 60}, "of 3.0004"),
]


@pytest.mark.parametrize(("kind", "facts", "said"), CLOSE)
def test_a_breach_by_a_hair_is_not_rounded_onto_its_limit(
    kind: RuleKind, facts: dict[str, Fact], said: str
) -> None:
    assert said in describe_breach(breach_of(kind, {"losses_in_a_row": 2, **facts}))


def test_every_kind_has_a_case() -> None:
    assert {kind for kind, _, _ in CASES} == set(KINDS)


@pytest.mark.parametrize(("kind", "facts", "said"), CASES)
def test_the_list_of_breaches_says_it(kind: RuleKind, facts: dict[str, Fact], said: str) -> None:
    shown = terminal(rule_answers.breaches_answer([breach_of(kind, facts)]))
    assert shown.endswith(f" {kind}: {said}")


@pytest.mark.parametrize(("kind", "facts", "said"), CASES)
def test_the_drawer_of_the_trade_says_it(kind: RuleKind, facts: dict[str, Fact], said: str) -> None:
    drawer = why.of_trade(evidence_of(breach_of(kind, facts)), OURS, "UTC")
    assert terminal(drawer).endswith(f" rule {kind}: {said}")


@pytest.mark.parametrize(("kind", "facts"), [case[:2] for case in CASES])
def test_programs_get_every_number_behind_the_sentence(
    kind: RuleKind, facts: dict[str, Fact]
) -> None:
    breach = breach_of(kind, facts)
    drawer = why.of_trade(evidence_of(breach), OURS, "UTC")
    for answer in (rule_answers.breaches_answer([breach]), drawer):
        [printed] = every_facts(json.loads(as_json(answer)))
        assert printed == facts


@pytest.mark.parametrize(("kind", "facts", "said"), CASES)
def test_the_check_before_a_trade_says_it(
    kind: RuleKind, facts: dict[str, Fact], said: str
) -> None:
    promise, breach = rule(kind), breach_of(kind, facts)
    broken = BrokenRule(promise, sentence(promise), describe_breach(breach), facts)
    found = CheckResult(
        at=AT,
        symbol=TRIP.symbol,
        side="buy",
        quantity=Decimal(1),
        price=None,
        price_from="",
        action="opens",
        rules=1,
        broken=(broken,),
        unjudged=(),
        lacks=(),
    )
    assert terminal(check.answer(found)).endswith(f" {said}")
    assert every_facts(json.loads(as_json(check.answer(found)))) == [facts]


@pytest.mark.parametrize(("kind", "facts", "said"), CASES)
def test_the_digest_says_it(kind: RuleKind, facts: dict[str, Fact], said: str) -> None:
    text = render.text(pack_of(breach_of(kind, facts))).partition("\nEvidence\n")[0]
    shown = " ".join(re.sub(r" \[e\d+\]", "", " ".join(text.split())).split())
    assert f"2026-03-30 09:00 DOGE-USD: {said}. " in f"{shown} "


@pytest.mark.parametrize(("kind", "facts", "said"), CASES)
def test_behind_every_number_of_the_digest_stands_the_fact(
    kind: RuleKind, facts: dict[str, Fact], said: str
) -> None:
    [statement] = [
        one for one in pack_of(breach_of(kind, facts))["rules"] if one["say"] == f"breach.{kind}"
    ]
    values = {name: one["value"] for name, one in statement["figures"].items() if name != "entry"}
    if kind in {"all", "any"}:
        assert values == {"broken": said}
    else:
        assert set(values.values()) <= {stated(fact).removeprefix("-") for fact in facts.values()}


def test_an_amount_too_small_for_cents_keeps_its_digits() -> None:
    facts: dict[str, Fact] = {
        "fees": "0.00000000123",
        "budget": 1e-9,
        "margin": "0",
        "quote": "USD",
    }
    said = describe_breach(breach_of("fee_budget_per_week", facts))
    assert said == "weekly fees 0.00000000123 USD (limit 0.000000001 USD)"
