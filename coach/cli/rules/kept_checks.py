"""`coach check --history`: what was asked before trades, and what was done then."""

from typing import TYPE_CHECKING, NamedTuple

from coach.cli.show.answers import Answer
from coach.views.promises import checks as views
from coach.views.table import Column, Table, json_row, rows
from coach.wording import moments
from coach.wording.checks import OUTCOMES, describe_score, describe_tally

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.engine.api.pages import ListPage
    from coach.engine.api.promises.check_history import CheckHistory
    from coach.views.table import Row

FOR_PEOPLE = (
    Column("asked_at", "asked", "time"),
    Column("symbol", "symbol"),
    Column("side", "side"),
    Column("quantity", "size", "number"),
    Column("broken", "would break"),
    Column("confidence", "sure %", "number"),
    Column("outcome", "what was done"),
    Column("traded", "traded", "number"),
)
EMPTY = "no checks yet: coach check BTC-USD buy 0.5 is one"


class HistoryPage(NamedTuple):
    """Which checks: of a symbol, between two typed times, and which part of them."""

    symbol: str | None
    since: str | None
    until: str | None
    page: "ListPage"


def kept_checks(frame: "Frame", wanted: HistoryPage) -> Answer:
    """Return the checks that were kept."""
    from coach.engine.api.promises import check_history as api

    with frame.session() as session:
        now = session.clock()
        chosen = api.CheckFilter(
            since=moments.since(wanted.since, frame.zone, now),
            until=moments.until(wanted.until, frame.zone, now),
            symbol=wanted.symbol and wanted.symbol.upper(),
            page=wanted.page,
        )
        return _answer(api.history(session, chosen))


def _answer(found: "CheckHistory") -> Answer:
    data = json_row(views.check_history(found))
    values = rows([views.kept_check(one) for one in found.orders])
    people = Table(FOR_PEOPLE, [_for_a_person(row) for row in values], EMPTY)
    below = [*(describe_tally(found.tally) if found.tally.asked else ())]
    score = describe_score(found.confidence)
    return Answer(
        "check",
        data,
        Table(views.CHECKS, values, EMPTY),
        for_people=people,
        below=(*below, *([score] if score else [])),
    )


def _for_a_person(row: "Row") -> "Row":
    broken = row["broken"]
    assert isinstance(broken, list)
    names = ", ".join(str(name) for name in broken)
    return {**row, "broken": names, "outcome": OUTCOMES[str(row["outcome"])]}
