"""Trades: every one of them, found and sorted by the database, each with what stands behind it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual.containers import Container
from textual.widgets import Input, Static

from coach.advice.trade_search import HELP, command_of, read_search
from coach.engine.api import sight
from coach.engine.api.browse.trade_pages import trade_ids
from coach.errors import CoachError
from coach.tui.desk import told
from coach.tui.keys.owner import does
from coach.tui.panels.answers import AnswerKeys
from coach.tui.panels.panel import Panel
from coach.tui.panels.trade_changes import label_trade, note_trade
from coach.tui.panels.trade_rows import COLUMNS, HEADS, ORDERS, read_behind, read_rows
from coach.tui.prompts.choice import ChoicePrompt
from coach.tui.prompts.line import LinePrompt
from coach.tui.widgets.drawer import Drawer
from coach.tui.widgets.row_sources import WindowedRows
from coach.tui.widgets.row_table import RowTable
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from coach.engine.api.browse.trade_pages import TradeOrder, TradeSearch
    from coach.engine.api.session import Session
    from coach.model.labels import Answer
    from coach.model.trades import TradeId

SETTLED_S = 0.12
"""After the last letter or row, before anything is read for it."""
FLAGGED = "flagged"
ANSWERS = (("y", "yes"), ("n", "no"), ("u", "unsure"))
NEAR = 2_000
"""Places around the cursor in which the current trade is looked for after a change."""


@dataclass(frozen=True, slots=True)
class TradeList:
    """The ids of the trades that were found, and for which words."""

    ids: "list[TradeId]"
    search: "TradeSearch"
    text: str


class TradesPanel(AnswerKeys, Panel[TradeList]):
    """Round trips: filter, sort, label, note."""

    area: ClassVar[str] = "trades"
    title: ClassVar[str] = "Trades"
    lives_by: ClassVar[tuple[str, ...]] = (
        *("import.done", "import.undone", "candles.stored", "bias.", "label.", "note."),
        *("plan.", "question.answered", "rule.breached"),
    )

    def body(self) -> "ComposeResult":
        """Hold the words that narrow the list, the list, and what stands behind a trade."""
        yield Static(classes="sum", markup=False)
        yield Input(placeholder=HELP, classes="filter", compact=True)
        with Container(classes="split"):
            yield RowTable(COLUMNS, id="trade-table").add_class("main")
            yield Drawer()

    def on_mount(self) -> None:
        """Begin with all trades, the newest first."""
        self._text = ""
        self._order: TradeOrder = "closed"
        self._falling = True

    def read(self, session: "Session") -> TradeList:
        """Read which trades are wanted, in order."""
        text = self._text
        search = read_search(text, self.desk.zone, session.clock())
        ids = trade_ids(session, search, self._order, falling=self._falling)
        return TradeList(ids, search, text)

    def has_nothing(self, found: TradeList) -> bool:
        """Say whether there is no trade at all."""
        return not found.ids and not found.text

    def draw(self, found: TradeList) -> None:
        """Show the list; the current trade stays the current one where it is still there."""
        table = self.query_one(RowTable)
        before, cursor = table.current, table.cursor
        near = found.ids[max(0, cursor - NEAR) : cursor + NEAR]
        if before is not None and cursor and before["id"] in near:
            cursor = max(0, cursor - NEAR) + near.index(cast("TradeId", before["id"]))
        table.head(f"{'▼' if self._falling else '▲'} {HEADS[self._order]}")
        source = WindowedRows(found.ids, self._bring)
        table.show(source, self.desk.zone, private=self.desk.private, cursor=cursor)
        self.query_one(".sum", Static).update(self._sum(found))
        if self.screen.has_class("-wide"):
            self.query_one(".split").add_class("-drawer")

    def _sum(self, found: TradeList) -> str:
        what = f" for {found.text}" if found.text else ""
        order = f"by {self._order}, {'falling' if self._falling else 'rising'}"
        return f"{counted(len(found.ids), 'trade')}{what}, {order}"

    def _bring(self, source: WindowedRows, page: int) -> None:
        """Read a page of rows that are about to be seen."""
        self.run_worker(self._bring_rows(source, page), group="rows")

    async def _bring_rows(self, source: WindowedRows, page: int) -> None:
        ids = cast("list[TradeId]", source.ids_of(page))
        try:
            rows = await self.desk.threads.ask(lambda session: read_rows(session, ids))
        except CoachError as trouble:
            self.desk.say(told(trouble))
            return
        source.put(page, rows)
        table = self.query_one(RowTable)
        if table.source is source:
            table.rows_came()

    def on_row_table_highlighted(self) -> None:
        """Read what stands behind the current trade, where that is seen, once keys settle."""
        if self.query_one(Drawer).is_open:
            self.run_worker(self._show_behind(), group="drawer", exclusive=True)

    async def _show_behind(self) -> None:
        import asyncio

        trade = self._current
        if trade is None:
            return
        await asyncio.sleep(SETTLED_S)
        try:
            zone = self.desk.zone
            found = await self.desk.threads.ask(lambda session: read_behind(session, trade, zone))
        except CoachError as trouble:
            self.query_one(Drawer).show([told(trouble)])
        else:
            self.query_one(Drawer).show(found, private=self.desk.private)

    def on_row_table_chosen(self) -> None:
        """Open what stands behind the current trade."""
        self.query_one(Drawer).open()
        self.on_row_table_highlighted()

    @property
    def _current(self) -> "TradeId | None":
        row = self.query_one(RowTable).current
        return None if row is None else cast("TradeId", row["id"])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list once the letters settle."""
        event.stop()
        self._narrow(event.value, SETTLED_S)

    def on_input_submitted(self) -> None:
        """Go to the list."""
        self.query_one(RowTable).focus()

    def _narrow(self, text: str, wait_s: float = 0.0) -> None:
        self._text = text
        self.query_one(RowTable).cursor = 0
        self.set_timer(wait_s, lambda: self._narrow_now(text)) if wait_s else self.load()

    def _narrow_now(self, text: str) -> None:
        if text == self._text:
            self.load()

    def refused(self, trouble: CoachError) -> bool:
        """Say what is wrong with the words; the list stays as it was."""
        if not self._text:
            return False
        self.desk.say(told(trouble))
        return self.found is not None

    @does("filter")
    def type_filter(self) -> None:
        """Type words that narrow the list."""
        line = self.query_one(Input)
        line.add_class("-open")
        line.focus()

    @does("flagged")
    def show_flagged(self) -> None:
        """Show the flagged trades that nobody labelled yet, or all again."""
        self._put_filter("" if self._text == FLAGGED else FLAGGED)

    @does("everything")
    def show_everything(self) -> None:
        """Show all trades again."""
        self._put_filter("")

    def _put_filter(self, text: str) -> None:
        line = self.query_one(Input)
        line.set_class(bool(text), "-open")
        with line.prevent(Input.Changed):
            line.value = text
        self.query_one(RowTable).focus()
        self._narrow(text)

    @does("sort")
    def sort_by_next(self) -> None:
        """Sort by the next column."""
        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        self.query_one(RowTable).cursor = 0
        self.load()

    @does("reverse")
    def reverse(self) -> None:
        """Sort the other way."""
        self._falling = not self._falling
        self.query_one(RowTable).cursor = 0
        self.load()

    async def give(self, answer: "Answer") -> None:
        """Answer whether the current trade was the habit of its tag."""
        trade = self._current
        if trade is not None:
            await label_trade(self.desk, trade, answer)

    @does("label")
    def label_any(self) -> None:
        """Choose a habit, then the answer."""
        trade = self._current
        if trade is not None:
            self.run_worker(self._label_any(trade), group="change")

    async def _label_any(self, trade: "TradeId") -> None:
        names = await self.desk.threads.ask(sight.bias_names)
        letters = "abcdefghijklmopqrstvwxz"
        habit = await self.app.push_screen_wait(
            ChoicePrompt("Which habit?", list(zip(letters, names, strict=False)))
        )
        if habit is None:
            return
        bias = dict(zip(letters, names, strict=False))[habit]
        answer = await self.app.push_screen_wait(ChoicePrompt(f"Was it {bias}?", ANSWERS))
        if answer is not None:
            said = cast("Answer", dict(ANSWERS)[answer])
            await label_trade(self.desk, trade, said, bias)

    @does("note")
    def write_note(self) -> None:
        """Write a note on the current trade."""
        trade = self._current
        if trade is not None:
            self.run_worker(self._write_note(trade), group="change")

    async def _write_note(self, trade: "TradeId") -> None:
        text = await self.app.push_screen_wait(LinePrompt(f"Note on trade {trade[:8]}"))
        if text and text.strip():
            await note_trade(self.desk, trade, text)

    def first_focus(self) -> RowTable:
        """Let keys go to the list."""
        return self.query_one(RowTable)

    def command(self) -> str:
        """Return the command that shows the trade that is open, or the list."""
        if self.query_one(Drawer).is_open and self._current is not None:
            return f"coach why {self._current[:8]}"
        return "coach trades" if self.found is None else command_of(self.found.search, self._text)
