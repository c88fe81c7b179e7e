"""The backups in the folder, over the screen: which there are, a new one, and whether one is whole.

Restoring stays in the shell: it puts aside what this very program reads.
"""

import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import Static

from coach import wiring
from coach.engine.api.backup import backups
from coach.errors import CoachError, Missing
from coach.settings import process_environment
from coach.settings.age_keys import find_age_keys
from coach.tui.asking.background import begin_work
from coach.tui.desk import told
from coach.tui.keys.owner import does
from coach.tui.prompts.line import LinePrompt
from coach.tui.prompts.prompt_screen import PromptScreen
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.row_sources import ListedRows
from coach.tui.widgets.row_table import RowTable
from coach.views.security import backups as views
from coach.views.table import Column, json_row

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from coach.engine.api.backup.backups import BackupFile, MadeBackup, ReadBackup
    from coach.settings.values import Settings
    from coach.sops.age import AgeKeys
    from coach.tui.desk import Desk
    from coach.views.table import Row

COLUMNS = (
    TableColumn(Column("created_at", "made", "time"), 1, least=16),
    TableColumn(Column("verified_at", "verified", "time"), 1, least=16),
    TableColumn(Column("fault", "not usable"), 2, least=10, most=40),
    TableColumn(Column("size", "bytes", "number"), 3, least=8),
    TableColumn(Column("coach", "coach"), 4, least=6),
    TableColumn(Column("postgresql", "PostgreSQL"), 5),
    TableColumn(Column("schema", "tables"), 6),
    TableColumn(Column("name", "file"), 7, most=60),
)
NO_KEY = (
    "there is no key to seal it for: in a shell, coach backup key makes one; then leave and open"
    " this program again"
)


class BackupsPage(PromptScreen[None]):
    """The backups, the newest first; with when each was last verified."""

    area: ClassVar[str] = "backups"

    def __init__(self, desk: "Desk") -> None:
        super().__init__()
        self.desk = desk
        self._found: list[BackupFile] = []

    def compose(self) -> "ComposeResult":
        """Hold the list, how one is put back, and what came of the last key."""
        keys = ", ".join(
            f"{one.shown} {one.help.partition(':')[0]}" for one in self.desk.keymap.of("backups")
        )
        with Vertical(classes="page"):
            yield Static(f"Backups in {self._folder}", markup=False, classes="page-title")
            yield RowTable(COLUMNS, id="backup-table")
            yield Static(id="backup-restore", markup=False)
            yield Static(keys, id="backup-said", markup=False)

    @property
    def _folder(self) -> Path:
        return self.desk.settings.backup.folder

    def on_mount(self) -> None:
        """Read the folder."""
        self.query_one(RowTable).focus()
        begin_work(self, self._list, "load", exclusive=True)

    async def _list(self) -> None:
        try:
            found = await self.desk.threads.look(listed)
        except CoachError as trouble:
            self._say(told(trouble))
            return
        self._found = found
        self._show()

    def _show(self) -> None:
        table = self.query_one(RowTable)
        rows = [backup_row(one) for one in self._found]
        table.show(ListedRows(rows), self.desk.zone, cursor=table.cursor)
        self.query_one("#backup-restore", Static).update(self._how_to_restore())

    def _say(self, text: str) -> None:
        self.query_one("#backup-said", Static).update(text)

    def _how_to_restore(self) -> str:
        command = self._restore_command()
        return f"{command} puts it back" if command else "There is none yet."

    def _restore_command(self) -> str:
        one = self._current
        return "" if one is None else f"coach backup restore {shlex.quote(str(one.path))}"

    @property
    def _current(self) -> "BackupFile | None":
        place = self.query_one(RowTable).cursor
        return self._found[place] if place < len(self._found) else None

    def on_row_table_highlighted(self, event: RowTable.Highlighted) -> None:
        """Show how the current backup is put back."""
        event.stop()
        self.query_one("#backup-restore", Static).update(self._how_to_restore())

    def on_row_table_chosen(self, event: RowTable.Chosen) -> None:
        """Do nothing: all that there is of a backup stands in its row."""
        event.stop()

    @does("make")
    def make(self) -> None:
        """Make a backup of this moment."""
        self._say("making a backup ...")
        begin_work(self, self._make, "change")

    async def _make(self) -> None:
        try:
            made = await self.desk.threads.do(make_backup)
        except Missing:
            self._say(NO_KEY)
        except CoachError as trouble:
            self._say(told(trouble))
        else:
            tables = len(made.manifest.tables)
            self._say(f"{made.file.path.name}: {made.manifest.rows:,} rows of {tables} tables")
            await self._list()

    @does("verify")
    def verify(self) -> None:
        """Read the current backup back and compare every table; that takes its key."""
        one = self._current
        if one is not None:
            begin_work(self, partial(self._verify, one.path), "change")

    async def _verify(self, file: Path) -> None:
        try:
            keys = await self.desk.threads.look(lambda _: find_age_keys(process_environment()))
            if not keys.identities:
                keys = await self._typed_keys()
            self._say("reading it back ...")
            read = await self.desk.threads.look(lambda settings: read_back(settings, file, keys))
        except CoachError as trouble:
            self._say(told(trouble))
            return
        await self._list()
        self._say(f"whole: {read.manifest.rows:,} rows of {len(read.manifest.tables)} tables")

    async def _typed_keys(self) -> "AgeKeys":
        from coach.sops.age import read_age_keys

        typed = await self.app.push_screen_wait(LinePrompt("The key of the backup", hidden=True))
        return read_age_keys(typed or "", "what was typed")

    @does("copy_command")
    def copy_command(self) -> None:
        """Copy the command that puts the current backup back."""
        command = self._restore_command() or "coach backup list"
        self.app.copy_to_clipboard(command)
        self._say(f"copied: {command}")

    @does("close")
    def close(self) -> None:
        """Close the page."""
        self.dismiss(None)


def listed(settings: "Settings") -> "list[BackupFile]":
    """Return the backups in the folder, the newest first."""
    return backups.backups(settings.backup.folder)[::-1]


def make_backup(settings: "Settings") -> "MadeBackup":
    """Make a backup, as `coach backup create` does."""
    url = wiring.database_url(settings, create=False)
    place, wanted = settings.backup.folder, settings.backup.recipients
    return backups.make(url, wiring.object_store(settings), place, wanted, wiring.clock())


def read_back(settings: "Settings", file: Path, keys: "AgeKeys") -> "ReadBackup":
    """Read a backup back and compare it, as `coach backup verify` does."""
    url = wiring.database_url(settings, create=True)
    return backups.verify(url, file, keys, wiring.clock())


def backup_row(one: "BackupFile") -> "Row":
    """Return the row of a backup."""
    row = json_row(views.backup(one))
    return {**row, "name": one.path.name}
