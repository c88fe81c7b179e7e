"""What the user decided, and who said so: environment > config file > default.

Two flags stand beside: --home says where all of it is, --zone how one answer shows its times. The
only reader of the environment. Everything here is text until it is checked, and a setting
keeps its origin so that `coach config list --show-origin` can answer "who set this".
"""

import os
from collections.abc import Mapping
from pathlib import Path

from coach.errors import ConfigError
from coach.model.machine.inputs import read_small_text
from coach.model.machine.secrets import Secret
from coach.model.market import VENDORS, SourceWishes
from coach.settings.checks import FOREVER, check_zone, source_names
from coach.settings.file import CONFIG_FILE, read_file
from coach.settings.folders import find_home
from coach.settings.keys import KEYS, Key
from coach.settings.values import NO_ZONE, Setting, Settings, Terminal


def read(environment: Mapping[str, str], given: Mapping[str, Setting]) -> Settings:
    """Read every setting once; raise ConfigError for one that makes no sense.

    `given` are the home and the zone of one answer, as this call names them; empty is none.
    """
    home, home_origin = find_home(environment, given)
    shown_zone = given.get("zone", NO_ZONE)
    if shown_zone.value:
        check_zone(shown_zone.value, shown_zone.origin)
    written = read_file(home.config / CONFIG_FILE)
    chosen = {key.name: _choose(key, environment, written) for key in KEYS}
    return Settings(
        home=home,
        database_url=chosen["database_url"].value,
        redis_url=chosen["redis_url"].value,
        object_store=chosen["object_store"].value,
        object_keys=read_object_keys(environment),
        zone=chosen["zone"].value,
        shown_zone=shown_zone.value,
        user=chosen["user"].value,
        candles=_candles(chosen, environment),
        event_months=_months(chosen["event_retention"].value),
        terminal=read_terminal(environment),
        origins=(home_origin, *chosen.values()),
    )


def from_process(given: Mapping[str, Setting]) -> Settings:
    """Read the settings of this process."""
    return read(process_environment(), given)


def process_environment() -> Mapping[str, str]:
    """Return the environment; nobody else looks at it."""
    return os.environ  # noqa: TID251 -- the one place


def one_thread() -> None:
    """Let this process compute on one thread, unless the user chose otherwise.

    Sums then do not depend on how many cores a machine has, and NumPy loads in half the time.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 -- the one place


def wants_debug(environment: Mapping[str, str]) -> bool:
    """Say whether tracebacks are to be shown."""
    return environment.get("COACH_DEBUG", "") not in {"", "0"}


def read_object_keys(environment: Mapping[str, str]) -> tuple[str, str, str]:
    """Return what a bucket asks for; keys come from nowhere else, and are never listed."""
    key, secret, token = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return environment.get(key, ""), environment.get(secret, ""), environment.get(token, "")


def read_terminal(environment: Mapping[str, str]) -> Terminal:
    """Return whether colour is welcome, and how wide the screen says it is (0: ask the screen)."""
    plain = bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"
    columns = environment.get("COLUMNS", "")
    return Terminal(color=not plain, width=int(columns) if columns.isdecimal() else 0)


def read_editor(environment: Mapping[str, str]) -> str:
    """Return the command that edits a text, empty where none was chosen."""
    return environment.get("VISUAL") or environment.get("EDITOR") or ""


def _choose(
    key: Key,
    environment: Mapping[str, str],
    written: Mapping[str, Setting],
) -> Setting:
    candidates = (
        Setting(key.name, environment.get(key.variable, ""), f"env {key.variable}"),
        written.get(key.name),
    )
    for setting in candidates:
        if setting is not None and setting.value:
            key.check(setting.value, setting.origin)
            return setting
    return Setting(key.name, key.default, "default")


def _candles(chosen: Mapping[str, Setting], environment: Mapping[str, str]) -> SourceWishes:
    enabled = source_names(chosen["candle_sources"].value)
    keys = {name: _vendor_key(name, environment) for name in VENDORS if name in enabled}
    return SourceWishes(enabled, chosen["candles_auto"].value == "on", keys)


def _months(value: str) -> int | None:
    return None if value == FOREVER else int(value)


def _vendor_key(vendor: str, environment: Mapping[str, str]) -> Secret:
    """Return a vendor's key from its variable, or from the file that another variable names."""
    variable = f"COACH_{vendor.upper()}_KEY"
    file = environment.get(f"{variable}_FILE", "")
    if environment.get(variable) or not file:
        return Secret(environment.get(variable, "").strip())
    try:
        return Secret(read_small_text(Path(file)).strip())
    except (OSError, UnicodeDecodeError) as trouble:
        what = f"cannot be read: {getattr(trouble, 'strerror', None) or 'it is not text'}"
        raise ConfigError(name=f"{variable}_FILE", what=what) from None
