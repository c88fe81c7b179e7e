"""All findings as a person reads them: grouped by what is known, the habits that were found first.

The figures of every habit stand in the table of `coach biases --all`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from coach.advice.habit_notes import notes
from coach.advice.readable import date
from coach.model.times import MICROSECOND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from coach.engine.api.habits import HabitWords
    from coach.model.insights import Bias, Finding

HIGHEST_FIRST = ("strong", "likely", "possible")


def grouped(
    findings: Sequence[Finding],
    habits: HabitWords,
    agreed: Mapping[Bias, Sequence[str]],
    zone: str,
) -> Iterator[str]:
    """Yield the lines of all findings; `agreed` are lines about the trader's own answers."""
    when = "".join(f" {line}" for line in period(findings, zone))
    found = [one for one in findings if one.standing == "told"]
    tested = [one for one in findings if one.standing == "untold" and one.kind == "test"]
    nothing = (f"Found: no habit{when}", "")
    yield from _claims(f"Found{when}", found, habits, agreed) if found else nothing
    watched = [one for one in tested if one.level in HIGHEST_FIRST]
    yield from _claims("Possible, and not confirmed", watched, habits, agreed)
    asked = [one for one in findings if one.standing == "asked"]
    yield from _section("Asked: a rule of yours may explain it", _rules(asked, habits))
    styles = [one for one in findings if one.standing == "style"]
    yield from _section("Explained by a rule of yours", _rules(styles, habits))
    clear = [one.bias for one in tested if one.level == "none"]
    yield from (f"Not found: {', '.join(clear)}",) if clear else ()
    facts = [one for one in findings if one.standing == "untold" and one.kind == "fact"]
    unsure = [one for one in (*tested, *facts) if one.level == "insufficient"]
    missing = [*_section("Not enough evidence", _lacking(unsure, habits))]
    yield from missing or ("",) * bool(clear)
    counted = [one for one in facts if one.level != "insufficient"]
    yield from _section("Facts, counted and not tested", _noted(counted, habits))


def period(findings: Sequence[Finding], zone: str) -> Iterator[str]:
    """Yield the days that the findings look back on, where their evidence tells them."""
    samples = [evidence.sample for one in findings for evidence in one.evidence]
    windows = {(sample.get("window_start"), sample.get("window_end")) for sample in samples}
    for first, end in sorted(window for window in windows if all(window))[:1]:
        last = (datetime.fromisoformat(str(end)) - MICROSECOND).isoformat()
        yield f"on trades opened from {date(str(first), zone)} to {date(last, zone)}"


def _claims(
    title: str,
    findings: Sequence[Finding],
    habits: HabitWords,
    agreed: Mapping[Bias, Sequence[str]],
) -> Iterator[str]:
    lines: list[str] = []
    for one in sorted(findings, key=lambda one: HIGHEST_FIRST.index(one.level)):
        lines.append(f"{one.bias}: {one.level}")
        lines += (f"  {note}" for note in (*notes(one, habits), *agreed.get(one.bias, ())))
    yield from _section(title, lines)


def _rules(explained: Sequence[Finding], habits: HabitWords) -> list[str]:
    """Return one line for each rule or question about one; it may speak of several habits."""
    about: dict[str, list[Bias]] = {}
    for one in explained:
        *_, rule = notes(one, habits)
        about.setdefault(rule, []).append(one.bias)
    return [f"{', '.join(biases)}: {rule}" for rule, biases in about.items()]


def _noted(findings: Sequence[Finding], habits: HabitWords) -> list[str]:
    return [f"{one.bias}: {'; '.join(notes(one, habits))}" for one in findings]


def _lacking(findings: Sequence[Finding], habits: HabitWords) -> list[str]:
    """Return one line for each thing that is missing, with all habits that lack it."""
    lacks: dict[str, list[Bias]] = {}
    for one in findings:
        lacks.setdefault("; ".join(notes(one, habits)), []).append(one.bias)
    return [f"{', '.join(biases)}: {lack}" for lack, biases in lacks.items()]


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield a title with its lines and a blank one, or nothing where there is no line."""
    if lines:
        yield title
        yield from (f"  {line}" for line in lines)
        yield ""
