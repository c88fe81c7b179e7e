"""What imports, undos, answers and rules leave behind is what everything made anew would be.

Whether an import draws the conclusions itself, leaves them due, or begins to leave them when the
history has grown; with candles and a detector of another package.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from coach.engine.api import candles, sight
from coach.engine.api.candles import CandleFileNaming, CandlePlaces
from coach.engine.api.entries import ledger
from coach.engine.api.imports import ImportRequest, import_statement, undo
from coach.engine.api.insights import findings
from coach.engine.api.plugins import Plugin, extra
from coach.engine.api.promises import labels, plans, rules
from coach.engine.api.promises.rules import Terms
from coach.engine.api.session import Session
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.imports.derive import conclude_anew
from coach.engine.market.address import Folder
from coach.engine.market.objects import open_objects
from coach.engine.promises import judge
from coach.engine.store.results.finding_text import as_text
from coach.errors import Conflict, Invalid, Refused
from coach.model.accounts import SCORED_AT_ONCE
from coach.model.market import SourceWishes
from tests.databases import rows_of
from tests.integration.engine import toy_habit
from tests.integration.engine.conftest import HEADER, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.model.accounts import Run

FEBRUARY = datetime(2026, 2, 2, 8, tzinfo=UTC)
FILLS = 60
SYMBOLS = ("BTC-USD", "ETH-USD", "SOL-USD", "SOL-EUR")
CANDLES = SYMBOLS[:2]
COINS = ("BTC", "SOL", "SOL")
RATIOS = ((10, 1), (1, 7), (3, 2))
NAMES = (("SOL", "ETH"), ("BTC", "NEW"), ("ETH", "BTC"), ("NEW", "SOL"))
UNITS = (Decimal(1), Decimal("0.5"), Decimal(1))
HOURS_TRADED = FILLS * 4
FIRST_BAR, HOURS = datetime(2026, 1, 12, tzinfo=UTC), 24 * 7 * 10
DERIVED = ("trade", "book", "book_hash", "unknown_basis", "breach", "tag")
LARGE = (0, FILLS // 2, SCORED_AT_ONCE)
"""Of more fills than so many an import leaves the conclusions due: always, later, never."""
MANY_OR_LONG: dict[str, object] = {
    "rules": [
        {"kind": "max_trades_per_day", "params": {"limit": 2}},
        {"kind": "holding_time_ceiling", "params": {"minutes_at_most": 900}},
    ]
}
LARGE_AND_AFTER_LOSSES: dict[str, object] = {
    "rules": [
        {"kind": "max_size_vs_median", "params": {"ratio": 1.2}},
        {"kind": "size_cap_after_losses", "params": {"losses": 1, "ratio": 1.1}},
    ]
}
PROMISES: tuple[tuple[str, dict[str, object], dict[str, object]], ...] = (
    ("max_trades_per_day", {"limit": 2}, {"limit": 3}),
    ("cooldown_after_loss", {"minutes": 90}, {"minutes": 600}),
    ("stop_after_losses_in_a_row", {"losses": 2}, {"losses": 1}),
    ("max_size_vs_median", {"ratio": 1.5}, {"ratio": 2.5}),
    ("size_cap_after_losses", {"losses": 1, "ratio": 1.2}, {"losses": 2, "ratio": 1}),
    ("no_averaging_down", {"below": 0}, {"below": 2}),
    ("max_loss_per_day", {"amount": 5}, {"amount": 20}),
    ("max_loss_per_day", {"percent": 1}, {"percent": 2}),
    ("max_drawdown", {"amount": 10, "days": 5}, {"amount": 20, "days": 30}),
    ("max_drawdown", {"percent": 1}, {"percent": 4}),
    ("max_drawdown", {"amount": 10, "floor": "closed"}, {"amount": 20, "floor": "end_of_day"}),
    ("fee_budget_per_week", {"budget": 1}, {"budget": 3}),
    ("max_open_positions", {"positions": 1}, {"positions": 2}),
    ("max_concentration", {"share": 5}, {"share": 20}),
    ("holding_time_floor", {"minutes_at_least": 240}, {"minutes_at_least": 20}),
    ("holding_time_ceiling", {"minutes_at_most": 600}, {"minutes_at_most": 6000}),
    ("no_entry_after_spike", {"z": 0.5}, {"z": 1}),
    ("symbol_allow_list", {"only": ["BTC-USD"]}, {"only": ["ETH-USD"]}),
    ("any", MANY_OR_LONG, LARGE_AND_AFTER_LOSSES),
    ("all", LARGE_AND_AFTER_LOSSES, MANY_OR_LONG),
)


class Step(NamedTuple):
    """What is done next, and which of what there is it is done to."""

    what: str
    choice: int


steps = st.builds(
    Step,
    st.sampled_from(
        [
            "newest",
            "newest",
            "newest",
            "any",
            "undo",
            "undo newest",
            "rule",
            "edit",
            "pause",
            "label",
            "candles",
            "split",
            "rename",
            "rename",
        ]
    ),
    st.integers(0, 1_000),
)


def lines_of(seed: int) -> list[tuple[str, str]]:
    """Return the day and the line of each fill of a made-up trader, oldest first."""
    dice, at = random.Random(seed), FEBRUARY
    found = []
    for number in range(FILLS):
        at += timedelta(minutes=dice.choice([0, 1, 7, 45, 300, 900]))
        symbol, side = (
            dice.choice(SYMBOLS[: 3 + seed % 2]),
            dice.choice(["buy", "buy", "sell", "sell", "sell"]),
        )
        quantity, price = dice.choice(["1", "1", "2", "3", "0.5"]), dice.randrange(90, 111)
        line = f"{at:%H:%M} {side} {symbol} {quantity} @ {price} fee 0.1 #f{number}"
        found.append((f"{at:%Y-%m-%d}", line))
    return found


OVER_UNTIL_THEN = [
    Step("rule", 149),
    Step("rule", 575),
    Step("newest", 188),
    Step("newest", 259),
    Step("undo newest", 313),
]
"""A trade that was over by its coins is closed by new fills: it was held too long all the while."""


class Trader:
    """A trader whose fills come in parts, who makes promises, and answers."""

    def __init__(self, session: Session, folder: Path, seed: int) -> None:
        self.session, self._folder = session, folder
        self._lines = lines_of(seed)
        self._brought = FILLS // 3
        self._runs: list[Run] = []
        self._bring(range(self._brought))

    def take(self, step: Step) -> None:
        """Take a step; one that is not possible changes nothing."""
        steps: dict[str, Callable[[int], None]] = {
            "newest": self._bring_newest,
            "any": self._bring_any,
            "undo": self._undo,
            "undo newest": lambda _: self._undo(len(self._runs) - 1),
            "rule": self._promise,
            "edit": self._edit,
            "pause": self._pause,
            "label": self._label,
            "candles": self._bring_candles,
            "split": self._split,
            "rename": self._rename,
        }
        steps[step.what](step.choice)

    def _bring(self, places: Sequence[int]) -> None:
        """Import some fills, a file for each day, as one step."""
        days: dict[str, list[str]] = {}
        for place in places:
            day, line = self._lines[place]
            days.setdefault(day, []).append(line)
        for day, lines in days.items():
            file = self._folder / f"{day}-{abs(hash(tuple(lines)))}.csv"
            file.write_text("\n".join([HEADER, *(row(day, line) for line in lines)]) + "\n")
            request = ImportRequest(account="main")
            self._runs.append(import_statement(self.session, file, request))

    def _bring_newest(self, choice: int) -> None:
        until = min(self._brought + 1 + choice % 9, FILLS)
        self._bring(range(self._brought, until))
        self._brought = until

    def _bring_any(self, choice: int) -> None:
        self._bring(sorted(random.Random(choice).sample(range(FILLS), 3)))

    def _undo(self, choice: int) -> None:
        if self._runs:
            undo(self.session, self._runs.pop(choice % len(self._runs)).id)

    def _split(self, choice: int) -> None:
        """Write a split by hand, of a coin that is held then; an undo may take it back."""
        coin, ratio = COINS[choice % len(COINS)], RATIOS[choice % len(RATIOS)]
        at = FEBRUARY + timedelta(hours=choice % HOURS_TRADED)
        with suppress(Invalid, Refused):
            written = ledger.split(self.session, "main", coin, ledger.SplitRatio(*ratio), at)
            if not written.known:
                self._runs.append(written.run)

    def _rename(self, choice: int) -> None:
        """Write a new name by hand, of a coin that is held then; an undo may take it back."""
        names, each = NAMES[choice % len(NAMES)], UNITS[choice % len(UNITS)]
        at = FEBRUARY + timedelta(hours=choice % HOURS_TRADED)
        with suppress(Invalid, Refused):
            written = ledger.rename(self.session, "main", names, each, at)
            if not written.known:
                self._runs.append(written.run)

    def _promise(self, choice: int) -> None:
        kind, params, _ = PROMISES[choice % len(PROMISES)]
        if not any(one.rule.params == params for one in rules.rules(self.session)):
            with suppress(Conflict):  # an edit made one of another kind say the same
                rules.add(self.session, kind, params)

    def _edit(self, choice: int) -> None:
        for one in rules.rules(self.session)[choice % 3 :]:
            for kind, first, second in PROMISES:
                if one.rule.kind == kind and {**one.rule.params} == first:
                    with suppress(Conflict):
                        rules.edit(self.session, one.rule.id, second, Terms())
                    return

    def _pause(self, choice: int) -> None:
        for one in rules.rules(self.session)[choice % 3 : choice % 3 + 1]:
            rules.set_active(self.session, one.rule.id, active=not one.rule.active)

    def _bring_candles(self, choice: int) -> None:
        symbol = CANDLES[choice % len(CANDLES)]
        assert self.session.objects is not None
        places = CandlePlaces(self.session.objects(), MemoryHotStore(lambda: 0.0), SourceWishes())
        file = candle_file(self._folder, symbol, choice)
        candles.import_file(self.session, places, file, CandleFileNaming("mine"), lambda *_: None)

    def _label(self, choice: int) -> None:
        trades = self.session.connection.execute("select id from trade order by id").fetchall()
        if trades:
            labels.label(self.session, trades[choice % len(trades)][0], "revenge", "yes")


def candle_file(folder: Path, symbol: str, choice: int) -> Path:
    """Write an hourly bar for each hour of ten weeks; another choice has other prices."""
    dice, price = random.Random(choice % 3), 100.0
    lines = ["time,symbol,open,high,low,close,volume"]
    for hour in range(HOURS):
        last, price = price, max(50.0, price + dice.choice([-2, -0.5, 0, 0.5, 2]))
        at = FIRST_BAR + timedelta(hours=hour)
        ends = f"{max(last, price) + 1},{min(last, price) - 1},{price}"
        lines.append(f"{at:%Y-%m-%dT%H:%M:%SZ},{symbol},{last},{ends},1")
    file = folder / f"candles-{symbol}-{choice % 3}.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def rows_in(session: Session, tables: Sequence[str]) -> dict[str, list[str]]:
    return {table: rows_of(session.connection, table) for table in tables}


def derived(session: Session) -> dict[str, list[str]]:
    """Return every row of what follows from fills and rules, and every finding that is shown.

    Trades and breaches are there before anybody looks; a look draws the tags that are due.
    """
    before = {f"early {name}": rows for name, rows in rows_in(session, DERIVED[:-1]).items()}
    shown = [as_text([one]) for one in findings(session).findings]
    return {**before, **rows_in(session, DERIVED), "finding": shown}


def made_anew(session: Session) -> dict[str, list[str]]:
    """Return the same rows, made anew from the fills alone, and leave the stored ones be."""
    connection = session.connection
    with connection.transaction(force_rollback=True):
        connection.execute("update book set stale = true")
        connection.execute("truncate trade, book_hash, unknown_basis, tag, kept_result")
        connection.execute("delete from breach b using rule r where r.id = b.rule_id and r.active")
        conclude_anew(connection, session.user, sight.analysis_inputs(session))
        judge.hold(connection, session.user, sight.reader(session))
        return derived(session)


def differences(session: Session) -> Iterator[str]:
    """Yield every row that only one of the two ways has."""
    stored, anew = derived(session), made_anew(session)
    for table in stored:
        yield from (f"{table} has {row}" for row in stored[table] if row not in anew[table])
        yield from (f"{table} lacks {row}" for row in anew[table] if row not in stored[table])


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    """A session with a place for candles and a detector of another package."""
    objects = open_objects(Folder(tmp_path / "objects"))
    guests = extra([Plugin("sharp", lambda: toy_habit.DETECTOR)])
    return replace(session, objects=lambda: objects, extra=lambda: guests)


@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    seed=st.integers(0, 1_000),
    large=st.sampled_from(LARGE),
    taken=st.lists(steps, min_size=3, max_size=8),
)
@example(seed=998, large=0, taken=OVER_UNTIL_THEN)
def test_any_order_of_changes_leaves_what_everything_made_anew_would_be(
    session: Session, tmp_path: Path, seed: int, large: int, taken: list[Step]
) -> None:
    for table in (
        "fill",
        "fill_version",
        "row_order",
        "movement",
        "run",
        "rule",
        "label",
        "plan",
        "candle_week",
        "conclusion_state",
        "kept_result",
        *DERIVED,
    ):
        session.connection.execute(f"truncate {table} cascade")
    trader = Trader(replace(session, scored_at_once=large), tmp_path, seed)
    plans.set_equity(session, "main", Decimal(1000))
    for step in taken:
        trader.take(step)
    assert list(differences(trader.session)) == []
