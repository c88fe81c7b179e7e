"""Simulations: the trader's own trades replayed under other rules, as they were stored."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict, cast

from coach.model.events import Json
from coach.views.table import Column
from coach.wording.simulations import describe_gaps

if TYPE_CHECKING:
    from coach.engine.api.simulate import Simulation

SAMPLES = (
    Column("sample", "sample"),
    Column("scenario"),
    Column("weeks"),
    Column("quote"),
    Column("entries", "entries", "number"),
    Column("judged"),
    Column("changed", "changed", "number"),
    Column("actual", "actual", "money"),
    Column("replay", "replay", "money"),
    Column("fees_saved", "fees saved", "money"),
    Column("attributable", "attributable", "statistic"),
    Column("interval", "90% interval", "statistic"),
    Column("p_better", "P(better)", "statistic"),
    Column("n"),
    Column("placebo", "placebo", "statistic"),
    Column("draws"),
    Column("verdict", "verdict"),
    Column("missing", "missing"),
    Column("actual_gross"),
    Column("actual_fees"),
    Column("replay_gross"),
    Column("replay_fees"),
)


class GapRow(TypedDict):
    """What is missing of a symbol, for how many entries of which days (UTC), and who asks for it.

    `symbol` is null for the equity. `by` holds ids of rules and names of interventions.
    """

    what: str
    symbol: str | None
    since: str
    until: str
    entries: int
    by: list[str]


class SampleRow(TypedDict):
    """A stretch of weeks in one currency: what was made, and what the replay makes.

    `attributable` is what the trader's own other trades do not explain, with its 90 % interval.
    `judged` is on how many of the entries everything that was asked could be judged, `missing` one
    line on what the others lack, `gaps` the same in parts.
    """

    sample: str
    weeks: list[int]
    scenario: str
    quote: str
    entries: int
    judged: int
    changed: int
    actual: str
    actual_gross: str
    actual_fees: str
    replay: str
    replay_gross: str
    replay_fees: str
    fees_saved: str
    attributable: float | None
    interval: list[float] | None
    p_better: float | None
    n: int
    placebo: float | None
    draws: int
    verdict: str
    missing: str
    gaps: list[GapRow]


class SimulatedWindow(TypedDict):
    """The entries that were replayed, since when, and over how many weeks."""

    since: str | None
    entries: int
    weeks: int


class LuckWeek(TypedDict):
    """The gain up to a week, and the quantiles that luck alone reaches."""

    week: str
    gain: float
    luck: list[float]


class LuckFan(TypedDict):
    """The gain week by week beside luck; `band` names the quantiles in percent."""

    quote: str
    moved: bool
    band: list[int]
    weeks: list[LuckWeek]


class SimulatedEquity(TypedDict):
    """The money at the start, and at the end as it was and as the replay leaves it."""

    quote: str
    start: str
    actual: str
    replay: str


class SimulatedTrade(TypedDict):
    """A trade that the replay changed: how, and by which rules."""

    trade_id: str
    symbol: str
    opened_at: str
    what: list[str]
    by: list[str]
    actual_net: str
    replay_net: str
    fees_saved: str
    fill_ids: list[str]


class SimulationRow(TypedDict):
    """What was asked, and the whole answer."""

    id: str
    request: Mapping[str, Json]
    window: SimulatedWindow
    samples: list[SampleRow]
    learned: Json
    fan: list[LuckFan]
    equity: SimulatedEquity | None
    trades: list[SimulatedTrade]
    left_alone: Mapping[str, int]
    refused: list[Mapping[str, Json]]
    lacks: Mapping[str, list[str]]
    other_fees_saved: Mapping[str, str]
    candles: list[str]
    assumes: str


def simulation(found: "Simulation") -> SimulationRow:
    """Return a simulation; its numbers are those of the stored bytes."""
    result = cast("dict[str, Any]", found.result)
    samples = [{**one, "missing": describe_gaps(one["gaps"])} for one in result["samples"]]
    stored = {"id": found.id, "request": found.request, **result, "samples": samples}
    return cast("SimulationRow", stored)
