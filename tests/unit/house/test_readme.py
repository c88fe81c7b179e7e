"""The README keeps its two promises in two blocks and stays short."""

import re
from pathlib import Path

import pytest

LONGEST = 120
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def readme(root: Path) -> str:
    return (root / "README.md").read_text()


def section(text: str, heading: str) -> str:
    return re.split(r"^## ", text.split(f"\n## {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[
        0
    ]


def test_readme_fits_three_screens(readme: str) -> None:
    assert len(readme.splitlines()) <= LONGEST


@pytest.mark.parametrize("heading", ["Try it", "Test it"])
def test_one_command_stands_under_the_heading(readme: str, heading: str) -> None:
    blocks = BLOCK.findall(section(readme, heading))
    assert len(blocks) == 1
    assert all(line.endswith("&&") for line in blocks[0].splitlines()[:-1])


def test_only_the_two_promises_are_sh_blocks(readme: str) -> None:
    assert len(BLOCK.findall(readme)) == 2
    assert "coach demo" in BLOCK.findall(section(readme, "Try it"))[0]
    assert "pytest" in BLOCK.findall(section(readme, "Test it"))[0]
