"""The import contracts of pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path


def test_data_rises_and_imports_fall(root: Path) -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    linted = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout + linted.stderr
