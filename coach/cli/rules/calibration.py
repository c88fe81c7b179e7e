"""`coach rules calibrate`, `proposals`, `accept` and `dismiss`: thresholds that learn from you."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.experiments import warn_of_experiment
from coach.advice.rule_page import wall_time
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.cli.show.screen import wrapped
from coach.errors import UsageError
from coach.views import calibrations as views
from coach.views.table import Table, rows
from coach.wording.rules import describe_proposal, describe_share, describe_wait

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from coach.engine.api.promises.calibration import Calibration, CredibleMean, GridStep

SWITCH = {"on": True, "off": False}
NARROW = 79

RuleName = Annotated[
    str | None, typer.Argument(metavar="RULE", help="Its id; without one, all that are active.")
]
ProposalName = Annotated[str, typer.Argument(metavar="ID", help="Its id, or how that begins.")]


def calibrate(
    context: typer.Context,
    rule: RuleName = None,
    auto: Annotated[
        str | None,
        typer.Option(metavar="on|off", help="Whether this rule may move by itself."),
    ] = None,
) -> None:
    """Ask your answers where a threshold should lie.

    \b
      coach rules calibrate
      coach rules calibrate max_size_vs_median
      coach rules calibrate max_size_vs_median --auto on

    It proposes and changes nothing, unless you let the rule move by itself. An import asks once
    a week. The answers are those of coach label.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import calibration as api

    frame = frame_of(context)
    if auto is not None and (auto not in SWITCH or rule is None):
        raise UsageError("coach rules calibrate RULE --auto on", what="--auto takes on or off")
    with frame.session() as session:
        found = api.calibrate(session, rule, auto=None if auto is None else SWITCH[auto])
    frame.show(calibrations(found, single=rule is not None))


def proposals(
    context: typer.Context,
    every: Annotated[
        bool, typer.Option("--all", help="Also those that were decided or are over.")
    ] = False,
    after: After = None,
    limit: Limit = None,
) -> None:
    """List the changes that your answers speak for."""
    from coach.engine.api.promises import calibration as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.proposals(session, every=every)
    answer = proposals_answer([views.proposal(one, api.evidence(one)) for one in found])
    frame.show(page(answer, "id", after, limit))


def accept(context: typer.Context, proposal: ProposalName) -> None:
    """Change the rule as proposed."""
    from coach.engine.api.promises import calibration as api
    from coach.engine.api.promises import rules as rules_api

    frame = frame_of(context)
    with frame.session() as session:
        done = api.accept(session, proposal)
        due = api.waits_until(session, done) if done.waits else None
        view = rules_api.view(session, done.rule_id)
    until = "" if due is None else wall_time(due, frame.zone)
    answer = decided("rules accept", views.proposal(done, api.evidence(done)), until)
    frame.show(replace(answer, warnings=warn_of_experiment(view)))


def dismiss(context: typer.Context, proposal: ProposalName) -> None:
    """Leave the rule as it is, for two weeks at least."""
    from coach.engine.api.promises import calibration as api

    frame = frame_of(context)
    with frame.session() as session:
        done = api.dismiss(session, proposal)
    frame.show(decided("rules dismiss", views.proposal(done, api.evidence(done))))


def calibrations(found: "Sequence[Calibration]", *, single: bool) -> Answer:
    """Return what looks at rules said; of one rule the grid stands below."""
    values = rows([views.calibration(one) for one in found])
    waiting = [one.proposal.id for one in found if one.proposal and one.proposal.state == "open"]
    return Answer(
        "rules calibrate",
        values[0] if single else list(values),
        Table(views.CALIBRATIONS, values, "no active rules"),
        lines=tuple(line for one in found for line in look_lines(one, grid=single)),
        hints=tuple(f"coach rules accept {name}, or dismiss {name}" for name in waiting),
    )


def look_lines(one: "Calibration", *, grid: bool) -> "Iterator[str]":
    """Yield a look as a person reads it."""
    yield from wrapped(f"{one.rule.id}: {one.sentence}", NARROW)
    if one.proposal is not None:
        yield f"  {describe_proposal(views.short_proposal(one.proposal))}"
    if grid and one.evidence is not None:
        yield ""
        yield f"  {one.param:>12}  fired  {'right':16}{'caught':16}F"
        yield from (
            step_line(step, one.evidence.decision.theta_from) for step in one.evidence.steps
        )


def step_line(step: "GridStep", here: float) -> str:
    """Write a row of the grid; the threshold now is marked."""
    row = step.row
    shares = "".join(f"{share_text(share):16}" for share in (row.precision, row.recall, row.f))
    mark = "< now" if row.theta == here else ""
    return f"  {step.value!s:>12}  {row.fired:5}  {shares}{mark}".rstrip()


def share_text(share: "CredibleMean | None") -> str:
    """Write a share and its interval in percent."""
    if share is None:
        return "-"
    return describe_share(share.mean, share.low, share.high)


def proposals_answer(found: "Sequence[Mapping[str, object]]") -> Answer:
    """Return proposals."""
    values = rows(found)
    table = Table(views.PROPOSALS, values, "no proposals: coach rules calibrate looks for some")
    lines = tuple(line for one in values for line in proposal_lines(one))
    return Answer("rules proposals", list(values), table, lines=lines)


def proposal_lines(proposal: "Mapping[str, object]") -> "Iterator[str]":
    """Yield a proposal as a person reads it."""
    yield f"{proposal['rule_id']}: {describe_proposal(proposal)}"
    yield from wrapped(f"  {proposal['sentence']}", NARROW)


def decided(command: str, proposal: "Mapping[str, object]", until: str = "") -> Answer:
    """Return a proposal after the trader's word; `until` is when its lock ends."""
    values = rows([proposal])
    hints: tuple[str, ...] = ()
    if until:
        hints = (describe_wait(until),)
    elif proposal["state"] == "accepted":
        hints = (f"coach rules rollback {proposal['rule_id']} takes it back",)
    return Answer(
        command,
        values[0],
        Table(views.PROPOSALS, values),
        lines=(describe_proposal(proposal),),
        hints=hints,
    )
