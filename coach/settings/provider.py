"""The settings of a provider of sign-ins, and of coach as a client of brokers, checked."""

from coach.errors import ConfigError
from coach.model.people.provider import is_safe_url

LONGEST_ID = 255
SLASHES = 2
COINBASE_LOGIN = "https://login.coinbase.com"


def check_issuer(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is an https address, or one of this machine."""
    if value and not is_safe_url(value):
        what = f"must be an https address without a question mark ({origin})"
        hint = "https://login.example.org/realms/home, as the provider's own description says it"
        raise ConfigError(name="oidc_issuer", what=what, hint=hint)


def check_client_id(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` can be printed on one line."""
    _check_line("oidc_client_id", value, origin)


def check_coinbase_client(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` can be printed on one line."""
    _check_line("coinbase_client_id", value, origin)


def check_login_url(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a host by https, or this machine."""
    if not is_safe_url(value) or value.count("/") != SLASHES:
        what = f"must be https:// and a host, nothing behind it ({origin})"
        raise ConfigError(name="coinbase_login_url", what=what, hint=COINBASE_LOGIN)


def _check_line(name: str, value: str, origin: str) -> None:
    if not value.isprintable() or len(value) > LONGEST_ID:
        what = f"must be one line of at most {LONGEST_ID} characters ({origin})"
        raise ConfigError(name=name, what=what)
