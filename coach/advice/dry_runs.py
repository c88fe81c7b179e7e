"""A dry run as a person reads it: what a rule would have caught."""

from typing import TYPE_CHECKING

from coach.wording.rules import describe_caught, describe_cost, describe_lacks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.promises.dry_run import DryRun


def dry_run_lines(one: "DryRun") -> "Iterator[str]":
    """Yield a dry run as a person reads it."""
    promise, caught, *lacks = caught_lines(one)
    yield promise
    yield caught
    for cost in one.worth.costs:
        yield from (f"  {line}" for line in describe_cost(cost))
    yield from lacks


def caught_lines(one: "DryRun") -> "Iterator[str]":
    """Yield what a rule promises, how often it would have been broken, and what it lacks."""
    worth = one.worth
    yield f"{one.sentence}."
    outcomes = {"won": worth.won, "lost": worth.lost, "broke even": worth.even}
    if worth.unknown:
        outcomes["not known"] = worth.unknown
    yield f"  {describe_caught(worth.caught, worth.entries, outcomes)}"
    if one.lacks:
        yield f"  {describe_lacks(one.lacks)}"
