"""Events: what coach noticed, the newest first, as it comes."""

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container

from coach.engine.api import events as api
from coach.tui.panels.panel import Panel
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.drawer import Drawer
from coach.tui.widgets.row_sources import ListedRows
from coach.tui.widgets.row_table import RowTable
from coach.views import events as views
from coach.views.table import Column, json_row
from coach.wording.events import describe_event
from coach.wording.json_text import compact

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from coach.engine.api.session import Session
    from coach.model.events import Event

SHOWN = 1_000
COLUMNS = (
    TableColumn(Column("ts", "when", "time"), 1),
    TableColumn(Column("told", "what"), 2, most=200),
    TableColumn(Column("type", "type"), 3),
)


class EventsPanel(Panel["list[Event]"]):
    """What changed, in order."""

    area: ClassVar[str] = "events"
    title: ClassVar[str] = "Events"
    lives_by: ClassVar[tuple[str, ...]] = ("",)
    nothing: ClassVar[str] = "No events yet: they come with the first import (7)."

    def body(self) -> "ComposeResult":
        """Hold the events, and one of them as it is sent."""
        with Container(classes="split"):
            yield RowTable(COLUMNS, id="event-table").add_class("main")
            yield Drawer()

    def read(self, session: "Session") -> "list[Event]":
        """Read the newest events."""
        return api.newest(session, SHOWN)[::-1]

    def has_nothing(self, found: "list[Event]") -> bool:
        """Say whether there is no event."""
        return not found

    def draw(self, found: "list[Event]") -> None:
        """Show the events; the current one stays the current one."""
        table = self.query_one(RowTable)
        before = table.current
        rows = [{**json_row(views.event(one)), "told": describe_event(one)} for one in found]
        places = {row["id"]: place for place, row in enumerate(rows)}
        cursor = places.get(before["id"], 0) if before and table.cursor else 0
        table.show(ListedRows(rows), self.desk.zone, private=self.desk.private, cursor=cursor)

    def on_row_table_highlighted(self, event: RowTable.Highlighted) -> None:
        """Show the event as it is sent."""
        sent = {name: value for name, value in event.row.items() if name != "told"}
        payload = sent.pop("payload")
        assert isinstance(payload, dict)
        lines = [str(event.row["told"]), "", "As it is sent:"]
        lines += [f"  {name}: {value}" for name, value in sent.items()]
        lines += [f"  payload.{name}: {compact(value)}" for name, value in payload.items()]
        self.query_one(Drawer).show(lines, private=self.desk.private)

    def on_row_table_chosen(self) -> None:
        """Open the event."""
        self.query_one(Drawer).open()

    def first_focus(self) -> RowTable:
        """Let keys go to the table."""
        return self.query_one(RowTable)

    def command(self) -> str:
        """Return the command that shows events."""
        return "coach events"
