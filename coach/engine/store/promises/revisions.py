"""Every change of a rule. Rows are added and never touched again."""

from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.model.accounts import UserId
from coach.model.rules import PendingChange, Revision, Rule, RuleId

COLUMNS = (
    "rule_id, kind, params, note, expires_at, lock_s, revision, state, reason, actor, at,"
    " engine_version, input_sha256, parent, evidence"
)

CARRIED = ("actor", "evidence", "input_sha256")


def hold(connection: Connection[Any], user_id: UserId) -> None:
    """Let nobody else change the user's rules until the transaction ends."""
    connection.execute("select from app_user where id = %s for no key update", [user_id])


def append(connection: Connection[Any], user_id: UserId, revision: Revision) -> None:
    """Keep a revision."""
    rule = revision.rule
    connection.execute(
        f"insert into rule_revision (user_id, {COLUMNS})"  # noqa: S608 - constant
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            user_id,
            rule.id,
            rule.kind,
            Jsonb(dict(rule.params)),
            rule.note,
            rule.expires_at,
            rule.lock_s,
            rule.revision,
            revision.state,
            revision.reason,
            revision.actor,
            revision.at,
            revision.engine_version,
            revision.input_sha256,
            revision.parent,
            Jsonb(dict(revision.evidence)),
        ],
    )


def revisions(
    connection: Connection[Any], user_id: UserId, rule_id: RuleId | None = None
) -> list[Revision]:
    """Return the revisions of one rule or of all, oldest first."""
    rows = connection.execute(
        f"select {COLUMNS} from rule_revision where user_id = %(user)s"  # noqa: S608 - constant
        " and (%(rule)s::text is null or rule_id = %(rule)s) order by rule_id, revision",
        {"user": user_id, "rule": rule_id},
    )
    return [_revision(row) for row in rows]


def _revision(row: tuple[Any, ...]) -> Revision:
    rule_id, kind, params, note, expires_at, lock_s, number, state, *rest = row
    reason, actor, at, version, sha, parent, evidence = rest
    rule = Rule(rule_id, kind, params, state == "active", note, expires_at, lock_s, number)
    return Revision(rule, state, reason, actor, at, version, sha, parent, evidence)


def wait(connection: Connection[Any], user_id: UserId, waiting: PendingChange) -> None:
    """Let a change of a rule wait, instead of one that waited."""
    rule = waiting.rule
    body = {
        "kind": rule.kind,
        "params": dict(rule.params),
        "active": rule.active,
        "note": rule.note,
        "expires_at": None if rule.expires_at is None else rule.expires_at.isoformat(),
        "lock_s": rule.lock_s,
        "revision": rule.revision,
        "state": waiting.state,
        "actor": waiting.actor,
        "evidence": dict(waiting.evidence),
        "input_sha256": waiting.input_sha256,
    }
    connection.execute(
        "insert into rule_waiting (user_id, rule_id, body, reason, asked_at, due_at)"
        " values (%s, %s, %s, %s, %s, %s) on conflict (user_id, rule_id) do update"
        " set body = excluded.body, reason = excluded.reason, asked_at = excluded.asked_at,"
        " due_at = excluded.due_at",
        [user_id, rule.id, Jsonb(body), waiting.reason, waiting.asked_at, waiting.due_at],
    )


def waiting(connection: Connection[Any], user_id: UserId) -> list[PendingChange]:
    """Return the changes that wait, those due first at the beginning."""
    rows = connection.execute(
        "select rule_id, body, reason, asked_at, due_at from rule_waiting where user_id = %s"
        " order by due_at, rule_id",
        [user_id],
    )
    return [_waiting(*row) for row in rows]


def _waiting(
    rule_id: RuleId, body: dict[str, Any], reason: str, asked_at: datetime, due_at: datetime
) -> PendingChange:
    state, expires = body.pop("state"), body.pop("expires_at")
    carried = {name: body.pop(name) for name in CARRIED if name in body}
    at = None if expires is None else datetime.fromisoformat(expires)
    rule = Rule(rule_id, **body, expires_at=at)
    return PendingChange(rule, state, reason, asked_at, due_at, **carried)


def forget_waiting(connection: Connection[Any], user_id: UserId, rule_id: RuleId) -> None:
    """Let nothing wait for a rule any more."""
    connection.execute(
        "delete from rule_waiting where user_id = %s and rule_id = %s", [user_id, rule_id]
    )
