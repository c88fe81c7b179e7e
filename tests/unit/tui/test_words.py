"""What is typed to find trades, what is hidden in private, and charts of text."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from coach.advice.privacy import hide_amounts
from coach.advice.trade_search import command_of, read_search
from coach.engine.api.browse.calendar import CalendarDay
from coach.engine.api.browse.trade_pages import TradeSearch
from coach.engine.api.why import Path, PathBar
from coach.errors import UsageError
from coach.model.trades import RoundTrip
from coach.tui.widgets.calendar_lines import calendar_lines, streak_lines
from coach.tui.widgets.price_chart import HEIGHT, WIDTH, chart_lines

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", TradeSearch()),
        ("btc", TradeSearch(symbol="btc")),
        ("loss #revenge", TradeSearch(outcome="loss", bias="revenge")),
        (">100 <250.5", TradeSearch(above=Decimal(100), below=Decimal("250.5"))),
        ("flagged noted open", TradeSearch(flagged=True, noted=True, is_open=True)),
        ("@main even", TradeSearch(account="main", outcome="break_even")),
        ("30d", TradeSearch(since=NOW - timedelta(days=30))),
        (
            "2026-03-04",
            TradeSearch(
                since=datetime(2026, 3, 4, tzinfo=UTC), until=datetime(2026, 3, 5, tzinfo=UTC)
            ),
        ),
    ],
)
def test_words_become_a_search(text: str, expected: TradeSearch) -> None:
    assert read_search(text, "UTC", NOW) == expected


@pytest.mark.parametrize("text", [">much", "<", "2026-99-99"])
def test_a_word_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_search(text, "UTC", NOW)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", "coach trades"),
        ("btc-usd @main", "coach trades --symbol BTC-USD --account main"),
        ("open", "coach trades --open"),
        ("2026-W10", "coach trades --since 2026-W10 --until 2026-W10"),
        ("30d", "coach trades --since 30d"),
    ],
)
def test_a_search_is_said_as_a_command(text: str, command: str) -> None:
    assert command_of(read_search(text, "UTC", NOW), text) == command


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("net -1,234.50 USD, fees 7.62 USD", "net ••• USD, fees ••• USD"),
        ("  2026-03-04 09:00  buy 0.5 @ 69,618.44", "  2026-03-04 09:00  buy ••• @ •••"),
        ("likely -3.10 to 4.50 USD", "likely ••• to ••• USD"),
        ("3 trades, 19.2 % of 12 entries", "3 trades, 19.2 % of 12 entries"),
        ("trade d8eb67b2bf5d3afb, account main", "trade d8eb67b2bf5d3afb, account main"),
        ("26 min after a loss of 7.98 USD", "26 min after a loss of ••• USD"),
        ("went 1.02 % against you", "went 1.02 % against you"),
    ],
)
def test_amounts_are_hidden_and_the_rest_stays(line: str, hidden: str) -> None:
    assert hide_amounts(line) == hidden


def day(number: int, closed: int = 0, net: str = "0", breaches: int = 0) -> CalendarDay:
    nets = {"USD": Decimal(net)} if closed else {}
    return CalendarDay(date(2026, 3, 2) + timedelta(days=number), closed, nets, breaches)


def test_a_calendar_tells_gain_and_loss_by_their_sign() -> None:
    days = [day(0, 2, "5"), day(1, 1, "-3", breaches=2), *(day(n) for n in range(2, 7))]
    text = "\n".join(calendar_lines(days, "profit"))
    assert "Mon   + \nTue   -!\nWed   · " in text
    assert "Tue   1!" in "\n".join(calendar_lines(days, "count"))
    assert "Tue    2" in "\n".join(calendar_lines(days, "breaches"))


def test_a_streak_counts_trading_days_since_the_last_broken_rule() -> None:
    days = [day(0, 1, "1", breaches=1), day(1), day(2, 1, "1"), day(3, 1, "-1")]
    assert list(streak_lines(days)) == [
        "Trading days without a broken rule: 2 days in a row",
        "  !●●",
    ]


def test_a_chart_marks_entry_and_exit_and_fits() -> None:
    opened = datetime(2026, 3, 4, 10, tzinfo=UTC)
    start = int((opened - timedelta(hours=1)).timestamp()) * 1_000_000
    bars = tuple(
        PathBar(start + n * 60_000_000, 100 + n, 101 + n, 99 + n, 100.5 + n) for n in range(120)
    )
    path = Path("coinbase", 60, bars, ())
    head, *lines = chart_lines(path, trip(opened, opened + timedelta(hours=1)))
    assert (len(lines), "▶ entry" in head) == (HEIGHT, True)
    assert "".join(lines).count("▶") == 1
    assert lines[0].endswith("◀")
    assert max(map(len, lines)) <= WIDTH + 20


def trip(opened: datetime, closed: datetime) -> RoundTrip:
    zero, one = Decimal(0), Decimal(1)
    values = {
        "id": "t",
        "account_id": 1,
        "symbol": "BTC-USD",
        "side": "long",
        "opened_at": opened,
        "closed_at": closed,
        "quantity": one,
        "entry": Decimal(160),
        "exit": Decimal(219),
        "gross": zero,
        "fees": zero,
        "net": zero,
        "fills": 2,
        "entry_quantity": one,
        "entry_notional": one,
        "entry_fills": (),
        "exit_fills": (),
        "other_fees": {},
        "partial_closes": (),
    }
    return RoundTrip(**values)  # type: ignore[arg-type]
