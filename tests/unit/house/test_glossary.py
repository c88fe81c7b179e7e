"""The glossary has the noun of each command, and the index leads to it."""

import re
from pathlib import Path

import pytest

from coach.cli.catalogue import COMMANDS

OF_THE_PROGRAM = {
    "completion",
    "config",
    "connect",
    "db",
    "demo",
    "disconnect",
    "doctor",
    "help",
    "status",
    "version",
}
IN_OTHER_WORDS = {
    "pki": "PKI",
    "pnl": "net",
    "why": "evidence",
    "biases": "bias",
    "simulate": "simulation",
}


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - OF_THE_PROGRAM))
def test_the_noun_of_a_command_is_explained(command: str, root: Path) -> None:
    terms = re.findall(r"^\| ([^|]+) \|", (root / "docs/glossary.md").read_text(), re.MULTILINE)
    words = set(re.findall(r"[\w-]+", " ".join(terms)))
    assert {IN_OTHER_WORDS.get(command, command), command.removesuffix("s")} & words


def test_the_index_leads_to_it(root: Path) -> None:
    assert "(glossary.md)" in (root / "docs/index.md").read_text()
