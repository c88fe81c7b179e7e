"""What the service does with a request that was believed: bytes in, bytes out, nothing remembered.

It reads no database and no file of a user. The language model is the one of its own settings: an
address that came with a request is compared with it, never asked.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from coach.engine.service import contract
from coach.engine.service.contract import NarrateAnswer, NarrateCall, Refusal, ScoreCall
from coach.engine.service.wire import decode, encode
from coach.errors import CoachError
from coach.model.canonical import canonical_json
from coach.model.machine.secrets import Secret
from coach.model.reflections.language_model import ModelWishes

if TYPE_CHECKING:
    from coach.engine.service.contract import ScoreAnswer, WhatIfAnswer, WhatIfCall

DONE: Final = 200
NO_SUCH_WORK: Final = 404
CANNOT: Final = 422


class WorkDone(NamedTuple):
    """The status and the body of an answer."""

    status: int
    body: bytes


class OwnModel(NamedTuple):
    """The language model of the service's own settings, and its key."""

    wishes: ModelWishes
    key: Callable[[], Secret]


def do(path: str, body: bytes, model: OwnModel) -> WorkDone:
    """Do what a request asks for. What the engine refuses is an answer, too."""
    try:
        match path:
            case contract.SCORE:
                return WorkDone(DONE, encode(_score(decode(body, ScoreCall))))
            case contract.WHAT_IF:
                return WorkDone(DONE, encode(_what_if(decode(body, contract.WhatIfCall))))
            case contract.NARRATE:
                return WorkDone(DONE, encode(_narrate(decode(body, NarrateCall), model)))
            case _:
                return WorkDone(NO_SUCH_WORK, b"")
    except CoachError as error:
        return WorkDone(CANNOT, encode(refusal(error)))


def refusal(error: CoachError) -> Refusal:
    """Return an error as it is sent; facts that are no plain value are sent as their text."""
    facts = {
        name: value if isinstance(value, str | int | float | bool | None) else str(value)
        for name, value in error.facts.items()
    }
    return Refusal(type(error).__name__, error.hint, error.remedy, facts)


def _score(call: ScoreCall) -> "ScoreAnswer":
    from coach.engine.conclusions.conclude import conclude
    from coach.engine.service.sending import score_answer, score_inputs

    return score_answer(conclude(*score_inputs(call)))


def _what_if(call: "WhatIfCall") -> "WhatIfAnswer":
    from coach.engine.service.sending import what_if_inputs
    from coach.engine.what_if.answer import answer

    return contract.WhatIfAnswer(canonical_json(answer(*what_if_inputs(call)), "ascii"))


def _narrate(call: NarrateCall, model: OwnModel) -> NarrateAnswer:
    from coach.engine.narrator.endpoint import ModelReply, ask
    from coach.engine.reflection.prompt import Prompt

    if (call.url, call.model) != (model.wishes.url, model.wishes.name):
        reason = "the service has another model in its settings"
        return NarrateAnswer("", "refused", reason, 0, 0)
    found = ask(model.wishes, model.key(), Prompt(call.system, call.user))
    if isinstance(found, ModelReply):
        return NarrateAnswer(found.text, "", "", found.tokens_in, found.tokens_out)
    return NarrateAnswer("", found.fault, found.reason, found.tokens_in, found.tokens_out)
