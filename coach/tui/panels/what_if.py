"""What-if: one's own trades under other rules, by sliders; four numbers, a fan, the placebo."""

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Container

from coach.advice.gaps import say_what_is_missing
from coach.advice.trials.sliders import ON, SLIDERS, Slider
from coach.advice.what_if import simulation_lines
from coach.engine.api import simulate as api
from coach.engine.api.promises import rules
from coach.errors import CoachError
from coach.tui.asking.background import begin_work
from coach.tui.desk import told
from coach.tui.keys.owner import does
from coach.tui.panels.panel import Panel
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.lines_view import LinesView
from coach.tui.widgets.row_sources import ListedRows
from coach.tui.widgets.row_table import RowTable
from coach.views import simulations as views
from coach.views.table import Column, json_row
from coach.wording.simulations import describe_left_alone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from coach.engine.api.session import Session
    from coach.views.table import Row

SETTLED_S = 0.3
COLUMNS = (
    TableColumn(Column("name", "change"), 1, least=28, most=40),
    TableColumn(Column("slider", "setting"), 1, least=16, most=24),
    TableColumn(Column("value", "value"), 1, least=8, most=16),
)
FILLED, EMPTY, OFF = "█", "·", "off"


class WhatIfPanel(Panel["tuple[Slider, ...]"]):
    """Sliders above, what they come to below."""

    area: ClassVar[str] = "what_if"
    title: ClassVar[str] = "What-if"
    lives_by: ClassVar[tuple[str, ...]] = (
        *("import.done", "import.undone", "fill.", "candles.stored", "rule.changed", "plan."),
    )

    def body(self) -> "ComposeResult":
        """Hold the sliders and the answer."""
        with Container(classes="what-if"):
            yield RowTable(COLUMNS, id="slider-table")
            yield LinesView(id="what-if-answer")

    def on_mount(self) -> None:
        """Begin with the trades as they were."""
        self._places: dict[str, int] = {}

    def read(self, session: "Session") -> tuple[Slider, ...]:
        """Read which rules can be tried; NotInitialised where there are no trades."""
        api.simulate(session, api.WhatIfRequest())
        own = rules.rules(session)
        return (*SLIDERS, *(Slider(f"rule {one.rule.id}", "--rule", ON) for one in own))

    def draw(self, found: "tuple[Slider, ...]") -> None:
        """Show the sliders, and what they come to."""
        table = self.query_one(RowTable)
        shown = [self._row(one) for one in found]
        table.show(ListedRows(shown), self.desk.zone, cursor=table.cursor)
        begin_work(self, self._answer, "drawer", exclusive=True)

    def _row(self, one: Slider) -> "Row":
        place = self._places.get(one.name)
        filled = 0 if place is None else place + 1
        drawn = FILLED * filled + EMPTY * (len(one.values) - filled)
        value = OFF if place is None else one.values[place]
        return {"name": one.name, "slider": drawn, "value": value}

    async def _answer(self) -> None:
        wanted = request_of(self.chosen())
        await asyncio.sleep(SETTLED_S)
        view = self.query_one("#what-if-answer", LinesView)
        try:
            lines = await self.desk.threads.ask(lambda session: _simulated(session, wanted))
        except CoachError as trouble:
            lines = [f"! {told(trouble)}"]
        view.show(lines, private=self.desk.private)

    def chosen(self) -> "Sequence[tuple[Slider, str]]":
        """Return the sliders that are set, each with its value."""
        return [
            (one, one.values[place])
            for one in self.found or ()
            if (place := self._places.get(one.name)) is not None
        ]

    @does("more")
    def move_up(self) -> None:
        """Take the next value of the current slider."""
        self._move(1)

    @does("less")
    def move_down(self) -> None:
        """Take the value before; before the first there is none."""
        self._move(-1)

    def _move(self, by: int) -> None:
        one = self._current()
        if one is None:
            return
        place = self._places.get(one.name, -1) + by
        if place < 0:
            self._places.pop(one.name, None)
        else:
            self._places[one.name] = min(place, len(one.values) - 1)
        self.redraw()

    def _current(self) -> Slider | None:
        return self.found[self.query_one(RowTable).cursor] if self.found else None

    @does("none")
    def take_none(self) -> None:
        """Leave the current change out."""
        if (one := self._current()) is not None:
            self._places.pop(one.name, None)
            self.redraw()

    @does("everything")
    def take_none_at_all(self) -> None:
        """Leave every change out."""
        self._places.clear()
        self.query_one(RowTable).focus()
        self.redraw()

    @does("read")
    def read_answer(self) -> None:
        """Let keys scroll the answer."""
        self.query_one("#what-if-answer", LinesView).focus()

    def on_row_table_chosen(self) -> None:
        """Let keys scroll the answer."""
        self.read_answer()

    def first_focus(self) -> RowTable:
        """Let keys go to the sliders."""
        return self.query_one(RowTable)

    def command(self) -> str:
        """Return the command that asks the same."""
        return " ".join(["coach simulate", *(_typed(one, value) for one, value in self.chosen())])


def _typed(one: Slider, value: str) -> str:
    if one.option == "--rule":
        return f"--rule {one.name.removeprefix('rule ')}"
    return one.option if one.values == ON else f"{one.option} {value}"


def request_of(chosen: "Sequence[tuple[Slider, str]]") -> api.WhatIfRequest:
    """Return the what-if of these sliders."""
    values: Mapping[str, str] = {one.option: value for one, value in chosen}
    names = [one.name.removeprefix("rule ") for one, _ in chosen if one.option == "--rule"]
    pause, losses, delay = (
        values.get(name) for name in ("--skip-after-loss", "--stop-after-losses", "--delay")
    )
    skips = api.Skips(
        tuple(names),
        None if pause is None else float(pause),
        values.get("--no-trade-after"),
        None if losses is None else int(losses),
    )
    changes = api.Interventions(
        values.get("--cap-size"),
        None if delay is None else float(delay),
        values.get("--stop"),
        values.get("--target"),
        "--untouched" in values,
    )
    return api.WhatIfRequest(skips, changes)


def _simulated(session: "Session", wanted: api.WhatIfRequest) -> list[str]:
    found = api.simulate(session, wanted)
    result: dict[str, Any] = json_row(views.simulation(found))
    say_what_is_missing(result)
    return [*simulation_lines(result), "", *describe_left_alone(result["left_alone"])]
