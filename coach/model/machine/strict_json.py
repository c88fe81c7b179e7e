"""JSON that a person wrote, read strictly: no key twice in an object, and not nested too deeply."""

import json
from typing import Final

DEEPEST: Final = 32
"""Lists and objects inside each other; four groups of rules in each other take fifteen."""


class RefusedJson(ValueError):
    """What is JSON but is not read; the message says why."""


def parse_json(text: str) -> object:
    """Return the value; RefusedJson, or another ValueError where the text is not JSON."""
    try:
        found: object = json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        raise _too_deep() from None
    _refuse_deep(found)
    return found


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise RefusedJson(f"the key {_shown(key)} stands twice in one object")
        found[key] = value
    return found


def _refuse_deep(value: object) -> None:
    level, inside = 0, [value]
    while inside := [one for one in inside if isinstance(one, dict | list)]:
        level += 1
        if level > DEEPEST:
            raise _too_deep()
        inside = [
            each for one in inside for each in (one.values() if isinstance(one, dict) else one)
        ]


def _too_deep() -> RefusedJson:
    return RefusedJson(f"lists and objects are nested more than {DEEPEST} deep (limit)")


def _shown(key: str) -> str:
    return repr(key if len(key) <= DEEPEST else key[: DEEPEST - 3] + "...")
