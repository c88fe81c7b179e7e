"""What imports, undos, answers and rules leave behind is what everything made anew would be."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from coach.engine.api import sight
from coach.engine.api.imports import undo
from coach.engine.api.insights import findings
from coach.engine.api.promises import labels, plans, rules
from coach.engine.api.promises.rules import Terms
from coach.engine.api.session import Session
from coach.engine.imports.derive import conclude_anew
from coach.engine.promises import judge
from coach.engine.store.results.finding_text import as_text
from coach.model.accounts import Run
from tests.databases import rows_of

Importer = Callable[..., Run]

FEBRUARY = datetime(2026, 2, 2, 8, tzinfo=UTC)
FILLS = 60
SYMBOLS = ("BTC-USD", "ETH-USD", "SOL-USD", "SOL-EUR")
DERIVED = ("trade", "book", "book_hash", "unknown_basis", "breach", "tag")
PROMISES: tuple[tuple[str, dict[str, object], dict[str, object]], ...] = (
    ("max_trades_per_day", {"limit": 2}, {"limit": 3}),
    ("cooldown_after_loss", {"minutes": 90}, {"minutes": 600}),
    ("stop_after_losses_in_a_row", {"losses": 2}, {"losses": 1}),
    ("max_size_vs_median", {"ratio": 1.5}, {"ratio": 2.5}),
    ("size_cap_after_losses", {"losses": 1, "ratio": 1.2}, {"losses": 2, "ratio": 1}),
    ("no_averaging_down", {"below": 0}, {"below": 2}),
    ("max_loss_per_day", {"amount": 5}, {"amount": 20}),
    ("max_drawdown", {"amount": 10, "days": 5}, {"amount": 20, "days": 30}),
    ("max_drawdown", {"percent": 1}, {"percent": 4}),
    ("fee_budget_per_week", {"budget": 1}, {"budget": 3}),
    ("max_open_positions", {"positions": 1}, {"positions": 2}),
    ("max_concentration", {"share": 5}, {"share": 20}),
    ("holding_time_floor", {"minutes_at_least": 240}, {"minutes_at_least": 20}),
    ("holding_time_ceiling", {"minutes_at_most": 600}, {"minutes_at_most": 6000}),
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


class Trader:
    """A trader whose fills come in parts, who makes promises, and answers."""

    def __init__(self, session: Session, imported: Importer, seed: int) -> None:
        self.session, self._imported = session, imported
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
        }
        steps[step.what](step.choice)

    def _bring(self, places: Sequence[int]) -> None:
        """Import some fills, a file for each day, as one step."""
        days: dict[str, list[str]] = {}
        for place in places:
            day, line = self._lines[place]
            days.setdefault(day, []).append(line)
        self._runs += [self._imported(*lines, day=day) for day, lines in days.items()]

    def _bring_newest(self, choice: int) -> None:
        until = min(self._brought + 1 + choice % 9, FILLS)
        self._bring(range(self._brought, until))
        self._brought = until

    def _bring_any(self, choice: int) -> None:
        self._bring(sorted(random.Random(choice).sample(range(FILLS), 3)))

    def _undo(self, choice: int) -> None:
        if self._runs:
            undo(self.session, self._runs.pop(choice % len(self._runs)).id)

    def _promise(self, choice: int) -> None:
        kind, params, _ = PROMISES[choice % len(PROMISES)]
        if not any(one.rule.params == params for one in rules.rules(self.session)):
            rules.add(self.session, kind, params)

    def _edit(self, choice: int) -> None:
        for one in rules.rules(self.session)[choice % 3 :]:
            for kind, first, second in PROMISES:
                if one.rule.kind == kind and {**one.rule.params} == first:
                    rules.edit(self.session, one.rule.id, second, Terms())
                    return

    def _pause(self, choice: int) -> None:
        for one in rules.rules(self.session)[choice % 3 : choice % 3 + 1]:
            rules.set_active(self.session, one.rule.id, active=not one.rule.active)

    def _label(self, choice: int) -> None:
        trades = self.session.connection.execute("select id from trade order by id").fetchall()
        if trades:
            labels.label(self.session, trades[choice % len(trades)][0], "revenge", "yes")


def derived(session: Session) -> dict[str, list[str]]:
    """Return every row of what follows from fills and rules, and every finding that is shown."""
    rows = {table: rows_of(session.connection, table) for table in DERIVED}
    return {**rows, "finding": [as_text([one]) for one in findings(session).findings]}


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


@settings(
    max_examples=4,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 1_000), taken=st.lists(steps, min_size=3, max_size=8))
def test_any_order_of_changes_leaves_what_everything_made_anew_would_be(
    session: Session, imported: Importer, seed: int, taken: list[Step]
) -> None:
    for table in (
        "fill",
        "fill_version",
        "row_order",
        "run",
        "rule",
        "label",
        "plan",
        "kept_result",
        *DERIVED,
    ):
        session.connection.execute(f"truncate {table} cascade")
    trader = Trader(session, imported, seed)
    plans.set_equity(session, "main", Decimal(1000))
    for step in taken:
        trader.take(step)
    assert list(differences(session)) == []
