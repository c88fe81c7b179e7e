"""What the user decided, and who said so: environment > config file > default.

Two flags stand beside: --home says where all of it is, --zone how one answer shows its times. The
only reader of the environment. Everything here is text until it is checked, and a setting
keeps its origin so that `coach config list --show-origin` can answer "who set this".
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from coach.errors import ConfigError, Invalid
from coach.model.machine.home import Home
from coach.model.machine.inputs import read_small_text
from coach.model.machine.secrets import Secret
from coach.model.machine.urls import ENCODED, TORN, is_torn, names_a_port
from coach.model.market import FREE_SOURCES, KNOWN_SOURCES, VENDORS, SourceWishes

CONFIG_FILE = "config.toml"
DEFAULT_ZONE = "UTC"
DEFAULT_USER = "local"

SECRET_IN_URL = re.compile(r"(://[^:\s]*:)[^\n]*(?=@)|((?:ssl)?password=)[^&\s]*")
"""A password ends at the last @ of its line: one that holds an @ must not show its tail."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One decision: its value as text, and who made it."""

    name: str
    value: str
    origin: str


NO_ZONE = Setting("zone", "", "")


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the environment says about the screen."""

    color: bool
    width: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything coach is told. An empty `database_url` means the embedded PostgreSQL.

    An empty `redis_url` means a table, an empty `object_store` a folder of the home.
    `object_keys` are the key id, the secret and the session token for a bucket, or empty.
    `zone` is the one that a new user begins in, `shown_zone` the one that this answer's times are
    shown in, empty for the user's own.
    """

    home: Home
    database_url: str
    redis_url: str
    object_store: str
    object_keys: tuple[str, str, str] = field(repr=False)
    zone: str
    shown_zone: str
    user: str
    candles: SourceWishes
    terminal: Terminal
    origins: tuple[Setting, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Key:
    """A setting that a file may carry: its variable, its default, its check."""

    name: str
    variable: str
    default: str
    check: Callable[[str, str], None]


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


def find_home(environment: Mapping[str, str], given: Mapping[str, Setting]) -> tuple[Home, Setting]:
    """Return the four folders: under one roof where it is named, else where XDG puts them.

    ConfigError for folders that cannot be used, and where nothing says which they are.
    """
    named = Setting("home", environment.get("COACH_HOME", ""), "env COACH_HOME")
    for setting in (given.get("home"), named):
        if setting is not None and setting.value:
            roof = _roof(setting.value, setting.origin)
            return under(roof), replace(setting, value=str(roof))
    return _xdg(environment), Setting("home", "", "default")


def under(roof: Path) -> Home:
    """Return a home whose four folders stand under one roof."""
    return Home(roof / "config", roof / "data", roof / "state", roof / "cache")


def _roof(value: str, origin: str) -> Path:
    try:
        return check_folder(Path(value).expanduser().absolute(), origin)
    except RuntimeError:
        raise ConfigError(name="home", what=f"no user has the home {value!r} ({origin})") from None


def check_folder(folder: Path, origin: str) -> Path:
    """Return a folder that a database can live in; ConfigError for one that it cannot."""
    name = str(folder)
    if any(letter in name for letter in "\\\n\r"):
        trouble = "holds a backslash or a line break"
    elif any("\ud800" <= letter <= "\udfff" for letter in name):
        trouble = "has a name that is not UTF-8"
    else:
        return folder
    what = f"the folder {name!r} {trouble} ({origin})"
    raise ConfigError(remedy="choose_home", name="home", what=what)


def _xdg(environment: Mapping[str, str]) -> Home:
    def folder(variable: str, usual: str) -> Path:
        named = Path(environment.get(variable, ""))
        if named.is_absolute():
            return check_folder(named, f"env {variable}") / "coach"
        return check_folder(_users_home(environment), "env HOME") / usual / "coach"

    return Home(
        config=folder("XDG_CONFIG_HOME", ".config"),
        data=folder("XDG_DATA_HOME", ".local/share"),
        state=folder("XDG_STATE_HOME", ".local/state"),
        cache=folder("XDG_CACHE_HOME", ".cache"),
    )


def _users_home(environment: Mapping[str, str]) -> Path:
    named = environment.get("HOME")
    if named is None:
        try:
            return Path.home()
        except RuntimeError:
            what = "HOME is not set, and this user has no home"
            raise ConfigError(remedy="choose_home", name="home", what=what) from None
    if not Path(named).is_absolute():
        what = "HOME is empty" if not named else f"HOME is no absolute path: {named!r}"
        raise ConfigError(remedy="choose_home", name="home", what=what)
    return Path(named)


def read_file(path: Path) -> dict[str, Setting]:
    """Return what the config file sets; a file that is not there sets nothing."""
    try:
        text = read_small_text(path)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as trouble:
        raise ConfigError(name=str(path), what=f"cannot be read: {trouble}") from trouble
    return {name: _written(path, text, name, value) for name, value in _parse(path, text).items()}


def _parse(path: Path, text: str) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise ConfigError(name=str(path), what=f"no TOML: {trouble}") from trouble


def _written(path: Path, text: str, name: str, value: object) -> Setting:
    place = f"{path}:{_line_of(text, name)}"
    if name not in {key.name for key in KEYS}:
        raise ConfigError(name=name, what=f"unknown, in {place}", hint=nearest(name))
    if not isinstance(value, str):
        raise ConfigError(name=name, what=f"must be text in quotes, in {place}")
    return Setting(name, value, f"file {place}")


def _line_of(text: str, name: str) -> int:
    key = re.compile(rf"""\s*\[?\s*["']?{re.escape(name)}["']?\s*[=.\]]""")
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if key.match(line)), 1)


def _choose(
    key: Key,
    environment: Mapping[str, str],
    written: Mapping[str, Setting],
) -> Setting:
    said = (
        Setting(key.name, environment.get(key.variable, ""), f"env {key.variable}"),
        written.get(key.name),
    )
    for setting in said:
        if setting is not None and setting.value:
            key.check(setting.value, setting.origin)
            return setting
    return Setting(key.name, key.default, "default")


def _candles(chosen: Mapping[str, Setting], environment: Mapping[str, str]) -> SourceWishes:
    enabled = source_names(chosen["candle_sources"].value)
    keys = {name: _vendor_key(name, environment) for name in VENDORS if name in enabled}
    return SourceWishes(enabled, chosen["candles_auto"].value == "on", keys)


def _vendor_key(vendor: str, environment: Mapping[str, str]) -> Secret:
    """Return a vendor's key from its variable, or from the file that another variable names."""
    variable = f"COACH_{vendor.upper()}_KEY"
    file = environment.get(f"{variable}_FILE", "")
    if environment.get(variable) or not file:
        return Secret(environment.get(variable, "").strip())
    try:
        return Secret(read_small_text(Path(file)).strip())
    except (OSError, UnicodeDecodeError) as trouble:
        what = f"cannot be read: {getattr(trouble, 'strerror', None) or 'it is no text'}"
        raise ConfigError(name=f"{variable}_FILE", what=what) from None


def source_names(value: str) -> tuple[str, ...]:
    """Return the names of a comma list."""
    return tuple(name.strip() for name in value.split(",") if name.strip())


def nearest(name: str) -> str:
    """Return a hint: the setting that was probably meant, else all there are."""
    from difflib import get_close_matches

    names = [key.name for key in KEYS]
    close = get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else f"settings are {', '.join(names)}"


def key_named(name: str) -> Key:
    """Return the setting of that name; Invalid where there is none."""
    for key in KEYS:
        if key.name == name:
            return key
    raise Invalid("setting", f"not {name!r}", "a setting that a file keeps", hint=nearest(name))


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


def check_switch(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is on or off."""
    if value not in {"on", "off"}:
        raise ConfigError(name="candles_auto", what=f"must be on or off ({origin})")


def redact(text: str) -> str:
    """Return `text` with the passwords of its URLs hidden."""
    return SECRET_IN_URL.sub(r"\1\2***", text)


KEYS = (
    Key("database_url", "COACH_DATABASE_URL", "", check_url),
    Key("redis_url", "COACH_REDIS_URL", "", check_redis),
    Key("object_store", "COACH_OBJECT_STORE", "", check_objects),
    Key("zone", "COACH_ZONE", DEFAULT_ZONE, check_zone),
    Key("user", "COACH_USER", DEFAULT_USER, check_user),
    Key("candle_sources", "COACH_CANDLE_SOURCES", ",".join(FREE_SOURCES), check_sources),
    Key("candles_auto", "COACH_CANDLES_AUTO", "off", check_switch),
)
