"""Reflections as they were answered: the question, the answer, and the evidence that it is from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.model.accounts import UserId
from coach.model.events import Json
from coach.model.reflections.words import ReflectionSource, Tone

COLUMNS = (
    "id, question, persona, tone, source, refused, sentences, evidence, prompt_version, made_at,"
    " after"
)


@dataclass(frozen=True, slots=True)
class StoredReflection:
    """One answer: the same question of the same evidence in the same voice has the same id.

    `after` is the id of the answer that it followed in a conversation, empty where it began one.
    """

    id: str
    question: str
    persona: str
    tone: Tone
    source: ReflectionSource
    refused: bool
    sentences: list[dict[str, Json]]
    evidence: dict[str, Json]
    prompt_version: str
    made_at: datetime
    after: str = ""


def find(connection: Connection[Any], user_id: UserId, id_: str) -> StoredReflection | None:
    """Return the reflection of that id."""
    row = connection.execute(
        f"select {COLUMNS} from reflection where user_id = %s and id = %s",  # noqa: S608 - constant
        [user_id, id_],
    ).fetchone()
    return None if row is None else StoredReflection(*row)


def newest(connection: Connection[Any], user_id: UserId, most: int) -> list[StoredReflection]:
    """Return the newest reflections of a user, oldest first."""
    rows = connection.execute(
        f"select {COLUMNS} from reflection where user_id = %s"  # noqa: S608 - constant
        " order by made_at desc, id desc limit %s",
        [user_id, most],
    ).fetchall()
    return [StoredReflection(*row) for row in reversed(rows)]


def keep(connection: Connection[Any], user_id: UserId, made: StoredReflection) -> None:
    """Keep an answer; one of the same id that is there is replaced."""
    connection.execute(
        "insert into reflection (user_id, id, question, persona, tone, source, refused, sentences,"
        " evidence, prompt_version, made_at, after)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (user_id, id) do update set source = excluded.source,"
        " refused = excluded.refused, sentences = excluded.sentences,"
        " evidence = excluded.evidence, made_at = excluded.made_at, after = excluded.after",
        [
            user_id,
            made.id,
            made.question,
            made.persona,
            made.tone,
            made.source,
            made.refused,
            Jsonb(made.sentences),
            Jsonb(made.evidence),
            made.prompt_version,
            made.made_at,
            made.after,
        ],
    )
