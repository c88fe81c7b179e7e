"""Trades: every one of them, found and sorted by the database, each with what stands behind it."""

from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual.containers import Container
from textual.widgets import Input, Static

from coach.advice.trade_search import HELP, command_of
from coach.engine.api import sight
from coach.engine.api.browse.trade_pages import TradeSort, trade_count
from coach.errors import CoachError
from coach.tui.asking.background import begin_work
from coach.tui.desk import told
from coach.tui.keys.owner import does
from coach.tui.panels.answers import AnswerKeys
from coach.tui.panels.fill_changes import leave_fill_out
from coach.tui.panels.panel import Panel
from coach.tui.panels.trade_changes import label_trade, note_trade, take_labels_back
from coach.tui.panels.trade_list import ListRequest, TradeList, read_list, read_page
from coach.tui.panels.trade_rows import COLUMNS, HEADS, ORDERS, read_behind
from coach.tui.prompts.choice import ChoicePrompt
from coach.tui.prompts.line import LinePrompt
from coach.tui.widgets.drawer import Drawer
from coach.tui.widgets.row_sources import PAGE, WindowedRows
from coach.tui.widgets.row_table import RowTable
from coach.tui.widgets.typed_line import TypedLine
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from coach.engine.api.session import Session
    from coach.model.labels import Answer
    from coach.model.trades import TradeId

SETTLED_S = 0.12
"""After the last letter or row, before anything is read for it."""
FLAGGED = "flagged"
ANSWERS = (("y", "yes"), ("n", "no"), ("u", "unsure"))


class TradesPanel(AnswerKeys, Panel[TradeList]):
    """Round trips: filter, sort, label, note."""

    area: ClassVar[str] = "trades"
    title: ClassVar[str] = "Trades"
    lives_by: ClassVar[tuple[str, ...]] = (
        *("import.done", "import.undone", "candles.stored", "bias.", "label.", "note."),
        *("plan.", "question.answered", "rule.breached", "fill."),
    )

    def body(self) -> "ComposeResult":
        """Hold the words that narrow the list, the list, and what stands behind a trade."""
        self._sum = Static(classes="sum", markup=False)
        self._drawer = Drawer()
        yield self._sum
        yield TypedLine(placeholder=HELP, classes="filter")
        self._table = RowTable(COLUMNS, id="trade-table", classes="main")
        with Container(classes="split"):
            yield self._table
            yield self._drawer

    def on_mount(self) -> None:
        """Begin with all trades, the newest first."""
        self._text = ""
        self._wanted = ListRequest("", TradeSort("closed", falling=True))
        self._lengths: dict[str, int] = {}

    def load(self) -> None:
        """Read the list again, the current row in sight; counts hold until something changed."""
        if self.is_stale:
            self._lengths.clear()
        wanted, length = self._wanted, self._lengths.get(self._wanted.text)
        cursor = self._table.cursor
        self._wanted = ListRequest(wanted.text, wanted.sort, cursor, self._current, length)
        super().load()

    def _request(self, text: str, sort: TradeSort) -> None:
        """Read another list, from its top."""
        self._table.cursor = 0
        self._wanted = ListRequest(text, sort, length=self._lengths.get(text))
        super().load()

    def read(self, session: "Session") -> TradeList:
        """Read the page of the list that is seen."""
        return read_list(session, self._wanted, self.desk.zone)

    def redraw(self) -> None:
        """Show the rows again where they are."""
        table = self._table
        table.show(table.source, self.desk.zone, private=self.desk.private, cursor=table.cursor)

    def has_nothing(self, found: TradeList) -> bool:
        """Say whether there is no trade at all."""
        return not found.length and not found.request.text

    def draw(self, found: TradeList) -> None:
        """Show the list; the current trade stays the current one where it is still there."""
        table, sort = self._table, found.request.sort
        table.head(f"{'▼' if sort.falling else '▲'} {HEADS[sort.order]}")
        source = WindowedRows(found.length, self._bring, is_counted=found.is_counted)
        for page, rows in found.pages.items():
            source.put(page, rows)
        cursor = found.cursor + table.cursor - found.request.cursor
        table.show(source, self.desk.zone, private=self.desk.private, cursor=max(0, cursor))
        self._say_length(found, source)
        if self.screen.has_class("-wide"):
            self.query_one(".split").add_class("-drawer")
        if found.is_counted:
            self._lengths[found.request.text] = found.length
        else:
            begin_work(self, partial(self._count, found, source), "count", exclusive=True)

    def _say_length(self, found: TradeList, source: WindowedRows) -> None:
        """Show how long the list is, for what, and in which order."""
        text, sort = found.request.text, found.request.sort
        what = f" for {text}" if text else ""
        length = counted(len(source), "trade")
        least = "" if source.is_counted else "at least "
        order = f"by {sort.order}, {'falling' if sort.falling else 'rising'}"
        self._sum.update(f"{least}{length}{what}, {order}", layout=False)

    async def _count(self, found: TradeList, source: WindowedRows) -> None:
        """Count a list whose first rows are seen already."""
        try:
            length = await self.desk.threads.ask(lambda one: trade_count(one, found.search))
        except CoachError as trouble:
            self.desk.say(told(trouble))
            return
        table = self._table
        if table.source is source:
            self._lengths[found.request.text] = length
            source.counted(length)
            table.length_came()
            self._say_length(found, source)

    def _bring(self, source: WindowedRows, page: int) -> None:
        """Read a page of rows that are about to be seen."""
        begin_work(self, partial(self._bring_rows, source, page), "rows")

    async def _bring_rows(self, source: WindowedRows, page: int) -> None:
        found, length = self.found, len(source) if source.is_counted else None
        if found is None:
            return
        try:
            rows = await self.desk.threads.ask(lambda one: read_page(one, found, page, length))
        except CoachError as trouble:
            source.failed(page)
            self.desk.say(told(trouble))
            return
        source.put(page, rows)
        table = self._table
        if table.source is source:
            table.rows_came(range(page * PAGE, page * PAGE + len(rows)))

    def on_row_table_highlighted(self) -> None:
        """Read what stands behind the current trade, where that is seen, once keys settle."""
        if self._drawer.is_open:
            begin_work(self, self._show_behind, "drawer", exclusive=True)

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
            self._drawer.show([told(trouble)])
        else:
            self._drawer.show(found, private=self.desk.private, about=trade)

    def on_row_table_chosen(self) -> None:
        """Open what stands behind the current trade."""
        self._drawer.open()
        self.on_row_table_highlighted()

    @property
    def _current(self) -> "TradeId | None":
        row = self._table.current
        return None if row is None else cast("TradeId", row["id"])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list once the letters settle."""
        event.stop()
        self._narrow(event.value, SETTLED_S)

    def on_input_submitted(self) -> None:
        """Go to the list."""
        self._table.focus()

    def _narrow(self, text: str, wait_s: float = 0.0) -> None:
        self._text = text
        if wait_s:
            self.set_timer(wait_s, lambda: self._narrow_now(text))
        else:
            self._request(text, self._wanted.sort)

    def _narrow_now(self, text: str) -> None:
        if text == self._text:
            self._request(text, self._wanted.sort)

    def refused(self, trouble: CoachError) -> bool:
        """Say what is wrong with the words; the list stays as it was."""
        if not self._wanted.text:
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
        self._put_filter("" if self._wanted.text == FLAGGED else FLAGGED)

    @does("everything")
    def show_everything(self) -> None:
        """Show all trades again."""
        self._put_filter("")

    def _put_filter(self, text: str) -> None:
        line = self.query_one(Input)
        line.set_class(bool(text), "-open")
        with line.prevent(Input.Changed):
            line.value = text
        self._table.focus()
        self._narrow(text)

    @does("sort")
    def sort_by_next(self) -> None:
        """Sort by the next column."""
        sort = self._wanted.sort
        order = ORDERS[(ORDERS.index(sort.order) + 1) % len(ORDERS)]
        self._request(self._wanted.text, TradeSort(order, sort.falling))

    @does("reverse")
    def reverse(self) -> None:
        """Sort the other way."""
        sort = self._wanted.sort
        other_way = TradeSort(sort.order, not sort.falling)
        self._request(self._wanted.text, other_way)

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
            begin_work(self, partial(self._label_any, trade), "change")

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

    @does("unlabel")
    async def take_labels_back(self) -> None:
        """Take back all that was said of the current trade."""
        trade = self._current
        if trade is not None:
            await take_labels_back(self.desk, trade)

    @does("note")
    def write_note(self) -> None:
        """Write a note on the current trade."""
        trade = self._current
        if trade is not None:
            begin_work(self, partial(self._write_note, trade), "change")

    async def _write_note(self, trade: "TradeId") -> None:
        text = await self.app.push_screen_wait(LinePrompt(f"Note on trade {trade[:8]}"))
        if text and text.strip():
            await note_trade(self.desk, trade, text)

    @does("leave_out")
    def leave_a_fill_out(self) -> None:
        """Leave a fill of the current trade out, once it is chosen and a reason given."""
        trade = self._current
        if trade is not None:
            begin_work(self, partial(leave_fill_out, self.app, self.desk, trade), "change")

    def first_focus(self) -> RowTable:
        """Let keys go to the list."""
        return self._table

    def command(self) -> str:
        """Return the command that shows the trade that is open, or the list."""
        if self._drawer.is_open and self._current is not None:
            return f"coach why {self._current[:8]}"
        found = self.found
        return "coach trades" if found is None else command_of(found.search, found.request.text)
