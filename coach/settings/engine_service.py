"""The settings of the engine's service, checked."""

import re
from urllib.parse import urlsplit

from coach.errors import ConfigError
from coach.model.machine.engine_service import is_near


def check_engine_url(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is https, or http on this machine or a private network."""
    if value and not re.fullmatch(r"https?://(\[[0-9a-f:]+\]|[\w.-]+)(:[0-9]{1,5})?/?", value):
        what = f"must be a scheme and a host alone ({origin})"
        raise ConfigError(name="engine_url", what=what, hint="http://127.0.0.1:8322")
    if value.startswith("http:") and not is_near(urlsplit(value).hostname or ""):
        what = f"must be https, except on this machine and in a private network ({origin})"
        raise ConfigError(name="engine_url", what=what, hint="http://127.0.0.1:8322")


def check_engine_pair(url: str, pki: str) -> None:
    """Raise ConfigError for certificates beside a URL without TLS, which shows none."""
    if pki and url.startswith("http:"):
        what = "must be https where engine_pki is set, or nobody shows a certificate"
        raise ConfigError(name="engine_url", what=what, hint="https://127.0.0.1:8322")


def check_engine_keys(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a path from the root, so that it is the same for cron."""
    if value and not value.startswith(("/", "~")):
        what = f"must be a whole path, not {value!r} ({origin})"
        raise ConfigError(name="engine_keys", what=what, hint="/run/secrets/engine-keys.json")


def check_engine_pki(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a path from the root."""
    if value and not value.startswith(("/", "~")):
        what = f"must be a whole path, not {value!r} ({origin})"
        raise ConfigError(name="engine_pki", what=what, hint="/var/lib/coach/pki")


def check_engine_deadline(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a number of seconds."""
    if not re.fullmatch(r"[1-9][0-9]{0,3}", value, re.ASCII):
        what = f"must be a number of seconds below 10000 ({origin})"
        raise ConfigError(name="engine_deadline", what=what, hint="120 is what counts without it")


def check_engine_fallback(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is on or off."""
    if value not in {"on", "off"}:
        raise ConfigError(name="engine_fallback", what=f"must be on or off ({origin})")
