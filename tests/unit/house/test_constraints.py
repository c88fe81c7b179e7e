"""Every dependency is pinned with hashes, the lists are complete, and no pin names an address."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?: --hash=sha256:[0-9a-f]{64})+")
OPTIONS = ["--require-hashes", "--only-binary :all:"]
BOTH = pytest.mark.parametrize("file", ["constraints.txt", "constraints-runtime.txt"])
# .ci/pin resolves for 3.11 to 3.14; redis wants a backport below 3.11.3 only
PYTHONS = ["3.11.0", "3.11.15", "3.12.0", "3.13.0", "3.14.0"]
SYSTEMS = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64")]
Environment = tuple[tuple[str, str], ...]  # the variables of environment markers


def entries(file: str) -> list[str]:
    """Each requirement or option on one line, comments left out."""
    lines = re.sub(r"\s*\\\n\s*", " ", (ROOT / file).read_text()).splitlines()
    return [line for line in lines if not line.startswith("#")]


def pins(file: str) -> dict[str, str]:
    found = filter(None, map(PIN.fullmatch, entries(file)))
    return {pin["name"]: pin["version"] for pin in found}


def project() -> dict[str, list[Requirement]]:
    """What pyproject.toml asks for: all of it, and what a trader installs."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        settings = tomllib.load(file)
    runtime = settings["project"]["dependencies"] + settings["build-system"]["requires"]
    everything = runtime + settings["project"]["optional-dependencies"]["dev"]
    return {
        "constraints-runtime.txt": [Requirement(one) for one in runtime],
        "constraints.txt": [Requirement(one) for one in everything],
    }


def environments() -> list[Environment]:
    """Every machine that the pins are for, as environment markers see it."""
    return [
        (
            ("implementation_name", "cpython"),
            ("platform_python_implementation", "CPython"),
            ("os_name", "posix"),
            ("python_version", python.rpartition(".")[0]),
            ("python_full_version", python),
            ("sys_platform", system),
            ("platform_system", system.capitalize()),
            ("platform_machine", machine),
        )
        for python, (system, machine) in product(PYTHONS, SYSTEMS)
    ]


def holds(requirement: Requirement, extras: Iterable[str], environment: Environment) -> bool:
    """Whether a package with these extras has the requirement in this environment."""
    marker = requirement.marker
    return marker is None or any(
        marker.evaluate({**dict(environment), "extra": extra}) for extra in ("", *extras)
    )


@cache
def requirements_of(
    name: str, extras: frozenset[str], environment: Environment
) -> list[Requirement]:
    """What the installed package itself requires."""
    declared = [Requirement(text) for text in metadata.requires(name) or []]
    return [one for one in declared if holds(one, extras, environment)]


def closure(
    roots: list[Requirement], pinned: dict[str, str], environment: Environment
) -> set[Requirement]:
    """The requirements, and those of every pinned package that they lead to."""
    waiting = [root for root in roots if holds(root, (), environment)]
    seen: set[Requirement] = set()
    while waiting:
        one = waiting.pop()
        if one not in seen and canonicalize_name(one.name) in pinned:
            waiting += requirements_of(one.name, frozenset(one.extras), environment)
        seen.add(one)
    return seen


def unmet(roots: list[Requirement], pinned: dict[str, str]) -> set[str]:
    """The requirements that some machine has and that no pin satisfies."""
    return {
        str(requirement)
        for environment in environments()
        for requirement in closure(roots, pinned, environment)
        if not satisfied(requirement, pinned)
    }


def satisfied(requirement: Requirement, pinned: dict[str, str]) -> bool:
    version = pinned.get(canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version, prereleases=True)


@BOTH
def test_each_line_is_a_pin_with_hashes_once(file: str) -> None:
    assert entries(file)[: len(OPTIONS)] == OPTIONS
    assert len(pins(file)) == len(entries(file)) - len(OPTIONS)


@BOTH
def test_what_is_installed_is_what_is_pinned(file: str) -> None:
    """The tests below read what the installed packages say about themselves."""
    assert {name: metadata.version(name) for name in pins(file)} == pins(file)


@BOTH
def test_pins_lack_nothing_on_any_machine_that_they_are_for(file: str) -> None:
    assert unmet(project()[file], pins(file)) == set()


@BOTH
def test_pins_hold_nothing_that_no_machine_needs(file: str) -> None:
    needed = {
        canonicalize_name(requirement.name)
        for environment in environments()
        for requirement in closure(project()[file], pins(file), environment)
    }
    assert pins(file).keys() == needed


@pytest.mark.parametrize(
    "name",
    [
        "pluggy",  # pytest asks for it
        "coverage",  # pytest-cov asks for coverage[toml]
        "psycopg-binary",  # the project asks for psycopg[binary]
        "async-timeout",  # redis asks for it below Python 3.11.3 only
    ],
)
def test_a_list_that_lacks_a_pin_is_not_complete(name: str) -> None:
    fewer = {pin: version for pin, version in pins("constraints.txt").items() if pin != name}
    missed = map(Requirement, unmet(project()["constraints.txt"], fewer))
    assert {one.name for one in missed} == {name}


def test_a_pin_of_a_version_that_its_user_refuses_is_found() -> None:
    wrong = {**pins("constraints.txt"), "pydantic-core": "9999"}
    missed = map(Requirement, unmet(project()["constraints.txt"], wrong))
    assert {one.name for one in missed} == {"pydantic-core"}


@BOTH
def test_every_pin_is_for_every_python_that_coach_is_for(file: str) -> None:
    for name in pins(file):
        wanted = SpecifierSet(",".join(metadata.metadata(name).get_all("Requires-Python", [])))
        assert not [python for python in PYTHONS if python not in wanted], name


def test_a_trader_runs_the_versions_that_were_tested() -> None:
    assert pins("constraints.txt").items() >= pins("constraints-runtime.txt").items()


def test_a_trader_installs_no_developer_tool() -> None:
    assert pins("constraints-runtime.txt").keys().isdisjoint({"pytest", "ruff", "mypy"})
