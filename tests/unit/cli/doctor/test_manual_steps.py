"""The steps that the release notes ask of a person, for the tables that they have."""

from coach.cli.doctor.upgrade import PAGE, STEP, manual_steps
from coach.files import documents

NOTES = """
| tables | when | what to do |
|---|---|---|
| 0068 | before | stop `coach worker` |
| 0070 | after | run `coach db role-script` |
"""


def test_only_steps_for_newer_tables_are_asked_for() -> None:
    assert [check.detail for check in manual_steps(NOTES, "0069")] == ["run `coach db role-script`"]
    assert [*manual_steps(NOTES, "0070")] == []


def test_a_step_says_whether_it_comes_before_or_after() -> None:
    names = [check.name for check in manual_steps(NOTES, "0061")]
    assert names == ["step before the upgrade", "step after the upgrade"]


def test_every_row_of_the_release_notes_is_read() -> None:
    page = (documents() / PAGE).read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| 0")]
    assert len(STEP.findall(page)) == len(rows) > 0
