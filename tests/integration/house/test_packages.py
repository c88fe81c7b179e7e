"""Wheel and sdist hold everything that coach needs away from its checkout."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAPERS = {"README.md", "CHANGELOG.md", "LICENSE", "constraints.txt", "constraints-runtime.txt"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> set[str]:
    return set(zipfile.ZipFile(next(built.glob("*.whl"))).namelist())


@pytest.fixture(scope="module")
def sdist(built: Path) -> set[str]:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def shipped() -> set[str]:
    """Every file of the package as the checkout has it."""
    files = [path for path in (ROOT / "coach").rglob("*") if path.is_file()]
    return {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}


def test_wheel_is_the_whole_package(wheel: set[str]) -> None:
    assert {name for name in wheel if name.startswith("coach/")} == shipped()


def test_wheel_and_sdist_carry_the_migrations(wheel: set[str], sdist: set[str]) -> None:
    migrations = {name for name in shipped() if "/migrations/versions/" in name}
    assert migrations
    assert migrations <= wheel & sdist


def test_wheel_carries_the_licence_and_the_type_marker(wheel: set[str]) -> None:
    assert "coach/py.typed" in wheel
    assert any(name.endswith("licenses/LICENSE") for name in wheel)


def test_sdist_can_run_its_own_gate(sdist: set[str]) -> None:
    assert sdist >= PAPERS | {"pyproject.toml", ".ci/run", ".ci/pin", "tests/conftest.py"}
