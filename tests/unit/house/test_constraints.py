"""Every dependency is pinned with hashes, and no pin says where to fetch it."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?: --hash=sha256:[0-9a-f]{64})+")
OPTIONS = ["--require-hashes", "--only-binary :all:"]
BOTH = pytest.mark.parametrize("file", ["constraints.txt", "constraints-runtime.txt"])


def entries(file: str) -> list[str]:
    """Each requirement or option on one line, comments left out."""
    lines = re.sub(r"\s*\\\n\s*", " ", (ROOT / file).read_text()).splitlines()
    return [line for line in lines if not line.startswith("#")]


def pins(file: str) -> dict[str, str]:
    found = filter(None, map(PIN.fullmatch, entries(file)))
    return {pin["name"]: pin["version"] for pin in found}


def project() -> dict[str, dict[str, list[str]]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        settings = tomllib.load(file)
    runtime = settings["project"]["dependencies"] + settings["build-system"]["requires"]
    everything = runtime + settings["project"]["optional-dependencies"]["dev"]
    return {"constraints-runtime.txt": runtime, "constraints.txt": everything}


@BOTH
def test_each_line_is_a_pin_with_hashes_once(file: str) -> None:
    assert entries(file)[: len(OPTIONS)] == OPTIONS
    assert len(pins(file)) == len(entries(file)) - len(OPTIONS)


@BOTH
def test_every_requirement_of_the_project_is_pinned(file: str) -> None:
    named = {re.split(r"[\[<>=~ ]", requirement)[0] for requirement in project()[file]}
    assert pins(file).keys() >= named


def test_a_trader_runs_the_versions_that_were_tested() -> None:
    assert pins("constraints.txt").items() >= pins("constraints-runtime.txt").items()


def test_a_trader_installs_no_developer_tool() -> None:
    assert pins("constraints-runtime.txt").keys().isdisjoint({"pytest", "ruff", "mypy"})
