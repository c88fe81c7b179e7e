"""The settings of a language model, checked."""

import re

from coach.errors import ConfigError
from coach.model.people.provider import is_safe_url

LONGEST_NAME = 200


def check_model_url(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is an https address, or one of this machine."""
    if value and not is_safe_url(value):
        what = f"must be an https address, or http on this machine ({origin})"
        hint = "http://localhost:11434/v1 for an Ollama on this machine"
        raise ConfigError(name="model_url", what=what, hint=hint)


def check_model_name(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` can be printed on one line."""
    if not value.isprintable() or len(value) > LONGEST_NAME:
        what = f"must be one line of at most {LONGEST_NAME} characters ({origin})"
        raise ConfigError(name="model_name", what=what)


def check_model_tokens(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a number of tokens."""
    if not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
        what = f"must be a number of tokens a day ({origin})"
        raise ConfigError(
            name="model_tokens", what=what, hint="50000 is what a user has without it"
        )
