"""A simulation as a person reads it: samples side by side, verdicts, and luck's fan."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from coach.advice.spoken import fan_sentences, samples_one_by_one
from coach.advice.trials import fan
from coach.wording.numbers import HUNDRED, amount, limit, whole_percent
from coach.wording.simulations import describe_verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = {
    ("all", "given"): "all",
    ("in_sample", "given"): "in-sample",
    ("out_of_sample", "given"): "out-of-sample",
    ("in_sample", "learned"): "learned on it",
    ("out_of_sample", "learned"): "out-of-sample",
}
GAP = 2
CANNOT_BE_SAID = "cannot be said"


def simulation_lines(result: dict[str, Any], *, spoken: bool = False) -> "Iterator[str]":
    """Yield a simulation: a column for each sample, what it comes to, and luck's fan.

    One that is `spoken` has its samples one after the other, and sentences for the fan.
    """
    yield from side_by_side(result["samples"], spoken=spoken)
    yield ""
    yield from verdict_lines(result)
    yield from _fans(result, spoken=spoken)
    yield from ("", result["assumes"])


def side_by_side(samples: list[dict[str, Any]], *, spoken: bool = False) -> "Iterator[str]":
    """Yield a line per number and a column per sample: all, or with a split both halves."""
    halves = [one for one in samples if one["sample"] != "all"] or samples
    if not halves:
        yield "no entries to simulate"
        return
    columns = [list(sample_cells(one)) for one in halves]
    if spoken:
        yield from samples_one_by_one(columns)
        return
    first = max(len(name) for name, _ in columns[0])
    widths = [max(len(value) for _, value in column) for column in columns]
    for cells in zip(*columns, strict=True):
        values = (
            f"{value:>{width + GAP}}" for (_, value), width in zip(cells, widths, strict=True)
        )
        yield f"{cells[0][0]:<{first}}{''.join(values)}".rstrip()


def sample_cells(one: dict[str, Any]) -> "Iterator[tuple[str, str]]":
    """Yield the numbers of a sample, each with its name."""
    quote, (first, last) = one["quote"], one["weeks"]
    yield "", NAMES[one["sample"], one["scenario"]]
    yield "weeks", f"{first}-{last}"
    yield "currency", quote
    yield "trades changed", f"{limit(one['changed'])} of {limit(one['entries'])}"
    for name in ("actual", "replay", "fees_saved"):
        unsaid = name != "actual" and one["verdict"] == CANNOT_BE_SAID
        told = "-" if unsaid else amount(Decimal(one[name]), quote, sign=True)
        yield name.replace("_", " "), told
    low, high = one["interval"] or (None, None)
    yield "attributable", _about(one["attributable"], quote)
    yield "  90 % from", _about(low, quote)
    yield "  90 % to", _about(high, quote)
    yield "P(better)", "-" if one["p_better"] is None else whole_percent(one["p_better"])
    placebo = one["placebo"]
    yield "placebo", "-" if placebo is None else f"above {whole_percent(placebo / HUNDRED)}"


def _about(value: float | None, quote: str) -> str:
    return "-" if value is None else amount(Decimal(repr(value)), quote, sign=True)


def verdict_lines(result: dict[str, Any]) -> "Iterator[str]":
    """Yield what each sample comes to, and what was learned."""
    for one in result["samples"]:
        first, last = one["weeks"]
        learned = "learned, " if one["scenario"] == "learned" else ""
        verdict = describe_verdict(one["verdict"], one["judged"], one["entries"])
        yield f"{learned}weeks {first}-{last}, {one['quote']}: {verdict}"
        if one["missing"] and one["sample"] == "all":
            yield f"  missing: {one['missing']}"
    if result["learned"] is not None:
        thresholds = ", ".join(_thresholds(result["learned"]))
        yield f"learned: {thresholds or 'nothing; there is no threshold to move'}"


def _thresholds(result: dict[str, Any]) -> "Iterator[str]":
    for rule in result["rules"]:
        params = " ".join(f"{name}={value}" for name, value in rule["params"].items())
        yield f"{rule['id']} {params}".rstrip()
    for name, value in result.items():
        if name != "rules" and value:
            yield f"{name.replace('_', '-')} {value}"


def _fans(result: dict[str, Any], *, spoken: bool) -> "Iterator[str]":
    for one_fan in result["fan"]:
        weeks = [
            fan.FanWeek(one["week"], one["gain"], tuple(one["luck"])) for one in one_fan["weeks"]
        ]
        show = fan_sentences if spoken else fan.drawn
        chart = [*show(weeks, one_fan["quote"])] if one_fan["moved"] else []
        yield from ("", *chart) if chart else ()
