"""The experiments of a trader, and how far the fills reach that they are judged by."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.model.accounts import UserId
from coach.model.events import Json
from coach.model.experiments import Experiment, ExperimentState

COLUMNS = "id, rule_id, body, state, started_at, ended_at"


def add(connection: Connection[Any], user_id: UserId, made: Experiment) -> None:
    """Keep an experiment that begins. What it registered is never written again."""
    connection.execute(
        f"insert into experiment (user_id, {COLUMNS}) values (%s, %s, %s, %s, %s, %s, %s)",  # noqa: S608 - constant
        [
            user_id,
            made.id,
            made.rule_id,
            Jsonb(
                {
                    "registration": made.registration,
                    "sha256": made.sha256,
                    "switched": made.switched,
                    "looked": made.looked,
                }
            ),
            made.state,
            made.started_at,
            made.ended_at,
        ],
    )


def experiments(connection: Connection[Any], user_id: UserId) -> list[Experiment]:
    """Return the user's experiments, oldest first."""
    rows = connection.execute(
        f"select {COLUMNS} from experiment where user_id = %s order by started_at, id",  # noqa: S608 - constant
        [user_id],
    )
    return [_experiment(*row) for row in rows]


def running(connection: Connection[Any], user_id: UserId) -> list[Experiment]:
    """Return the experiments that are under way, oldest first."""
    rows = connection.execute(
        f"select {COLUMNS} from experiment where user_id = %s and state = 'running'"  # noqa: S608 - constant
        " order by started_at, id",
        [user_id],
    )
    return [_experiment(*row) for row in rows]


def _experiment(
    name: str,
    rule_id: str,
    body: dict[str, Any],
    state: ExperimentState,
    started_at: datetime,
    ended_at: datetime | None,
) -> Experiment:
    return Experiment(
        id=name,  # type: ignore[arg-type] # as the table has it
        rule_id=rule_id,  # type: ignore[arg-type] # as the table has it
        registration=body["registration"],
        sha256=body["sha256"],
        state=state,
        started_at=started_at,
        ended_at=ended_at,
        switched=body["switched"],
        looked=body["looked"],
        card=body.get("card"),
    )


def note(
    connection: Connection[Any], user_id: UserId, one: Experiment, result: Mapping[str, Json]
) -> None:
    """Note beside a running experiment for which week it switched, or what it looked at."""
    connection.execute(
        "update experiment set body = body || %s where user_id = %s and id = %s"
        " and state = 'running'",
        [Jsonb(dict(result)), user_id, one.id],
    )


def end(connection: Connection[Any], user_id: UserId, ended: Experiment) -> Experiment:
    """End an experiment with its card; one that has ended stays as it was."""
    connection.execute(
        "update experiment set state = %s, ended_at = %s, body = body || %s"
        " where user_id = %s and id = %s and state = 'running'",
        [
            ended.state,
            ended.ended_at,
            Jsonb({"looked": ended.looked, "card": dict(ended.card or {})}),
            user_id,
            ended.id,
        ],
    )
    found = [one for one in experiments(connection, user_id) if one.id == ended.id]
    return found[0] if found else replace(ended)


# A broker that was asked has told all there was until then; a statement reaches to its last row.
KNOWN_UNTIL = """
select greatest(
    (select max(last_at) from run where user_id = %(user)s and state = 'done'),
    (select max(finished_at) from run
      where user_id = %(user)s and state = 'done' and family like '%%-api'))
"""


def known_until(connection: Connection[Any], user_id: UserId) -> datetime | None:
    """Return up to when trades are known: the newest fill, or the newest look at a broker."""
    row = connection.execute(KNOWN_UNTIL, {"user": user_id}).fetchone()
    found: datetime | None = row and row[0]
    return found


def quotes(connection: Connection[Any], user_id: UserId) -> list[str]:
    """Return the quote currencies the user ever traded in, by name."""
    rows = connection.execute(
        "select distinct split_part(symbol, '-', -1) from trade where user_id = %s order by 1",
        [user_id],
    )
    return [quote for (quote,) in rows]
