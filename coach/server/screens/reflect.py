"""Reflect: what the Rational Future Self was asked and answered, and whether it can be asked."""

from typing import TYPE_CHECKING

from coach.advice.readable import local
from coach.engine.api.reflection import reflect as api
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery
from coach.server.screens.said import said
from coach.server.writing import WRITES
from coach.views.reflections import reflection as views
from coach.views.table import json_row

if TYPE_CHECKING:
    from coach.engine.api.reflection.reflect import StoredReflection
    from coach.model.events import Json

MOST_ANSWERS = 50
ASKING = ("POST", "/api/reflections")


def reflect(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return the newest answers, oldest first."""
    found = api.newest(call.session, MOST_ANSWERS)
    return ApiAnswer(
        "screens reflect",
        {
            "answers": [_answer(one, call.zone) for one in found],
            "tone": call.session.user.tone,
            "can_ask": any((one.method, one.path) == ASKING for one in WRITES),
        },
    )


def _answer(one: "StoredReflection", zone: str) -> "Json":
    row = views.reflection(one)
    sentences: list[Json] = [
        {**said(told["text"]), "claim": told["claim"], "evidence": list(told["evidence"])}
        for told in row["sentences"]
    ]
    asked = said(row["question"]) if row["question"] else None
    when = local(row["made_at"].isoformat(), zone)
    return {**json_row(row), "asked": asked, "sentences": sentences, "when": when}
