"""Asking a model with a memory: answers that are known, and a breaker for one that is down.

Both lie in the hot store, and may be lost. An answer is known by all that it was asked with: the
user, the address, the model, the persona, the tone, the evidence, the question and the version of
the prompt stand in the key. A model that gives another answer to the same request, as some do at
temperature 0, is not asked twice. After FAILURES in a row the model is left alone for REST_S.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final

from coach.engine.hot.base import HotStore
from coach.engine.narrator.endpoint import ModelFailure, ModelReply, ask, request_body
from coach.engine.reflection.prompt import Prompt
from coach.model.accounts import UserId
from coach.model.machine.secrets import Secret
from coach.model.reflections.language_model import ModelWishes

REMEMBERED_S: Final = 7 * 86_400.0
FAILURES: Final = 3
COUNTED_S: Final = 600.0
REST_S: Final = 60.0


ModelAsker = Callable[[ModelWishes, Secret, Prompt], ModelReply | ModelFailure]


@dataclass(frozen=True, slots=True)
class Narrator:
    """Whom a user's model is asked for, and by what it is remembered; `key` fetches its key.

    `ask` sends the question and raises nothing: what goes wrong is a ModelFailure.
    """

    wishes: ModelWishes
    hot: HotStore
    user_id: UserId
    key: Callable[[], Secret]
    ask: ModelAsker = ask

    def narrate(self, prompt: Prompt) -> ModelReply | ModelFailure:
        """Return what the model writes, or wrote before; a reply that is known costs no tokens."""
        name = self._name("answer", request_body(self.wishes.name, prompt))
        kept = self.hot.get(name)
        if kept is not None:
            return ModelReply(json.loads(kept)["text"], asked=False)
        if self.hot.get(self._name("rest")) is not None:
            reason = f"it failed {FAILURES} times in a row, and is left alone for a while"
            return ModelFailure("down", reason, asked=False)
        found = self.ask(self.wishes, self.key(), prompt)
        self._note(found)
        if isinstance(found, ModelReply):
            self.hot.put(name, json.dumps(asdict(found)).encode(), REMEMBERED_S)
        return found

    def _note(self, found: ModelReply | ModelFailure) -> None:
        """Count failures in a row, and rest after so many; a wrong key is no illness."""
        counted = self._name("failures")
        if isinstance(found, ModelReply):
            self.hot.put(counted, b"0", COUNTED_S)
        elif found.fault != "refused":
            failures = int(self.hot.get(counted) or b"0") + 1
            self.hot.put(counted, str(failures % FAILURES).encode(), COUNTED_S)
            if failures >= FAILURES:
                self.hot.put(self._name("rest"), b"1", REST_S)

    def _name(self, kind: str, body: str = "") -> str:
        parts = (self.wishes.url, self.wishes.name, body)
        whose = f"{self.user_id}|" if body else ""
        return f"model|{kind}|{whose}{sha256(json.dumps(parts).encode()).hexdigest()}"
