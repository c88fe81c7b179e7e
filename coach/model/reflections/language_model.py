"""The language model of the settings: where it is asked, by which name, with which key."""

from collections.abc import Callable
from typing import Final

from coach.model.machine.secrets import Secret
from coach.values import dataclass

MODEL_KEY: Final = "model"
"""The name of the model's key among those that are sealed by name."""


USUAL_TOKENS: Final = 50_000


def no_key() -> Secret:
    """Return that nobody handed a key over."""
    return Secret("")


@dataclass(frozen=True, slots=True)
class ModelWishes:
    """An OpenAI-compatible endpoint: `url` up to its version, as http://localhost:11434/v1.

    An empty `url` is none, and then nothing is ever sent. `key` fetches one that was handed over.
    A user may spend `tokens_a_day`; a request that began within them may end above.
    """

    url: str = ""
    name: str = ""
    key: Callable[[], Secret] = no_key
    tokens_a_day: int = USUAL_TOKENS

    @property
    def configured(self) -> bool:
        """Whether there is a model to ask."""
        return bool(self.url and self.name)


NO_MODEL: Final = ModelWishes()
