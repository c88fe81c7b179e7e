"""What is done to rules here, each with what takes it back."""

from functools import partial
from typing import TYPE_CHECKING

from coach.advice.dry_runs import dry_run_lines
from coach.advice.rule_words import TERMS, read_params, terms_among
from coach.engine.api.promises import calibration, dry_run, revisions, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coach.engine.api.promises.rules import RuleView
    from coach.engine.api.session import Session
    from coach.model.proposals import Proposal
    from coach.tui.desk import Desk

    Back = Callable[[Session], object] | None


async def add_rule(desk: "Desk", text: str) -> None:
    """Make a rule of a line such as `max_trades_per_day limit=5`."""

    def work(session: "Session") -> "RuleView":
        kind, *words = text.split()
        params = read_params(words)
        terms = terms_among(params, desk.zone, session.clock())
        return rules.add(session, kind, params, terms)

    await desk.change(lambda view: f"made {view.rule.id}", work, _unmade)


def _unmade(view: "RuleView") -> "Back":
    return lambda session: rules.remove(session, view.rule.id)


async def edit_rule(desk: "Desk", rule_id: str, text: str) -> None:
    """Change a rule's parameters or terms by a line such as `limit=4 note=Walk`."""

    def work(session: "Session") -> "tuple[RuleView, RuleView]":
        before = rules.view(session, rule_id)
        params = read_params(text.split())
        terms = terms_among(params, desk.zone, session.clock())
        return before, rules.edit(session, rule_id, params, terms)

    await desk.change(_said_of_change, work, _changed_back)


async def switch_rule(desk: "Desk", rule_id: str) -> None:
    """Pause a rule, or resume it."""

    def work(session: "Session") -> "tuple[RuleView, RuleView]":
        before = rules.view(session, rule_id)
        return before, rules.set_active(session, rule_id, not before.rule.active)

    await desk.change(_said_of_change, work, _switched_back)


def _switched_back(done: "tuple[RuleView, RuleView]") -> "Back":
    before, _ = done
    return lambda session: rules.set_active(session, before.rule.id, before.rule.active)


async def remove_rule(desk: "Desk", rule_id: str) -> None:
    """Remove a rule; its revisions stay."""

    def work(session: "Session") -> "tuple[RuleView, RuleView]":
        before = rules.view(session, rule_id)
        return before, rules.remove(session, rule_id)

    await desk.change(lambda done: _waits(done[1]) or f"removed {rule_id}", work, _changed_back)


async def roll_back(desk: "Desk", rule_id: str) -> None:
    """Let a rule say what it said before its last change."""

    def work(session: "Session") -> "tuple[RuleView, RuleView]":
        before = rules.view(session, rule_id)
        return before, revisions.rollback(session, rule_id)

    await desk.change(_said_of_change, work, _changed_back)


def _said_of_change(done: "tuple[RuleView, RuleView]") -> str:
    _, after = done
    return _waits(after) or f"{after.rule.id} is {after.state}: {after.sentence}"


def _waits(view: "RuleView") -> str:
    if view.waiting is None:
        return ""
    return f"{view.rule.id} is locked: the change waits until {view.waiting.due_at:%Y-%m-%d %H:%M}"


def _changed_back(done: "tuple[RuleView, RuleView]") -> "Back":
    before, after = done
    if after.waiting is not None:
        return partial(_drop_waiting, before)
    return lambda session: revisions.rollback(session, before.rule.id, before.rule.revision)


def _drop_waiting(before: "RuleView", session: "Session") -> object:
    return rules.set_active(session, before.rule.id, before.rule.active)


async def accept(desk: "Desk", proposal_id: str) -> None:
    """Change a rule as proposed."""

    def work(session: "Session") -> "tuple[RuleView, RuleView]":
        proposal = next(
            one for one in calibration.proposals(session, every=True) if one.id == proposal_id
        )
        before = rules.view(session, proposal.rule_id)
        calibration.accept(session, proposal_id)
        return before, rules.view(session, proposal.rule_id)

    await desk.change(_said_of_change, work, _changed_back)


async def dismiss(desk: "Desk", proposal_id: str) -> None:
    """Leave a rule as it is; the question comes again after two weeks at the earliest."""

    def work(session: "Session") -> "Proposal":
        return calibration.dismiss(session, proposal_id)

    await desk.change(lambda left: f"{left.rule_id} left as it is", work, _reopened)


def _reopened(left: "Proposal") -> "Back":
    return lambda session: calibration.reopen(session, left.id)


async def calibrate(desk: "Desk", rule_id: str) -> None:
    """Ask the labels where a threshold should lie; what that proposes can be left again."""

    def work(session: "Session") -> "tuple[str, Proposal | None]":
        known = {one.id for one in calibration.proposals(session, every=True)}
        [found] = calibration.calibrate(session, rule_id)
        made = found.proposal
        return found.sentence, None if made is None or made.id in known else made

    await desk.change(lambda done: f"{rule_id}: {done[0]}", work, lambda done: _left(done[1]))


def _left(made: "Proposal | None") -> "Back":
    return None if made is None else lambda session: calibration.dismiss(session, made.id)


def try_new(session: "Session", text: str) -> "Iterator[str]":
    """Yield what a rule that is typed would have caught."""
    kind, *words = text.split()
    yield from dry_run_lines(dry_run.of_given(session, kind, _params(words)))


def try_change(rule_id: str, session: "Session", text: str) -> "Iterator[str]":
    """Yield what a rule would have caught with the parameters that are typed."""
    rule = rules.view(session, rule_id).rule
    merged = {**rule.params, **_params(text.split())}
    kept = {name: value for name, value in merged.items() if value is not None}
    yield from dry_run_lines(dry_run.of_given(session, rule.kind, kept))


def _params(words: list[str]) -> dict[str, object]:
    params = read_params(words)
    for term in TERMS:
        params.pop(term, None)
    return params
