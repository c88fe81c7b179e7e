"""Imports and accounts: what was read when, how the data is, and what to do about each row."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container

from coach.advice.hints import remedy_text
from coach.advice.privacy import hide_amounts
from coach.engine.api import health, imports
from coach.engine.api.broker import sync as sync_api
from coach.errors import CoachError
from coach.tui.asking.background import begin_work
from coach.tui.desk import told
from coach.tui.keys.owner import does
from coach.tui.panels.balance_rows import balance_lines, gap_lines, gap_rows, read_balances
from coach.tui.panels.broker_changes import connect_broker
from coach.tui.panels.file_import import bring_file, import_again, run_lines, said_of_run
from coach.tui.panels.fill_changes import take_fill_back
from coach.tui.panels.panel import Panel
from coach.tui.panels.record_rows import covered_lines, read_record, record_rows
from coach.tui.panels.taking_out import write_export
from coach.tui.prompts.backups import BackupsPage
from coach.tui.prompts.choice import ChoicePrompt
from coach.tui.prompts.line import LinePrompt
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.drawer import Drawer
from coach.tui.widgets.row_sources import ListedRows
from coach.tui.widgets.row_table import RowTable
from coach.views import health as health_views
from coach.views import imports as import_views
from coach.views.table import Column, json_row
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.app import ComposeResult

    from coach.engine.api.health import AccountHealth, Check
    from coach.engine.api.session import Session
    from coach.model.accounts import Run
    from coach.tui.panels.file_import import BroughtFile
    from coach.tui.panels.record_rows import RecordSeen
    from coach.views.table import Row

COLUMNS = (
    TableColumn(Column("what", "what"), 1, least=7),
    TableColumn(Column("name", "name"), 1, least=10, most=34),
    TableColumn(Column("state", "state"), 2, least=7),
    TableColumn(Column("at", "when", "time"), 3, least=16),
    TableColumn(Column("detail", "detail"), 2, least=12, most=60),
    TableColumn(Column("remedy", "do"), 4, least=8, most=60),
)
BROKERS = (("c", "coinbase"), ("k", "kraken"))
KEY_FILES = {
    "coinbase": "The file of the view-only CDP key, as downloaded",
    "kraken": "A file with the API key and the private key, a line each",
}


@dataclass(frozen=True, slots=True)
class ImportsSeen:
    """The accounts, what the doctor says of the data, the imports, newest first, and the record."""

    accounts: "Sequence[AccountHealth]"
    checks: "Sequence[Check]"
    runs: "Sequence[Run]"
    record: "RecordSeen"


class ImportsPanel(Panel[ImportsSeen]):
    """Files and brokers."""

    area: ClassVar[str] = "imports"
    title: ClassVar[str] = "Imports"
    lives_by: ClassVar[tuple[str, ...]] = (
        *("import.done", "import.undone", "account.", "candles.stored", "zone.changed", "fill."),
    )

    def on_mount(self) -> None:
        """Remember no file yet, and no balances."""
        self._brought: dict[str, BroughtFile] = {}
        self._balances: Row = {"balances": [], "gaps": []}
        self._reconciled: ImportsSeen | None = None

    def body(self) -> "ComposeResult":
        """Hold accounts, checks and imports in one table, and one of them in full."""
        with Container(classes="split"):
            yield RowTable(COLUMNS, id="import-table").add_class("main")
            yield Drawer()

    def read(self, session: "Session") -> ImportsSeen:
        """Read the accounts, the checks and the imports."""
        found = health.status(session)
        checks = [one for one in health.examine(session) if one.state != "ok"]
        return ImportsSeen(found.accounts, checks, imports.all_runs(session), read_record(session))

    def draw(self, found: ImportsSeen) -> None:
        """Show the accounts, what needs attention, then the imports; then read the balances."""
        self._show_rows(found)
        if self._reconciled is not found:
            begin_work(self, partial(self._reconcile, found), "rows", exclusive=True)

    async def _reconcile(self, found: ImportsSeen) -> None:
        """Reconcile every account, which takes seconds where there are many fills."""
        try:
            balances = await self.desk.ask(read_balances)
        except CoachError as trouble:
            self.desk.say(told(trouble))
            return
        if self.found is found:
            self._balances, self._reconciled = balances, found
            self._show_rows(found)

    def _show_rows(self, found: ImportsSeen) -> None:
        """Show the rows; the current one stays the current one where it is still there."""
        table, private = self.query_one(RowTable), self.desk.private
        rows = [*import_rows(found, self._balances)]
        if private:
            rows = [_without_amounts(one) for one in rows]
        now = table.current
        names = [_name(one) for one in rows]
        is_there = now is not None and _name(now) in names
        cursor = names.index(_name(now)) if now is not None and is_there else table.cursor
        table.show(ListedRows(rows), self.desk.zone, private=private, cursor=cursor)

    def on_row_table_highlighted(self) -> None:
        """Show the current row in full."""
        row = self.query_one(RowTable).current
        if row is None or self.found is None:
            return
        lines = [f"{row['what']} {row['name']}: {row['state'] or ''}", "", str(row["detail"])]
        lines += [f"do: {row['remedy']}"] if row.get("remedy") else []
        zone = self.desk.zone
        if row["what"] == "account":
            account = str(row["name"])
            lines += ["", *covered_lines(self.found.record, account)]
            lines += balance_lines(self._balances, account, zone)
        if row["what"] == "balance":
            lines += ["", *gap_lines(row, self._balances, zone)]
        for run in self.found.runs:
            if run.id == row.get("run_id"):
                lines += ["", *run_lines(run)]
        self.query_one(Drawer).show(lines, private=self.desk.private)

    def on_row_table_chosen(self) -> None:
        """Open the current row."""
        self.query_one(Drawer).open()

    @does("bring")
    def bring(self) -> None:
        """Import a file; what it would bring is shown before."""
        begin_work(self, self._bring, "prompt")

    async def _bring(self) -> None:
        typed = await self.app.push_screen_wait(
            LinePrompt("Which statement? (the file of your trades)")
        )
        if not typed or not typed.strip():
            return
        brought = await bring_file(self.app, self.desk, file_named(typed))
        if brought is not None:
            self._brought |= {run.id: brought for run in brought.runs}
        self.load()

    @does("connect")
    def connect(self) -> None:
        """Connect a broker, or connect the current account again."""
        begin_work(self, self._connect, "prompt")

    async def _connect(self) -> None:
        letter = await self.app.push_screen_wait(ChoicePrompt("Which broker?", BROKERS))
        if letter is None:
            return
        broker = dict(BROKERS)[letter]
        typed = await self.app.push_screen_wait(LinePrompt(KEY_FILES[broker]))
        if not typed or not typed.strip():
            return
        row = self.query_one(RowTable).current
        again = row is not None and row["what"] == "account" and row.get("broker") == broker
        account = str(row["name"]) if row is not None and again else ""
        await connect_broker(self.desk, broker, file_named(typed), account)
        self.load()

    @does("sync")
    async def sync(self) -> None:
        """Read what is new at the broker of the current account, or of the only one."""
        row = self.query_one(RowTable).current
        is_account = row is not None and row["what"] == "account"
        account = str(row["name"]) if row is not None and is_account else None
        self.desk.say("fetching ...")
        begin_work(self, partial(self._sync, account), "sync")

    async def _sync(self, account: str | None) -> None:
        def work(session: "Session") -> "Run":
            return sync_api.sync(session, account)

        await self.desk.change(said_of_run, work, _taken_back)

    @does("take_back")
    def take_back(self) -> None:
        """Take the current import back, once that is confirmed, or a fill that is left out."""
        row = self.query_one(RowTable).current
        if row is not None and row.get("fill_id"):
            fill, account = str(row["fill_id"]), str(row["account"])
            begin_work(self, partial(take_fill_back, self.desk, fill, account), "change")
            return
        if row is None or not row.get("run_id"):
            self.desk.say("that is no import; go to one and try again")
            return
        begin_work(self, partial(self._take_back, str(row["run_id"]), str(row["name"])), "prompt")

    async def _take_back(self, run_id: str, name: str) -> None:
        answers = (("y", "yes, its fills leave; importing it again brings them back"), ("n", "no"))
        question = f"Take back the import of {name}?"
        if await self.app.push_screen_wait(ChoicePrompt(question, answers)) == "y":
            brought = self._brought.get(run_id)
            await self.desk.change(
                lambda undone: f"taken back: {counted(undone.removed, 'fill')} removed",
                lambda session: imports.undo(session, run_id),
                lambda _: None if brought is None else partial(import_again, brought),
            )

    @does("export")
    def export(self) -> None:
        """Write what is yours into a new folder."""
        begin_work(self, partial(write_export, self.app, self.desk), "prompt")

    @does("backups")
    def show_backups(self) -> None:
        """Show the backups, over the screen."""
        self.app.push_screen(BackupsPage(self.desk))

    def first_focus(self) -> RowTable:
        """Let keys go to the table."""
        return self.query_one(RowTable)

    def command(self) -> str:
        """Return the command that shows the current row."""
        row = self.query_one(RowTable).current
        commands = {
            "account": "coach accounts",
            "check": "coach doctor",
            "gap": "coach coverage",
            "left out": "coach fills list --left-out",
            "balance": str(row.get("remedy")) if row else "",
        }
        return commands.get(str(row["what"]) if row else "", "coach import list")


def file_named(typed: str) -> Path:
    """Return the file that was typed; ~ is the user's own folder."""
    return Path(typed.strip()).expanduser()


def _name(row: "Row") -> tuple[object, ...]:
    """Return what tells a row from the others."""
    return tuple(row.get(one) for one in ("what", "run_id", "fill_id", "name", "at"))


def _without_amounts(row: "Row") -> "Row":
    """Return a row whose texts hold no amount; what an import did is counts."""
    if row["what"] not in {"gap", "balance", "left out"}:
        return row
    return {**row, **{one: hide_amounts(str(row[one])) for one in ("name", "detail")}}


def import_rows(found: ImportsSeen, balances: "Row") -> "Iterator[Row]":
    """Yield a row for each account, check that is not well, gap, left-out fill, and import."""
    for one in found.accounts:
        row = json_row(health_views.account_status(one))
        detail = f"{counted(one.fills, 'fill')}, {counted(one.trades_7d, 'trade')} in 7 days"
        yield {**row, "what": "account", "name": row["account"], "state": row["auth"]} | {
            "at": row["last_import"],
            "detail": detail,
        }
    for check in found.checks:
        do = remedy_text(check.remedy, {}) if check.remedy else check.hint
        yield {"what": "check", "name": check.name, "state": check.state} | {
            "detail": check.detail,
            "remedy": do or None,
        }
    yield from gap_rows(balances)
    yield from record_rows(found.record)
    for run in found.runs:
        row = json_row(import_views.import_run(run))
        detail = f"new {run.new}, known {run.known}, changed {run.changed}"
        yield {**row, "what": "import", "name": run.label, "at": row["started_at"]} | {
            "detail": run.error or f"{detail}, skipped {run.skipped_count}",
        }


def _taken_back(run: "Run") -> "Callable[[Session], object] | None":
    return partial(_undo, run.id) if run.new else None


def _undo(run_id: str, session: "Session") -> object:
    return imports.undo(session, run_id)
