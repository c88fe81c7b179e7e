"""The coach that runs: which one it is, and whether another one stands before it."""

import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from coach._version import VERSION
from coach.engine.api.health import Check

PROGRAM = "coach"


def installation_checks() -> Iterator[Check]:
    """Yield what this coach is, and whether pip or PATH mean another one."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Check("coach", "ok", f"{VERSION} on Python {python}")
    yield from version_checks(_installed(), VERSION)
    yield from path_checks(shutil.which(PROGRAM), Path(sys.executable).parent)


def version_checks(installed: str, running: str) -> Iterator[Check]:
    """Yield a check where pip has another version on record than the one that runs."""
    if installed and installed != running:
        detail = f"pip installed {installed}, and {running} runs: half of an upgrade, or two copies"
        yield Check("installation", "warning", detail, "install coach anew into this environment")


def path_checks(found: str | None, folder: Path) -> Iterator[Check]:
    """Yield a check where a shell that is asked for coach starts another one."""
    if found is None or Path(found).parent == folder or Path(found).resolve().parent == folder:
        return
    if (folder / PROGRAM).exists():
        detail = f"PATH finds {found}, and this is {folder / PROGRAM}"
        yield Check("installation", "warning", detail, "uninstall one of them, or name it in full")


def _installed() -> str:
    try:
        return version(PROGRAM)
    except PackageNotFoundError:
        return ""
