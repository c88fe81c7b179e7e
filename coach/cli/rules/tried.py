"""A dry run: what a rule would have caught, as an answer."""

from typing import TYPE_CHECKING

from coach.advice.dry_runs import dry_run_lines
from coach.cli.show.answers import Answer
from coach.model.plain import plain
from coach.views import rule_checks as views
from coach.views.table import Table, rows

if TYPE_CHECKING:
    from coach.engine.api.promises.dry_run import DryRun


def dry_run_answer(runs: "list[DryRun]") -> Answer:
    """Return what rules would have caught."""
    values = rows([views.dry_run(one) for one in runs])
    lines = tuple(line for one in runs for line in dry_run_lines(one))
    data = plain(values[0] if len(values) == 1 else values)
    return Answer("rules dry-run", data, Table(views.DRY_RUNS, values), lines=lines)
