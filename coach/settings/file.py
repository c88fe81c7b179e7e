"""The config file: text in quotes under the name of a setting, each known by its line."""

import re
from pathlib import Path

from coach.errors import ConfigError
from coach.model.machine.inputs import read_small_text
from coach.settings.keys import KEYS, nearest
from coach.settings.values import Setting

CONFIG_FILE = "config.toml"


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
    except (tomllib.TOMLDecodeError, RecursionError) as trouble:
        raise ConfigError(name=str(path), what=f"no TOML: {trouble}") from trouble


def _written(path: Path, text: str, name: str, value: object) -> Setting:
    place = f"{path}:{_line_of(text, name)}"
    known = {key.name: key for key in KEYS}
    if name not in known:
        raise ConfigError(name=name, what=f"unknown, in {place}", hint=nearest(name))
    if known[name].several and isinstance(value, list) and all(isinstance(v, str) for v in value):
        value = ",".join(value)
    if not isinstance(value, str):
        raise ConfigError(name=name, what=f"must be text in quotes, in {place}")
    return Setting(name, value, f"file {place}")


def _line_of(text: str, name: str) -> int:
    key = re.compile(rf"""\s*\[?\s*["']?{re.escape(name)}["']?\s*[=.\]]""")
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if key.match(line)), 1)
