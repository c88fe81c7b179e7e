"""The keys of the panel, read from a table of data, and from the user's own where there is one.

An area is a part of the screen with keys of its own; the innermost one that knows a key decides.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from coach.errors import ConfigError

SHIPPED = Path(__file__).with_name("keymap.toml")
OWN_FILE = "tui-keys.toml"
SHOWN_KEYS = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "plus": "+",
    "minus": "-",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "home": "Home",
    "end": "End",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "tab": "Tab",
}
WRITTEN_SIGNS = {
    "?": "question_mark",
    ":": "colon",
    "/": "slash",
    "+": "plus",
    "-": "minus",
    "]": "right_square_bracket",
    "[": "left_square_bracket",
    "<": "less_than_sign",
    ">": "greater_than_sign",
    " ": "space",
}


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """An action of an area, and the keys that do it. `footer` is its rank there, 0 for none."""

    area: str
    action: str
    keys: tuple[str, ...]
    help: str
    footer: int = 0

    @property
    def shown(self) -> str:
        """Return its first key as a person reads it."""
        return shown_key(self.keys[0]) if self.keys else ""


@dataclass(frozen=True, slots=True)
class Keymap:
    """Every binding, in the order of the table."""

    bindings: tuple[KeyBinding, ...]

    def of(self, area: str) -> tuple[KeyBinding, ...]:
        """Return the bindings of an area."""
        return tuple(one for one in self.bindings if one.area == area)

    def find(self, key: str, areas: Sequence[str]) -> KeyBinding | None:
        """Return what a key does where these areas are, the innermost first."""
        return next(
            (one for area in areas for one in self.of(area) if key in one.keys),
            None,
        )

    def named(self, area: str, action: str) -> KeyBinding:
        """Return the binding of an action."""
        return next(one for one in self.of(area) if one.action == action)


def shown_key(key: str) -> str:
    """Return a key as a person reads it: `?`, `Esc`, `^P`."""
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+').upper()}"
    return SHOWN_KEYS.get(key, key)


def load_keymap(config: Path) -> Keymap:
    """Return the keys, with those of the user's own file; ConfigError where that is wrong."""
    shipped = _bindings(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
    own = config / OWN_FILE
    if not own.exists():
        return Keymap(tuple(shipped))
    try:
        chosen = tomllib.loads(own.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as trouble:
        raise ConfigError(f"correct {own}", name=own.name, what=str(trouble)) from trouble
    return _with_own(shipped, chosen, own)


def _bindings(table: Mapping[str, Any]) -> list[KeyBinding]:
    return [
        KeyBinding(area, name, tuple(one["keys"]), one["help"], one.get("footer", 0))
        for area, actions in table.items()
        for name, one in actions.items()
    ]


def _with_own(shipped: list[KeyBinding], chosen: Mapping[str, Any], own: Path) -> Keymap:
    areas = {one.area for one in shipped}
    found = {(one.area, one.action): one for one in shipped}
    for area, actions in chosen.items():
        if area not in areas or not isinstance(actions, dict):
            raise _unknown(own, f"[{area}]", area, areas)
        for name, keys in actions.items():
            known = found.get((area, name))
            if known is None:
                names = {action for of_area, action in found if of_area == area}
                raise _unknown(own, f"[{area}] {name}", name, names)
            found[area, name] = KeyBinding(
                area, name, _keys(own, f"[{area}] {name}", keys), known.help, known.footer
            )
    for complaint in _twice(found.values()):
        raise ConfigError(f"give one of them another key in {own}", name=own.name, what=complaint)
    return Keymap(tuple(found.values()))


def _keys(own: Path, place: str, keys: object) -> tuple[str, ...]:
    written = keys if isinstance(keys, list) else [keys]
    names = [one for one in written if isinstance(one, str) and one]
    if len(names) != len(written):
        what = f"{place} is {keys!r}, not a key or a list of keys"
        raise ConfigError('write it as ["m"] or "ctrl+m"', name=own.name, what=what)
    return tuple(WRITTEN_SIGNS.get(one, one) for one in names)


def _unknown(own: Path, place: str, name: str, names: set[str]) -> ConfigError:
    nearest = get_close_matches(name, sorted(names), 1)
    hint = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(sorted(names))}"
    return ConfigError(hint, name=own.name, what=f"{place} is unknown")


def _twice(bindings: Iterable[KeyBinding]) -> Iterator[str]:
    """Yield a sentence for each key that two actions of an area have."""
    seen: dict[tuple[str, str], str] = {}
    for one in bindings:
        for key in one.keys:
            other = seen.setdefault((one.area, key), one.action)
            if other != one.action:
                yield f"[{one.area}] {shown_key(key)} is both {other} and {one.action}"
