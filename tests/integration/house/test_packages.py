"""Wheel and sdist hold everything that coach needs away from its checkout."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from coach.engine.store import migrate

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


@pytest.fixture(scope="module")
def wheel_from_sdist(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel that is built from the unpacked sdist alone."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # from Python 3.11.4 on
        archive.extractall(folder)  # noqa: S202 -- an archive that we made
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=next(folder.iterdir()), check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def files_under(name: str) -> dict[str, bytes]:
    """Return each file of a folder of the checkout, by its path inside that folder."""
    files = [path for path in (ROOT / name).rglob("*") if path.is_file()]
    return {
        str(path.relative_to(ROOT / name)): path.read_bytes()
        for path in files
        if "__pycache__" not in path.parts
    }


def shipped() -> set[str]:
    """Every file of the package as a wheel has it: the migrations and the pages are inside."""
    package = {f"coach/{name}" for name in files_under("coach")}
    return package | {
        f"coach/{room}/{name}"
        for room in ("migrations", "docs", "completions")
        for name in files_under(room)
    }


def migrations_in(wheel: Path) -> dict[str, bytes]:
    archive = zipfile.ZipFile(wheel)
    inside = [name for name in archive.namelist() if name.startswith("coach/migrations/")]
    return {name.removeprefix("coach/migrations/"): archive.read(name) for name in inside}


def folder_of_migrations(path: Path) -> str:
    """Return which migrations a coach runs that is imported from `path`."""
    program = "from coach.engine.store import migrate; print(migrate.folder())"
    environment = {"PYTHONPATH": str(path), "PATH": ""}
    command = [sys.executable, "-P", "-c", program]
    return subprocess.run(
        command, env=environment, cwd=path, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_wheel_is_the_whole_package(wheel: set[str]) -> None:
    assert {name for name in wheel if name.startswith("coach/")} == shipped()


def test_a_wheel_has_no_other_package(wheel: set[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel}
    assert {name for name in tops if not name.endswith((".dist-info", ".data"))} == {"coach"}


def test_a_wheel_brings_manual_pages_and_completions_to_where_they_are_looked_for(
    wheel: set[str], wheel_from_sdist: Path
) -> None:
    shared = {name.partition(".data/data/share/")[2] for name in wheel if ".data/" in name}
    pages = {f"man/man1/{name}" for name in files_under("man")}
    assert "man/man1/coach-import.1" in pages
    assert shared == pages | {
        "bash-completion/completions/coach",
        "fish/vendor_completions.d/coach.fish",
        "zsh/site-functions/_coach",
    }
    assert set(zipfile.ZipFile(wheel_from_sdist).namelist()) == wheel


def test_both_wheels_carry_the_migrations_of_the_checkout(
    built: Path, wheel_from_sdist: Path
) -> None:
    checkout = files_under("migrations")
    assert "versions/0001_first_tables.py" in checkout
    assert migrations_in(next(built.glob("*.whl"))) == checkout
    assert migrations_in(wheel_from_sdist) == checkout


def test_sdist_carries_the_migrations(sdist: set[str]) -> None:
    assert {f"migrations/{name}" for name in files_under("migrations")} <= sdist


def test_an_installed_wheel_runs_the_migrations_inside_it(built: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(next(built.glob("*.whl")), tmp_path, "zip")
    assert folder_of_migrations(tmp_path) == str(tmp_path / "coach" / "migrations")


def test_an_installed_wheel_shows_the_pages_inside_it(built: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(next(built.glob("*.whl")), tmp_path, "zip")
    program = (
        "from coach.cli.help import pages; from coach.files import documents;"
        "print(documents(), pages.find('fees').title)"
    )
    command = [sys.executable, "-P", "-c", program]
    environment = {"PYTHONPATH": str(tmp_path), "PATH": ""}
    shown = subprocess.run(
        command, env=environment, cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert shown.stdout == f"{tmp_path / 'coach' / 'docs'} Fees\n"


def test_a_checkout_runs_its_own_migrations() -> None:
    assert folder_of_migrations(ROOT) == str(ROOT / "migrations")


def test_an_editable_install_runs_the_migrations_of_its_checkout() -> None:
    """This very Python has coach installed so."""
    assert migrate.folder() == ROOT / "migrations"


def test_wheel_carries_the_licence_and_the_type_marker(wheel: set[str]) -> None:
    assert "coach/py.typed" in wheel
    assert any(name.endswith("licenses/LICENSE") for name in wheel)


def test_sdist_can_run_its_own_gate(sdist: set[str]) -> None:
    assert sdist >= PAPERS | {"pyproject.toml", ".ci/run", ".ci/pin", "tests/conftest.py"}
