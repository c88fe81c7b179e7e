"""What was reported of a fill, what corrected it, and what is in effect.

A report is one reading of the fill: equal rows of several imports are one report that all of them
made. The report of a better source stands in the place of another's; a later row of the same id
corrects an earlier one.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from coach.model.accounts import RunId
from coach.model.bookkeeping.left_out import LeftOutFill
from coach.model.fills import Fill, FillKey
from coach.values import dataclass

FillField = Literal["symbol", "side", "quantity", "price", "fee", "fee_currency", "at", "nanos"]
FIELDS: tuple[FillField, ...] = (
    "symbol",
    "side",
    "quantity",
    "price",
    "fee",
    "fee_currency",
    "at",
    "nanos",
)
"""What a fill says, in the order of its columns."""


@dataclass(frozen=True, slots=True)
class ReportingImport:
    """An import that reported a fill; `at` is when it ended."""

    run_id: RunId
    source: str
    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FillReport:
    """One reading of a fill and the imports that hold it, oldest first.

    `n` counts readings as they were stored; `rank` is that of the source.
    """

    n: int
    family: str
    rank: int
    fill: Fill
    in_effect: bool
    imports: tuple[ReportingImport, ...]

    def differences(self, other: "FillReport") -> dict[FillField, object]:
        """Return what this report says otherwise than another one."""
        return {
            name: getattr(self.fill, name)
            for name in FIELDS
            if getattr(self.fill, name) != getattr(other.fill, name)
        }


@dataclass(frozen=True, slots=True)
class FillCorrection:
    """A field that a later row of the same source changed, and the import that brought it."""

    field: FillField
    was: object
    now: object
    brought_by: ReportingImport


@dataclass(frozen=True, slots=True)
class StoredFillRow:
    """A fill as a list shows it; `run_id` is empty and `held` False while no import holds it.

    `corrected` says that a row of the same id said otherwise before.
    """

    key: FillKey
    account: str
    fill: Fill
    source: str
    run_id: str
    held: bool
    corrected: bool
    left_out: bool
    reason: str


@dataclass(frozen=True, slots=True)
class FillHistory:
    """All that is known of one fill: every report, what corrected it, and who left it out."""

    row: StoredFillRow
    reports: tuple[FillReport, ...]
    decisions: tuple[LeftOutFill, ...]

    @property
    def in_effect(self) -> FillReport | None:
        """Return the report that counts, None while no import holds the fill."""
        return next((one for one in self.reports if one.in_effect), None)


def corrections(reports: Sequence[FillReport]) -> Iterator[FillCorrection]:
    """Yield what later rows of each source changed, in the order in which they came."""
    standing: dict[str, FillReport] = {}
    for report in sorted(reports, key=lambda one: one.n):
        before = standing.get(report.family)
        if before is not None and report.rank < before.rank:
            continue
        standing[report.family] = report
        if before is None or not report.imports:
            continue
        for name, now in report.differences(before).items():
            yield FillCorrection(name, getattr(before.fill, name), now, report.imports[0])
