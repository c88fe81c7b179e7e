"""Write what is made from the command tree: completions for shells, and manual pages.

Usage: .ci/command_pages.py [FOLDER]. Without FOLDER the checkout gets them; a test holds what is
kept there against what this writes.
"""

import sys
from pathlib import Path

from command_tree import command_tree
from man_pages import man_pages

import completions

ROOT = Path(__file__).parents[1]


def main(folder: Path) -> None:
    """Write both folders anew."""
    tree = command_tree()
    texts = {"coach.bash": completions.bash(tree), "_coach": completions.zsh(tree)}
    texts["coach.fish"] = completions.fish(tree)
    pages = man_pages(tree, (ROOT / "docs" / "command-line.md").read_text())
    for name, files in (("completions", texts), ("man", pages)):
        room = folder / name
        room.mkdir(exist_ok=True)
        for old in room.iterdir():
            old.unlink()
        for file, text in files.items():
            (room / file).write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
