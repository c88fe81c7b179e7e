"""`coach simulate`: one's own trades once more, under other rules, and what luck says to that."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coach.advice.gaps import say_what_is_missing
from coach.cli.frame import frame_of
from coach.cli.show import fan
from coach.cli.show.answers import Answer
from coach.views import simulations as views
from coach.views.table import Table, json_row, rows
from coach.wording.numbers import HUNDRED, amount, limit, whole_percent
from coach.wording.simulations import describe_left_alone, describe_verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.simulate import Simulation

NAMES = {
    ("all", "given"): "all",
    ("in_sample", "given"): "in-sample",
    ("out_of_sample", "given"): "out-of-sample",
    ("in_sample", "learned"): "learned on it",
    ("out_of_sample", "learned"): "out-of-sample",
}
GAP = 2
CANNOT_BE_SAID = "cannot be said"

Rules = Annotated[
    list[str] | None, typer.Option("--rule", metavar="RULE", help="Skip what it forbids; repeat.")
]
Pause = Annotated[float | None, typer.Option(metavar="MINUTES", help="Skip entries after a loss.")]
Cap = Annotated[str | None, typer.Option(metavar="RATIO", help="At most times the usual size.")]
Delay = Annotated[float | None, typer.Option(metavar="MINUTES", help="Enter so much later.")]
Late = Annotated[str | None, typer.Option(metavar="HH:MM", help="Skip entries until midnight.")]
Losses = Annotated[int | None, typer.Option(metavar="N", help="Skip the day after N losses.")]
Stop = Annotated[str | None, typer.Option(metavar="PCT", help="Sell at so much loss.")]
Target = Annotated[str | None, typer.Option(metavar="PCT", help="Sell at so much gain.")]
Untouched = Annotated[bool, typer.Option("--untouched", help="No adds, no partial exits.")]
Days = Annotated[int | None, typer.Option(metavar="N", help="Only entries of the last N days.")]
Split = Annotated[int | None, typer.Option(metavar="W", help="Learn on W weeks, price the rest.")]
Compounding = Annotated[bool, typer.Option("--compounding", help="Keep fractions of equity.")]


def simulate(  # noqa: PLR0913 -- an option per intervention
    context: typer.Context,
    *,
    rules: Rules = None,
    skip_after_loss: Pause = None,
    cap_size: Cap = None,
    delay: Delay = None,
    no_trade_after: Late = None,
    stop_after_losses: Losses = None,
    stop: Stop = None,
    target: Target = None,
    untouched: Untouched = False,
    days: Days = None,
    split: Split = None,
    compounding: Compounding = False,
) -> None:
    """Replay your trades under other rules; without options, as they were.

    \b
      coach simulate --skip-after-loss 30 --split 8
      coach simulate --rule max_trades_per_day --cap-size 1.5
      coach simulate --stop 2 --target 4 --days 90

    What you made, what the replay makes, the fees it saves, and what of the rest your own other
    trades do not explain. Rules see what was known before each entry, never how it ended.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api import simulate as api

    frame, ids = frame_of(context), tuple(rules or ())
    skipped = api.Skips(ids, skip_after_loss, no_trade_after, stop_after_losses)
    changed = api.Interventions(cap_size, delay, stop, target, untouched)
    wanted = api.WhatIfRequest(skipped, changed, days, split, compounding)
    api.check(wanted)
    with frame.session() as session:
        found = api.simulate(session, wanted)
    frame.show(answer(found))


def answer(found: "Simulation") -> Answer:
    """Return a simulation: samples side by side for a person, row by row for a program."""
    result: dict[str, Any] = json_row(views.simulation(found))
    say_what_is_missing(result)
    lines = (*side_by_side(result["samples"]), "", *_verdicts(result), *_fans(result))
    return Answer(
        "simulate",
        result,
        Table(views.SAMPLES, rows(result["samples"]), "no entries to simulate"),
        lines=(*lines, "", result["assumes"]),
        warnings=tuple(describe_left_alone(result["left_alone"])),
    )


def side_by_side(samples: list[dict[str, Any]]) -> "Iterator[str]":
    """Yield a line per number and a column per sample: all, or with a split both halves."""
    halves = [one for one in samples if one["sample"] != "all"] or samples
    if not halves:
        yield "no entries to simulate"
        return
    columns = [list(_cells(one)) for one in halves]
    first = max(len(name) for name, _ in columns[0])
    widths = [max(len(value) for _, value in column) for column in columns]
    for cells in zip(*columns, strict=True):
        values = (
            f"{value:>{width + GAP}}" for (_, value), width in zip(cells, widths, strict=True)
        )
        yield f"{cells[0][0]:<{first}}{''.join(values)}".rstrip()


def _cells(one: dict[str, Any]) -> "Iterator[tuple[str, str]]":
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


def _verdicts(result: dict[str, Any]) -> "Iterator[str]":
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


def _fans(result: dict[str, Any]) -> "Iterator[str]":
    for one_fan in result["fan"]:
        weeks = [
            fan.FanWeek(one["week"], one["gain"], tuple(one["luck"])) for one in one_fan["weeks"]
        ]
        chart = fan.drawn(weeks, one_fan["quote"]) if one_fan["moved"] else []
        yield from ("", *chart) if chart else ()
