"""The settings of a provider of sign-ins, checked."""

from coach.errors import ConfigError
from coach.model.people.provider import is_safe_url

LONGEST_ID = 255


def check_issuer(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is an https address, or one of this machine."""
    if value and not is_safe_url(value):
        what = f"must be an https address without a question mark ({origin})"
        hint = "https://login.example.org/realms/home, as the provider's own description says it"
        raise ConfigError(name="oidc_issuer", what=what, hint=hint)


def check_client_id(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` can be printed on one line."""
    if not value.isprintable() or len(value) > LONGEST_ID:
        what = f"must be one line of at most {LONGEST_ID} characters ({origin})"
        raise ConfigError(name="oidc_client_id", what=what)
