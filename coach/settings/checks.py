"""What a setting may hold; each check raises ConfigError and says who set it."""

import re
from pathlib import Path

from coach.errors import ConfigError
from coach.model.machine.keys import KEK_PROVIDERS
from coach.model.machine.urls import ENCODED, TORN, is_torn, names_a_port
from coach.model.market import KNOWN_SOURCES
from coach.model.people.features import FEATURES

FOREVER = "forever"
FEWEST_REQUESTS = 60
"""A minute: what costs most must fit in."""


def check_zone(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is an IANA zone."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (LookupError, ValueError, OSError) as trouble:
        raise ConfigError(
            name="zone", what=f"no time zone {value!r} ({origin})", hint=_nearest_zone(value)
        ) from trouble


def _nearest_zone(value: str) -> str:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    close = get_close_matches(value, sorted(available_timezones()), n=1)
    return f"did you mean {close[0]}?" if close else "use an IANA name like Europe/Berlin"


def check_url(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` names a PostgreSQL."""
    if not re.match(r"postgres(ql)?://", value):
        raise ConfigError(
            name="database_url",
            what=f"must begin with postgresql:// ({origin})",
            hint="postgresql://user@host:5432/name, or unset it to use the embedded database",
        )
    if is_torn(value):
        raise ConfigError(ENCODED, name="database_url", what=f"{TORN} ({origin})")


def check_redis(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` names a Redis."""
    if not re.match(r"(rediss?|unix)://.", value):
        raise ConfigError(
            name="redis_url",
            what=f"must begin with redis://, rediss:// or unix:// ({origin})",
            hint="redis://host:6379/0, or unset it: coach needs no Redis",
        )
    server, _, rest = value.partition("://")[2].partition("/")
    if not value.startswith("unix:") and ("@" in rest or not names_a_port(f"redis://{server}")):
        raise ConfigError(ENCODED, name="redis_url", what=f"{TORN} ({origin})")


def check_objects(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a folder or names a bucket, without keys."""
    from coach.engine.market.address import parse

    try:
        parse(value)
    except ValueError as wrong:
        raise ConfigError(
            name="object_store",
            what=f"{wrong} ({origin})",
            hint="/some/folder, or s3://bucket/prefix?region=eu-central-1",
        ) from None


def check_user(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` can be printed on one line."""
    if not value.isprintable() or value != value.strip():
        raise ConfigError(name="user", what=f"must be one plain word ({origin})")


def check_sources(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` names sources of candles, each once."""
    names = source_names(value)
    unknown = [name for name in names if name not in KNOWN_SOURCES]
    if unknown or len(set(names)) != len(names) or not names:
        fault = f"no source {unknown[0]!r}" if unknown else "each source once, and one at least"
        raise ConfigError(
            name="candle_sources",
            what=f"{fault} ({origin})",
            hint=f"the sources are {', '.join(KNOWN_SOURCES)}",
        )


def check_features(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` names features that there are, each once."""
    names = feature_names(value)
    unknown = [name for name in names if name not in FEATURES]
    if unknown or len(set(names)) != len(names):
        fault = f"no feature {unknown[0]!r}" if unknown else "each feature once"
        hint = f"the features are {', '.join(FEATURES)}"
        raise ConfigError(name="features", what=f"{fault} ({origin})", hint=hint)


def feature_names(value: str) -> tuple[str, ...]:
    """Return the features that a setting names, with commas between them."""
    return tuple(name.strip() for name in value.split(",") if name.strip())


def check_switch(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is on or off."""
    if value not in {"on", "off"}:
        raise ConfigError(name="candles_auto", what=f"must be on or off ({origin})")


def check_sync_switch(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is on or off."""
    if value not in {"on", "off"}:
        raise ConfigError(name="sync_auto", what=f"must be on or off ({origin})")


def check_event_months(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a number of months, or `forever`."""
    _check_months("event_retention", value, origin, "24 keeps the events of two years")


def check_run_months(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a number of months, or `forever`."""
    _check_months("run_retention", value, origin, "12 keeps the finished jobs of a year")


def _check_months(name: str, value: str, origin: str, hint: str) -> None:
    if value != FOREVER and not re.fullmatch(r"[1-9][0-9]{0,3}", value, re.ASCII):
        what = f"must be a number of months, or forever ({origin})"
        raise ConfigError(name=name, what=what, hint=hint)


def check_request_limit(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a number of requests a minute."""
    _check_requests("request_limit", value, origin)


def check_address_limit(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a number of requests a minute."""
    _check_requests("address_limit", value, origin)


def check_public_names(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a list of names by which a server is asked for."""
    if not value:
        return
    from coach.model.machine.reach import public_names

    try:
        public_names(value)
    except ValueError as wrong:
        what = f"{wrong} is not a name, with or without a port ({origin})"
        hint = "coach.example.org, or several with commas between them"
        raise ConfigError(name="public_names", what=what, hint=hint) from wrong


def check_proxies(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a list of networks that do not hold everybody."""
    if not value:
        return
    from coach.model.machine.reach import proxy_networks

    try:
        proxy_networks(value)
    except ValueError as wrong:
        what = f"not an address, nor a network, of proxies: {wrong} ({origin})"
        hint = "127.0.0.1, or 10.0.3.0/24, or several with commas between them"
        raise ConfigError(name="trusted_proxies", what=what, hint=hint) from wrong


def _check_requests(name: str, value: str, origin: str) -> None:
    is_number = re.fullmatch(r"[1-9][0-9]{1,8}", value, re.ASCII)
    if not is_number or int(value) < FEWEST_REQUESTS:
        what = f"must be a number of requests a minute, {FEWEST_REQUESTS} or more ({origin})"
        raise ConfigError(name=name, what=what, hint="12000 is what a user may ask without it")


def check_kek_provider(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is somebody who keeps the key of keys."""
    if value not in KEK_PROVIDERS:
        hint = f"one of {', '.join(KEK_PROVIDERS)}"
        raise ConfigError(
            name="kek_provider", what=f"nobody is called {value!r} ({origin})", hint=hint
        )


def check_printable(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` can be printed on one line."""
    if not value.isprintable():
        raise ConfigError(name="kek_aws_key", what=f"must be the id of a key ({origin})")


def check_recipients(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` names age recipients, with commas between them."""
    if not value:
        return
    from coach.errors import CoachError
    from coach.sops import age

    try:
        age.check_recipients(source_names(value), origin)
    except CoachError as wrong:
        what = f"{wrong} ({origin})"
        raise ConfigError(
            name="backup_recipients", what=what, hint="age1..., or several"
        ) from wrong


def check_folder(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is a path from the root, so that it is the same for cron."""
    if value and not Path(value).expanduser().is_absolute():
        what = f"must be a whole path, not {value!r} ({origin})"
        raise ConfigError(name="backup_folder", what=what, hint="/media/disk/coach, or ~/backups")


def source_names(value: str) -> tuple[str, ...]:
    """Return the names of a comma list."""
    return tuple(name.strip() for name in value.split(",") if name.strip())
