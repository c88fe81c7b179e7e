"""Writes the table of keys into docs/tui.md, from the table that the panel reads.

python .ci/tui_keys.py
"""

from pathlib import Path

from coach.tui.keys.keymap import load_keymap, shown_key

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tui.md"
HEAD = "| area | action | keys | what it does |\n|---|---|---|---|\n"


def table() -> str:
    """Return the table of keys."""
    rows = [
        f"| {one.area} | `{one.action}` | {_keys(one.keys)} | {one.help} |"
        for one in load_keymap(ROOT / "none").bindings
    ]
    return HEAD + "\n".join(rows) + "\n"


def _keys(keys: tuple[str, ...]) -> str:
    return " ".join(f"`{shown_key(key)}`" for key in keys)


def page(text: str) -> str:
    """Return the page with the table at its end."""
    return text.partition(HEAD)[0] + table()


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
