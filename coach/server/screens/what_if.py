"""What-if: the sliders, and what one's own trades come to under other rules."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from coach.advice.trials.sliders import SLIDERS
from coach.advice.what_if import sample_cells, verdict_lines
from coach.engine.api.promises import rules as rules_api
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads import insights
from coach.server.reads.insights import SimulationQuery
from coach.server.reads.query import NoQuery
from coach.server.screens.said import said, said_lines
from coach.wording.numbers import amount

if TYPE_CHECKING:
    from coach.model.events import Json


def what_if(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return the changes that can be tried, and the rules that can."""
    own = rules_api.rules(call.session)
    return ApiAnswer(
        "screens what-if",
        {
            "sliders": [
                {
                    "name": one.name,
                    "parameter": one.option.removeprefix("--").replace("-", "_"),
                    "option": one.option,
                    "values": list(one.values),
                }
                for one in SLIDERS
            ],
            "rules": [{"id": one.rule.id, "said": said(one.sentence)} for one in own],
        },
    )


def what_if_answer(call: ApiCall, query: SimulationQuery) -> ApiAnswer:
    """Return a simulation in words: a column for each sample, verdicts, and luck's fan."""
    found = insights.simulation(call, query)
    result = cast("dict[str, Any]", found.data)
    halves = [one for one in result["samples"] if one["sample"] != "all"] or result["samples"]
    columns = [list(sample_cells(one)) for one in halves]
    names = [name.strip() for name, _ in columns[0]] if columns else []
    table: list[Json] = [
        {"name": name, "cells": said_lines(column[place][1] for column in columns)}
        for place, name in enumerate(names)
    ]
    return ApiAnswer(
        "screens what-if",
        {
            "table": table,
            "verdicts": said_lines(one.strip() for one in verdict_lines(result)),
            "assumes": result["assumes"],
            "fans": [_fan(one) for one in result["fan"] if one["moved"]],
        },
        found.warnings,
    )


def _fan(one: "dict[str, Any]") -> "Json":
    weeks = [{**week, "cells": _cells(week, one["quote"])} for week in one["weeks"]]
    gain, low, *_, high = weeks[-1]["cells"]
    words = f"Running gain before fees in {one['quote']}: {gain} at the end; luck alone, nine"
    return {**one, "weeks": weeks, "words": said(f"{words} times in ten, {low} to {high}")}


def _cells(week: "dict[str, Any]", quote: str) -> list[str]:
    """Return the gain of a week and what luck alone would have given, as a person reads them."""
    values = (week["gain"], *week["luck"])
    return [amount(Decimal(repr(value)), quote, sign=True) for value in values]
