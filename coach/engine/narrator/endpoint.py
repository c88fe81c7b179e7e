"""One question to an OpenAI-compatible endpoint: Ollama, llama.cpp, vLLM, or a hosted one.

`temperature` is 0, the answer is JSON, nothing is streamed. What comes is believed in nothing but
its form; what a model wrote is checked by `engine/reflection/checker`. Traps of local servers that
are told from an answer here, none of which is an error to them:

- A prompt that was cut at a context of 4,096 tokens: such a total counts as cut.
- A model that thinks and leaves the content empty: it is asked not to think, and what it thought is
  never read.
- A server that does not know a field of the request (400): it is asked once more without it.
"""

import json
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from coach.brokers.net.client import HttpAnswer, HttpClient, HttpLimits, NoAnswer
from coach.brokers.net.parsing import parse_json
from coach.engine.reflection.prompt import Prompt
from coach.model.machine.secrets import Secret
from coach.model.reflections.language_model import ModelWishes

LIMITS: Final = HttpLimits(connect_s=5.0, silence_s=60.0, answer_s=60.0, body_bytes=262_144)
MOST_TOKENS: Final = 700
"""Of an answer."""
CUT_AT: Final = 4_096
TRIES: Final = 2
OK, BAD_REQUEST, TOO_MANY, SERVER_FAULT = 200, 400, 429, 500
REFUSALS: Final = frozenset({401, 403, 404})
COMPLETIONS: Final = "/chat/completions"
LARGEST_COUNT: Final = 10_000_000

ModelFault = Literal["down", "refused", "rubbish"]
"""A later try may help · the key, the name or the address is wrong · what came is no answer."""


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a model wrote, and how many tokens the endpoint counted.

    `asked` is false where it wrote that before.
    """

    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    asked: bool = True


@dataclass(frozen=True, slots=True)
class ModelFailure:
    """Why there is no reply; the reason quotes neither the request nor the key.

    `asked` is false where nothing was sent. The tokens are those of words that cannot be used.
    """

    fault: ModelFault
    reason: str
    tokens_in: int = 0
    tokens_out: int = 0
    asked: bool = True


def request_body(name: str, prompt: Prompt, *, plain: bool = False) -> str:
    """Return the body of a request to the byte; `plain` leaves out what not every server knows."""
    body: dict[str, object] = {
        "model": name,
        "messages": [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.user},
        ],
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
        "stream": False,
    }
    if not plain:
        body |= {"response_format": {"type": "json_object"}, "reasoning_effort": "none"}
    return json.dumps(body, indent=1)


def ask(wishes: ModelWishes, key: Secret, prompt: Prompt) -> ModelReply | ModelFailure:
    """Ask the model, once more where a later try may help; ConfigError for an unsafe address."""
    parts = urlsplit(wishes.url)
    path = f"{parts.path.rstrip('/')}{COMPLETIONS}"
    with HttpClient(f"{parts.scheme}://{parts.netloc}", "model", limits=LIMITS) as http:
        body = request_body(wishes.name, prompt)
        found: ModelReply | ModelFailure | None = None
        for _ in range(TRIES):
            answer = _post(http, path, body, key)
            if isinstance(answer, HttpAnswer) and answer.status == BAD_REQUEST:
                body = request_body(wishes.name, prompt, plain=True)
            found = _read(answer)
            if isinstance(found, ModelReply) or not _may_pass(found, answer):
                break
        assert found is not None
        return found


def _may_pass(found: ModelFailure, answer: HttpAnswer | NoAnswer) -> bool:
    refused_fields = isinstance(answer, HttpAnswer) and answer.status == BAD_REQUEST
    return refused_fields or found.fault == "down"


def _post(http: HttpClient, path: str, body: str, key: Secret) -> HttpAnswer | NoAnswer:
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key.reveal()}"
    return http.post(path, body.encode(), headers)


def _read(answer: HttpAnswer | NoAnswer) -> ModelReply | ModelFailure:
    if isinstance(answer, NoAnswer):
        return ModelFailure("down" if answer.fault == "down" else "rubbish", answer.reason)
    if answer.status in REFUSALS:
        return ModelFailure("refused", f"status {answer.status}")
    if answer.status == TOO_MANY or answer.status >= SERVER_FAULT:
        return ModelFailure("down", f"status {answer.status}")
    if answer.status != OK:
        return ModelFailure("rubbish", f"status {answer.status}")
    return _reply(parse_json(answer.body))


def _reply(document: object) -> ModelReply | ModelFailure:
    if not isinstance(document, dict):
        return ModelFailure("rubbish", "an answer that is no JSON object")
    choices = document.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    if not isinstance(first, dict) or not isinstance(message, dict):
        return ModelFailure("rubbish", "an answer without a message")
    usage = document.get("usage")
    counted = usage if isinstance(usage, dict) else {}
    tokens = _count(counted, "prompt_tokens"), _count(counted, "completion_tokens")
    if first.get("finish_reason") == "length" or _count(counted, "total_tokens") == CUT_AT:
        return ModelFailure("rubbish", "an answer or a prompt that was cut", *tokens)
    text = message.get("content")
    if not isinstance(text, str) or not text.strip():
        return ModelFailure("rubbish", "an empty answer", *tokens)
    return ModelReply(text, *tokens)


def _count(usage: dict[str, object], name: str) -> int:
    """Return a count of tokens, 0 where none is told or it makes no sense."""
    value = usage.get(name)

    return value if type(value) is int and 0 <= value <= LARGEST_COUNT else 0
