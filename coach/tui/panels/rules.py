"""Rules: what was promised, how it is kept, its revisions, and what is proposed."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container

from coach.advice.rule_page import page, params_text, wall_time
from coach.engine.api.promises import calibration, revisions, rules
from coach.errors import CoachError
from coach.tui.asking.background import begin_work
from coach.tui.desk import told
from coach.tui.keys.owner import does
from coach.tui.panels import rule_changes as changes
from coach.tui.panels.panel import Panel
from coach.tui.prompts.page import LinesPage
from coach.tui.prompts.rule_line import RuleLine
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.drawer import Drawer
from coach.tui.widgets.row_sources import ListedRows
from coach.tui.widgets.row_table import RowTable
from coach.views import calibrations as proposal_views
from coach.views import rules as views
from coach.views.table import Column, json_row
from coach.wording.rules import describe_proposal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult

    from coach.engine.api.promises.rules import RuleView
    from coach.engine.api.session import Session
    from coach.model.proposals import Proposal
    from coach.model.rules import Breach
    from coach.views.table import Row

COLUMNS = (
    TableColumn(Column("id", "rule"), 1, least=10, most=28),
    TableColumn(Column("state", "state"), 2, least=7),
    TableColumn(Column("breaches", "broken", "number"), 1),
    TableColumn(Column("last_breach", "last broken", "time"), 3),
    TableColumn(Column("moved", "moved"), 4, least=5, most=24),
    TableColumn(Column("sentence", "promise"), 2, least=12, most=120),
)
LAST_BREACHES = 20
NO_RULES = """\
No rules yet.

  n              makes one: a kind and its parameters, as max_trades_per_day limit=5
  coach rules presets    lists whole sets of them
  coach help rules       explains every kind"""


@dataclass(frozen=True, slots=True)
class RulesSeen:
    """The rules, the open proposals, and the last breaches of each rule."""

    rules: "Sequence[RuleView]"
    proposals: "Sequence[Proposal]"
    breaches: "dict[str, list[Breach]]"


class RulesPanel(Panel[RulesSeen]):
    """Promises: edit with a dry run, revisions, rollback, proposals."""

    area: ClassVar[str] = "rules"
    title: ClassVar[str] = "Rules"
    lives_by: ClassVar[tuple[str, ...]] = (
        *("import.done", "import.undone", "fill.", "candles.stored", "rule.", "plan.", "setting."),
        *("commitment.", "experiment.", "zone.changed"),
    )

    def body(self) -> "ComposeResult":
        """Hold the rules and the page of one."""
        with Container(classes="split"):
            yield RowTable(COLUMNS, id="rule-table").add_class("main")
            yield Drawer()

    def read(self, session: "Session") -> RulesSeen:
        """Read the rules, what is proposed, and where each was broken last."""
        found = rules.rules(session)
        last: dict[str, list[Breach]] = {one.rule.id: [] for one in found}
        for breach in reversed(rules.breaches(session) if found else []):
            if len(last.get(breach.rule_id, ())) < LAST_BREACHES:
                last.setdefault(breach.rule_id, []).append(breach)
        return RulesSeen(found, calibration.proposals(session), last)

    def draw(self, found: RulesSeen) -> None:
        """Show the proposals, then the rules."""
        table = self.query_one(RowTable)
        shown = [*self._proposal_rows(found), *rule_rows(found)]
        if not shown:
            self._be("empty", NO_RULES)
        table.show(
            ListedRows(shown), self.desk.zone, private=self.desk.private, cursor=table.cursor
        )
        if self.screen.has_class("-wide"):
            self.query_one(".split").add_class("-drawer")

    def _proposal_rows(self, found: RulesSeen) -> "Iterator[Row]":
        for one in found.proposals:
            row = json_row(proposal_views.short_proposal(one))
            yield {
                "id": one.rule_id,
                "state": "proposal",
                "proposal": one.id,
                "sentence": describe_proposal(row),
            }

    def on_row_table_highlighted(self) -> None:
        """Show the page of the current rule, where that is seen."""
        view, drawer = self._current(), self.query_one(Drawer)
        if view is None or self.found is None or not drawer.is_open:
            return
        lines = list(page(view, self.found.breaches.get(view.rule.id, [])[:5], self.desk.zone))
        for one in self.found.proposals:
            if one.rule_id == view.rule.id:
                row = json_row(proposal_views.short_proposal(one))
                lines = [describe_proposal(row), f"  {one.sentence}", "", *lines]
        drawer.show(lines, private=self.desk.private)

    def on_row_table_chosen(self) -> None:
        """Open the page of the current rule."""
        self.query_one(Drawer).open()
        self.on_row_table_highlighted()

    def _current(self) -> "RuleView | None":
        row = self.query_one(RowTable).current
        if row is None or self.found is None:
            return None
        return next((one for one in self.found.rules if one.rule.id == row["id"]), None)

    @does("new")
    def make_new(self) -> None:
        """Type a new rule, with a dry run."""
        begin_work(self, self._make_new, "prompt")

    async def _make_new(self) -> None:
        question = "A kind and its parameters, as max_trades_per_day limit=5"
        text = await self.app.push_screen_wait(RuleLine(self.desk, question, "", changes.try_new))
        if text and text.strip():
            await changes.add_rule(self.desk, text)

    @does("edit")
    def edit(self) -> None:
        """Change the current rule, with a dry run."""
        view = self._current()
        if view is not None:
            begin_work(self, partial(self._edit, view), "prompt")

    async def _edit(self, view: "RuleView") -> None:
        typed = params_text(view.rule.params).replace(", ", " ")
        tried = partial(changes.try_change, view.rule.id)
        text = await self.app.push_screen_wait(
            RuleLine(self.desk, f"{view.rule.id}: its parameters, note=, lock_hours=", typed, tried)
        )
        if text and text.strip() and text.strip() != typed:
            await changes.edit_rule(self.desk, view.rule.id, text)

    @does("pause")
    async def pause_or_resume(self) -> None:
        """Pause the current rule, or resume it."""
        if (view := self._current()) is not None:
            await changes.switch_rule(self.desk, view.rule.id)

    @does("remove")
    async def remove(self) -> None:  # type: ignore[override] # Textual's own removes a widget
        """Remove the current rule."""
        if (view := self._current()) is not None:
            await changes.remove_rule(self.desk, view.rule.id)

    @does("rollback")
    async def roll_back(self) -> None:
        """Let the current rule say what it said before."""
        if (view := self._current()) is not None:
            await changes.roll_back(self.desk, view.rule.id)

    @does("accept")
    async def accept(self) -> None:
        """Change a rule as proposed."""
        if (name := self._proposal()) is not None:
            await changes.accept(self.desk, name)

    @does("dismiss")
    async def dismiss(self) -> None:
        """Leave a rule as it is, against a proposal."""
        if (name := self._proposal()) is not None:
            await changes.dismiss(self.desk, name)

    @does("calibrate")
    async def calibrate(self) -> None:
        """Ask the labels where the threshold of the current rule should lie."""
        if (view := self._current()) is not None:
            await changes.calibrate(self.desk, view.rule.id)

    def _proposal(self) -> str | None:
        """Return the proposal of the current row, or of its rule."""
        row = self.query_one(RowTable).current
        if row is not None and self.found is not None:
            for one in self.found.proposals:
                if row.get("proposal") == one.id or row["id"] == one.rule_id:
                    return one.id
        self.desk.say("nothing is proposed for this rule")
        return None

    @does("history")
    def show_history(self) -> None:
        """Show the revisions of the current rule, and what each changed."""
        if (view := self._current()) is not None:
            begin_work(self, partial(self._show_history, view.rule.id), "prompt")

    async def _show_history(self, rule_id: str) -> None:
        try:
            lines = await self.desk.threads.ask(
                lambda session: list(history_lines(session, rule_id, self.desk.zone))
            )
        except CoachError as trouble:
            self.desk.say(told(trouble))
            return
        await self.app.push_screen(LinesPage(f"Revisions of {rule_id}", lines))

    def first_focus(self) -> RowTable:
        """Let keys go to the rules."""
        return self.query_one(RowTable)

    def command(self) -> str:
        """Return the command that shows the rule that is open, or all."""
        view = self._current()
        if self.query_one(Drawer).is_open and view is not None:
            return f"coach rules show {view.rule.id}"
        return "coach rules list"


def rule_rows(found: RulesSeen) -> "Iterator[Row]":
    """Yield the row of each rule; one whose threshold moved says from what to what."""
    for view in found.rules:
        row = json_row(views.rule(view))
        badge = view.badge
        moved = "" if badge is None else f"{params_text(badge.was)} → {params_text(badge.now)}"
        yield {**row, "state": view.state, "moved": moved or None}


def history_lines(session: "Session", rule_id: str, zone: str) -> "Iterator[str]":
    """Yield each revision, newest first: when, by whom, why, and what it changed."""
    for one in reversed(revisions.history(session, rule_id)):
        when = wall_time(one.at, zone)
        yield f"{one.rule.revision}  {one.state}, {when}, by {one.actor}: {one.reason}"
        for change in revisions.diff(session, rule_id, one.parent, one.rule.revision):
            was = "nothing" if change.was is None else change.was
            now = "nothing" if change.now is None else change.now
            yield f"   {change.field}: {was} → {now}"
        yield ""
