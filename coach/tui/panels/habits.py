"""Habits: what was found, what was not, what is not known yet; and what coach asks about rules."""

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container

from coach.advice.asked import asked_lines
from coach.advice.why import finding_lines
from coach.engine.api import habits, insights, why
from coach.engine.api.promises import labels, questions
from coach.errors import CoachError
from coach.tui.asking.background import begin_work
from coach.tui.desk import told
from coach.tui.panels.answers import AnswerKeys
from coach.tui.panels.panel import Panel
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.drawer import Drawer
from coach.tui.widgets.row_sources import ListedRows
from coach.tui.widgets.row_table import RowTable
from coach.views.habits.standing import HabitsSeen, habit_rows, question_rows, rank
from coach.views.table import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from coach.engine.api.promises.questions import QuestionChange
    from coach.engine.api.session import Session
    from coach.model.labels import Answer

DAYS = 90
COLUMNS = (
    TableColumn(Column("group", "known"), 1, least=9),
    TableColumn(Column("bias", "habit"), 1, least=10, most=24),
    TableColumn(Column("shown_level", "evidence"), 2, least=8),
    TableColumn(Column("effect", "effect", "statistic"), 3),
    TableColumn(Column("interval", "90 % interval", "statistic"), 4),
    TableColumn(Column("unit", "unit"), 6, least=6, most=30),
    TableColumn(Column("n", "n", "number"), 3),
    TableColumn(Column("needed", "needed", "number"), 5),
    TableColumn(Column("score", "score", "statistic"), 7),
)


class HabitsPanel(AnswerKeys, Panel[HabitsSeen]):
    """Every habit by what is known of it."""

    area: ClassVar[str] = "habits"
    title: ClassVar[str] = "Habits"
    lives_by: ClassVar[tuple[str, ...]] = (
        *("import.done", "import.undone", "fill.", "candles.stored", "bias.", "trait.", "label."),
        *("plan.", "question.", "zone.changed"),
    )

    def body(self) -> "ComposeResult":
        """Hold the habits and what stands behind one."""
        with Container(classes="split"):
            yield RowTable(COLUMNS, id="habit-table").add_class("main")
            yield Drawer()

    def read(self, session: "Session") -> HabitsSeen:
        """Read all findings and every question."""
        found = insights.findings(session, DAYS)
        asked = questions.questions(session)
        return HabitsSeen(found.findings, labels.agreements(session), asked)

    def has_nothing(self, found: HabitsSeen) -> bool:
        """Say whether nothing was looked for."""
        return not any(one.n or one.facts for one in found.findings)

    def draw(self, found: HabitsSeen) -> None:
        """Show the habits, those that were found first, then the questions."""
        table = self.query_one(RowTable)
        rows = sorted(habit_rows(found), key=rank)
        table.show(
            ListedRows([*rows, *question_rows(found)]),
            self.desk.zone,
            private=self.desk.private,
            cursor=table.cursor,
        )
        if self.screen.has_class("-wide"):
            self.query_one(".split").add_class("-drawer")

    def on_row_table_highlighted(self) -> None:
        """Read what stands behind the current habit, where that is seen."""
        if self.query_one(Drawer).is_open:
            begin_work(self, self._show_behind, "drawer", exclusive=True)

    def on_row_table_chosen(self) -> None:
        """Open what stands behind the current habit."""
        self.query_one(Drawer).open()
        self.on_row_table_highlighted()

    async def _show_behind(self) -> None:
        row, drawer = self.query_one(RowTable).current, self.query_one(Drawer)
        if row is None or self.found is None:
            return
        if row["group"] == "question":
            asked = next(one for one in self.found.asked if one.id == row["question"])
            drawer.show(asked_lines(asked), private=self.desk.private)
            return
        bias, zone = str(row["bias"]), self.desk.zone

        def read(session: "Session") -> list[str]:
            found = why.of_bias(session, bias, DAYS)
            return list(finding_lines(found, habits.words_of(session), zone))

        try:
            drawer.show(await self.desk.threads.ask(read), private=self.desk.private)
        except CoachError as trouble:
            drawer.show([told(trouble)])

    async def give(self, answer: "Answer") -> None:
        """Answer whether what the current question shows is a rule."""
        row = self.query_one(RowTable).current
        name = None if row is None else row.get("question")
        if name is None:
            self.desk.say("nothing is asked about this habit; Y, N and U answer a question")
            return
        asked = str(name)

        def work(session: "Session") -> "tuple[QuestionChange, Answer | None]":
            before = questions.question_named(session, asked).answer
            return questions.answer(session, asked, answer), before

        await self.desk.change(f"{asked}: {answer}", work, _back)

    def first_focus(self) -> RowTable:
        """Let keys go to the habits."""
        return self.query_one(RowTable)

    def command(self) -> str:
        """Return the command that shows the habit that is open, or all."""
        row = self.query_one(RowTable).current
        if not self.query_one(Drawer).is_open or row is None:
            return "coach biases"
        return "coach plans questions" if row["group"] == "question" else f"coach why {row['bias']}"


def _back(
    done: "tuple[QuestionChange, Answer | None]",
) -> "Callable[[Session], object] | None":
    change, before = done
    asked = change.question
    if before is None:
        return lambda session: questions.take_back(
            session, questions.question_named(session, asked.id)
        )
    return lambda session: questions.answer(session, asked.id, before)
