"""What the palette offers: the actions that hold here, then every command of the command line."""

from typing import TYPE_CHECKING

from coach.tui.prompts.palette import PaletteEntry
from coach.views.nouns import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.tui.keys.keymap import Keymap
    from coach.tui.keys.owner import KeyOwner

NOT_OFFERED = frozenset({"palette"})


def palette_entries(
    keymap: "Keymap", owners: "Sequence[KeyOwner]", commands: "Sequence[tuple[str, str]]"
) -> list[PaletteEntry]:
    """Return every entry, the innermost area first; `commands` are those with a line about them."""
    return [*_actions(keymap, owners), *_commands(dict(commands))]


def _actions(keymap: "Keymap", owners: "Sequence[KeyOwner]") -> "Iterator[PaletteEntry]":
    for owner in owners:
        for one in keymap.of(owner.area):
            if one.action not in NOT_OFFERED:
                name = one.help.partition(":")[0]
                yield PaletteEntry("action", name, f"key {one.shown}", owner.area, one.action)


def _commands(known: dict[str, str]) -> "Iterator[PaletteEntry]":
    """Yield every command, and what those of a group share."""
    every = {**known, **{f"coach {name}": "" for name in COMMANDS}}
    for line in sorted(every):
        group = " ".join(line.split()[:2])
        yield PaletteEntry("command", line, every[line] or known.get(group, ""))
