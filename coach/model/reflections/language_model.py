"""The language model of the settings: where it is asked, by which name, with which key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from coach.model.machine.secrets import Secret

MODEL_KEY: Final = "model"
"""The name of the model's key among those that are sealed by name."""


def no_key() -> Secret:
    """Return that nobody handed a key over."""
    return Secret("")


@dataclass(frozen=True, slots=True)
class ModelWishes:
    """An OpenAI-compatible endpoint: `url` up to its version, as http://localhost:11434/v1.

    An empty `url` is none, and then nothing is ever sent. `key` fetches one that was handed over.
    """

    url: str = ""
    name: str = ""
    key: Callable[[], Secret] = no_key

    @property
    def configured(self) -> bool:
        """Whether there is a model to ask."""
        return bool(self.url and self.name)


NO_MODEL: Final = ModelWishes()
