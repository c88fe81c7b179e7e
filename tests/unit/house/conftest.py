"""Where the house stands: the repository's root and the files that belong to it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NOT_OURS = {".git", ".venv", ".coverage", "dist", "build", "__pycache__", "node_modules"}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def own_files() -> list[Path]:
    """Every text file of the tree, hidden caches and the virtual environment left out."""
    return sorted(path for path in ROOT.rglob("*") if path.is_file() and _is_ours(path))


def _is_ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    caches = any(part.startswith(".") and part.endswith(("_cache", "hypothesis")) for part in parts)
    return not caches and NOT_OURS.isdisjoint(parts) and path.suffix != ".pyc"
