"""Nothing that a page or the gate installs is resolved anew: what is published later stays out."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

ROOT = Path(__file__).parents[3]
SCRIPTS = [
    path for path in (ROOT / ".ci").iterdir() if path.is_file()
]  # Python keeps a cache there
PLACES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *SCRIPTS]
INSTALL = re.compile(r"""\bpip["']?\s+(?:install|download|wheel|sync)\b[^`;|&\n]*""")

NO_DEPS = re.compile(r"\s--no-deps\b")


def installs(text: str) -> list[str]:
    """Every command in the text that makes pip or uv fetch something."""
    return INSTALL.findall(re.sub(r"\\\n\s*", " ", text))


def resolving(text: str) -> list[str]:
    """Those that choose the versions of what their packages ask for."""
    return [command for command in installs(text) if not NO_DEPS.search(command)]


def block(heading: str) -> list[str]:
    """The commands of the README's block under the heading."""
    section = (ROOT / "README.md").read_text().split(f"\n## {heading}\n", 1)[1]
    return section.split("```sh\n", 1)[1].split("\n```", 1)[0].split(" &&\n")


@pytest.mark.parametrize("place", PLACES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_install_resolves_anew(place: Path) -> None:
    assert resolving(place.read_text()) == []


@pytest.mark.parametrize(
    "command",
    [
        "python3 -m pip install -r constraints.txt",
        '"$work/bin/pip" install -qq \\\n  -r constraints-runtime.txt',
        "uv pip install -r constraints.txt && uv pip install --no-deps .",
        "`.venv/bin/pip install -r constraints.txt`; --no-deps is forgotten",
    ],
)
def test_an_install_that_resolves_anew_is_found(command: str) -> None:
    assert len(resolving(command)) == 1


@pytest.mark.parametrize(
    ("heading", "file"), [("Try it", "constraints-runtime.txt"), ("Test it", "constraints.txt")]
)
def test_readme_installs_the_pins_and_coach_and_checks_before_it_runs(
    heading: str, file: str
) -> None:
    venv, pins, coach, check, _run = block(heading)
    assert venv.startswith("python3 -m venv ")
    assert pins.split()[0] == ".venv/bin/pip"
    assert pins.endswith(f" --no-deps -r {file}")
    assert {"--no-deps", "--no-build-isolation", "."} <= set(coach.split())
    assert check == ".venv/bin/pip check"


def test_the_index_of_newer_versions_has_them_for_each_package(tmp_path: Path) -> None:
    """six 1.17.0 and python-dateutil 2.9.0.post0 are what is pinned."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    pinned = ["six-1.17.0-py2.py3-none-any.whl", "python_dateutil-2.9.0.post0-py3-none-any.whl"]
    for name in pinned:
        (wheels / name).write_bytes(b"a wheel")
    command = [sys.executable, str(ROOT / ".ci" / "newer.py"), str(wheels), str(tmp_path / "index")]
    subprocess.run(command, check=True, capture_output=True)
    for name in pinned:
        project, version, _, _ = parse_wheel_filename(name)
        page = (tmp_path / "index" / canonicalize_name(project) / "index.html").read_text()
        offered = [parse_wheel_filename(file)[1:3] for file in re.findall(r">(\S+\.whl)<", page)]
        assert (version, ()) in offered
        assert (version, (99, "")) in offered
        newer = {other for other, _ in offered if other > version}
        assert len(newer) == 2
        assert Version("9999") in newer
