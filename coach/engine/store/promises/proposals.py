"""What calibration concluded: the last look at each rule, and what it proposed."""

from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.model.accounts import UserId
from coach.model.proposals import CalibrationState, Proposal
from coach.model.rules import RuleId

COLUMNS = "id, rule_id, revision, state, made_at, decided_at, body"
IN_BODY = (
    "rule_kind",
    "kind",
    "param",
    "was",
    "now",
    "sentence",
    "asked",
    "answered",
    "actor",
    "waits",
)


def put(connection: Connection[Any], user_id: UserId, proposal: Proposal) -> None:
    """Keep a proposal as it is now."""
    body = {name: getattr(proposal, name) for name in IN_BODY}
    connection.execute(
        f"insert into proposal (user_id, {COLUMNS})"  # noqa: S608 - constant
        " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (user_id, id) do update"
        " set state = excluded.state, decided_at = excluded.decided_at, body = excluded.body",
        [
            user_id,
            proposal.id,
            proposal.rule_id,
            proposal.revision,
            proposal.state,
            proposal.made_at,
            proposal.decided_at,
            Jsonb(body),
        ],
    )


def proposals(
    connection: Connection[Any], user_id: UserId, rule_id: RuleId | None = None
) -> list[Proposal]:
    """Return the proposals of one rule or of all, oldest first."""
    rows = connection.execute(
        f"select {COLUMNS} from proposal where user_id = %(user)s"  # noqa: S608 - constant
        " and (%(rule)s::text is null or rule_id = %(rule)s) order by made_at, rule_id, id",
        {"user": user_id, "rule": rule_id},
    )
    return [_proposal(row) for row in rows]


def _proposal(row: tuple[Any, ...]) -> Proposal:
    name, rule_id, revision, state, made_at, decided_at, body = row
    return Proposal(
        id=name,
        rule_id=rule_id,
        revision=revision,
        state=state,
        made_at=made_at,
        decided_at=decided_at,
        **body,
    )


def expire(connection: Connection[Any], user_id: UserId, rule_id: RuleId, now: datetime) -> None:
    """Let what was proposed for a rule and not decided be over."""
    connection.execute(
        "update proposal set state = 'expired', decided_at = %s"
        " where user_id = %s and rule_id = %s and state = 'open'",
        [now, user_id, rule_id],
    )


def calibration_states(
    connection: Connection[Any], user_id: UserId
) -> dict[RuleId, CalibrationState]:
    """Return what is remembered of each rule."""
    rows = connection.execute(
        "select rule_id, auto, state, revision, week, asked, answered from calibration"
        " where user_id = %s",
        [user_id],
    )
    return {RuleId(row[0]): CalibrationState(*row) for row in rows}


def keep(connection: Connection[Any], user_id: UserId, one: CalibrationState) -> None:
    """Remember this of a rule."""
    connection.execute(
        "insert into calibration (user_id, rule_id, auto, state, revision, week, asked, answered)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (user_id, rule_id) do update"
        " set auto = excluded.auto, state = excluded.state, revision = excluded.revision,"
        " week = excluded.week, asked = excluded.asked, answered = excluded.answered",
        [
            user_id,
            one.rule_id,
            one.auto,
            None if one.state is None else Jsonb(one.state),
            one.revision,
            one.week,
            one.asked,
            one.answered,
        ],
    )


def waits(connection: Connection[Any], user_id: UserId, rule_id: RuleId) -> bool:
    """Say whether a change of the rule waits for its lock."""
    row = connection.execute(
        "select 1 from rule_waiting where user_id = %s and rule_id = %s", [user_id, rule_id]
    ).fetchone()
    return row is not None
