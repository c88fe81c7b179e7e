"""The four folders of a home: under one roof where it is named, else where XDG puts them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import ConfigError
from coach.model.machine.home import Home
from coach.settings.values import Setting

if TYPE_CHECKING:
    from coach.settings.values import Settings


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


def moved_under(roof: Path, settings: "Settings") -> "Settings":
    """Return settings of a home of its own under this roof, its key of keys included."""
    from coach.settings.kek import kek_of_home

    home = under(roof)
    return replace(settings, home=home, kek=kek_of_home(settings.kek, settings.home, home))


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
        what = "HOME is empty" if not named else f"HOME is not an absolute path: {named!r}"
        raise ConfigError(remedy="choose_home", name="home", what=what)
    return Path(named)
