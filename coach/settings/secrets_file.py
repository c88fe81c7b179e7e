"""Settings in a file that sops sealed; COACH_SECRETS_FILE names it.

Names are those of the variables, and no others: sops authenticates no name of a plain value, so
every value has to be sealed. _FILE and _COMMAND have no meaning in it: whoever may write the file
must not be able to run a program.
"""

import stat
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coach.errors import CoachError, ConfigError
from coach.model.machine.inputs import read_small_text
from coach.values import dataclass

if TYPE_CHECKING:
    from coach.sops.opening import OpenedFile

VARIABLE: Final = "COACH_SECRETS_FILE"
NAME: Final = "secrets_file"


@dataclass(frozen=True, slots=True)
class SealedSettings:
    """What the sealed file sets, by variable; `place` is empty where there is no such file."""

    place: str = ""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def origin(self) -> str:
        """Who made these settings."""
        return f"secrets file {self.place}"


def read_sealed_settings(environment: Mapping[str, str], known: Sequence[str]) -> SealedSettings:
    """Return the settings of the sealed file; ConfigError where it cannot be had or trusted."""
    named = environment.get(VARIABLE, "")
    if not named:
        return SealedSettings()
    place = Path(named).expanduser().absolute()
    try:
        opened = _opened(place, environment)
    except ConfigError:
        raise
    except CoachError as trouble:
        raise ConfigError(
            trouble.hint, trouble.remedy, **{**trouble.facts, "name": NAME, "what": str(trouble)}
        ) from None
    values: dict[str, str] = {}
    for leaf, sealed in opened.values():
        _check(leaf.path, str(place), known, sealed=sealed)
        if leaf.name in values:
            raise ConfigError(name=leaf.name, what=f"is a list, in {place}")
        values[leaf.name] = leaf.text
    return SealedSettings(str(place), values)


def _opened(place: Path, environment: Mapping[str, str]) -> "OpenedFile":
    from coach.settings.age_keys import find_age_keys
    from coach.sops.formats import read_document
    from coach.sops.opening import open_sealed

    try:
        if place.stat().st_mode & stat.S_IWOTH:
            what = f"everybody may write to {str(place)!r}, and coach believes what it says"
            raise ConfigError(f"chmod o-w {place}", name=NAME, what=what)
        text = read_small_text(place)
    except (OSError, UnicodeDecodeError, ValueError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        what = f"{str(place)!r} ({VARIABLE}) cannot be read: {reason}"
        raise ConfigError(name=NAME, what=what) from None
    return open_sealed(read_document(text, place.name), find_age_keys(environment))


def _check(path: tuple[str, ...], place: str, known: Sequence[str], *, sealed: bool) -> None:
    from difflib import get_close_matches

    name = ".".join(path)
    if len(path) != 1 or name not in known:
        close = get_close_matches(name.upper(), known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"it takes {', '.join(known)}"
        raise ConfigError(hint, name=name, what=f"unknown, in {place}")
    if not sealed:
        what = f"stands in {place} unsealed, and nothing protects its name"
        raise ConfigError(name=name, what=what)
