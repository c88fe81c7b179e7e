"""A rule is kept in one form, however a person wrote its values."""

import pytest

from coach.engine.rules.draft import drafts
from coach.engine.rules.schema import read_rule
from coach.errors import UsageError
from coach.model.rules import RuleKind
from coach.model.times import duration

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30m", 30),
        ("30 min", 30),
        ("4h", 240),
        ("4 Hours", 240),
        ("1h30m", 90),
        ("1.5h", 90),
        ("90s", 1.5),
        ("7d", 10_080),
        ("2 weeks", 20_160),
        (" 1D ", 1_440),
    ],
)
def test_a_duration_is_read_in_the_unit_of_its_parameter(text: str, minutes: float) -> None:
    found = read_rule("cooldown_after_loss", {"minutes": text})
    assert found == {"minutes": minutes}
    assert type(found["minutes"]) is type(minutes)


@pytest.mark.parametrize("text", ["", "h", "30x", "30", "m30", "30m ago", "-30m", "1e3m", "²m"])
def test_a_text_that_is_no_duration_is_none(text: str) -> None:
    assert duration(text, "minutes") is None


def test_a_duration_has_to_be_whole_where_the_unit_has_to_be() -> None:
    assert read_rule("max_drawdown", {"amount": 5, "days": "2w"})["days"] == 14
    assert read_rule("no_entry_after_spike", {"z": 3, "horizon": "4h"})["horizon"] == 240
    with pytest.raises(UsageError, match=r"days is 1\.5, it takes a whole number from 1 to 3650"):
        read_rule("max_drawdown", {"amount": 5, "days": "36h"})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("9:00", "09:00"),
        ("09:30", "09:30"),
        (9, "09:00"),
        ("9", "09:00"),
        ("9am", "09:00"),
        ("12am", "00:00"),
        ("12 pm", "12:00"),
        ("5:30 PM", "17:30"),
    ],
)
def test_a_time_of_day_has_two_digits_each(given: object, kept: str) -> None:
    assert read_rule("trading_hours", {"from": given})["from"] == kept


@pytest.mark.parametrize("given", ["24:00", "9:0", "25", "13pm", "0am", "9:60", 9.5, True, None])
def test_what_is_no_time_of_day_is_refused(given: object) -> None:
    with pytest.raises(UsageError):
        read_rule("trading_hours", {"from": given})


def test_hours_may_end_at_the_end_of_a_day() -> None:
    assert read_rule("trading_hours", {"from": "9", "until": "24:00"})["until"] == "00:00"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("mon-fri", EVERY_DAY[:5]),
        ("Mon - Fri", EVERY_DAY[:5]),
        ("weekdays", EVERY_DAY[:5]),
        ("weekend", ["sat", "sun"]),
        ("sat-mon", ["mon", "sat", "sun"]),
        ("sun-sat", EVERY_DAY),
        ("wed,mon-tue,mon", ["mon", "tue", "wed"]),
        ("Monday, tues, thurs", ["mon", "tue", "thu"]),
        (["fri", "mon"], ["mon", "fri"]),
        (["mon-wed"], ["mon", "tue", "wed"]),
    ],
)
def test_days_stand_in_the_order_of_the_week(given: object, kept: list[str]) -> None:
    assert read_rule("trading_hours", {"days": given})["days"] == kept


@pytest.mark.parametrize("given", ["mon-", "mon-fri-sun", "mo", "moon", "mond-x", "", [1], []])
def test_what_names_no_day_is_refused(given: object) -> None:
    with pytest.raises(UsageError):
        read_rule("trading_hours", {"days": given})


@pytest.mark.parametrize("given", ["btc-usd,doge", "DOGE, BTC/USD", ["btc/usd", "Doge", "BTC-USD"]])
def test_symbols_are_upper_case_with_a_dash_and_in_one_order(given: object) -> None:
    assert read_rule("symbol_lock", {"symbols": given})["symbols"] == ["BTC-USD", "DOGE"]
    assert read_rule("symbol_allow_list", {"only": given})["only"] == ["BTC-USD", "DOGE"]


def test_a_currency_is_upper_case() -> None:
    assert read_rule("max_loss_per_day", {"amount": 5, "currency": "usd"})["currency"] == "USD"


def test_the_rules_of_a_group_are_read_alike() -> None:
    parts: list[dict[str, object]] = [
        {"kind": "cooldown_after_loss", "params": {"minutes": "1h"}},
        {"kind": "symbol_lock", "params": {"symbols": "btc/usd"}},
    ]
    assert read_rule("any", {"rules": parts})["rules"] == [
        {"kind": "cooldown_after_loss", "params": {"minutes": 60}},
        {"kind": "symbol_lock", "params": {"symbols": ["BTC-USD"]}},
    ]


@pytest.mark.parametrize(("given", "hours"), [("3d", 72), ("72h", 72), ("90m", 1.5), (72, 72)])
def test_a_lock_is_a_duration(given: object, hours: float) -> None:
    rule = {"kind": "max_trades_per_day", "params": {"limit": 5}}
    [one] = drafts({**rule, "lock_hours": given})
    assert one.terms.lock_hours == hours


@pytest.mark.parametrize("kind", ["cooldown_after_loss", "holding_time_floor"])
def test_what_is_read_once_is_read_again_as_it_is(kind: RuleKind) -> None:
    name = {"cooldown_after_loss": "minutes", "holding_time_floor": "minutes_at_least"}[kind]
    kept = read_rule(kind, {name: "1h30m"})
    assert read_rule(kind, dict(kept)) == kept
