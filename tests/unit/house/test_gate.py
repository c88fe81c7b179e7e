"""The gate itself: what it reads, it reads right."""

import subprocess
import sys
from pathlib import Path

import pytest

OUTPUT = """
SKIPPED [2] tests/unit/test_a.py:7: needs root
SKIPPED [1] tests/unit/test_b.py: COACH_TEST_DATABASE_URL is not set
3 skipped in 0.1s
"""


@pytest.mark.parametrize(
    ("allowed", "unexpected"),
    [(["needs root", "is not set$"], 0), (["needs root"], 1), ([], 2)],
)
def test_a_skip_that_ci_could_have_run_fails(
    root: Path, allowed: list[str], unexpected: int
) -> None:
    command = [sys.executable, str(root / ".ci" / "skips.py"), *allowed]
    judged = subprocess.run(command, input=OUTPUT, capture_output=True, text=True, check=False)
    assert judged.returncode == (1 if unexpected else 0)
    assert len(judged.stdout.splitlines()) == unexpected


@pytest.mark.parametrize(
    "script", ["run", "fast", "pin", "stages", "ground", "servers", "deployment"]
)
def test_scripts_of_the_gate_parse(root: Path, script: str) -> None:
    subprocess.run(["bash", "-n", str(root / ".ci" / script)], check=True)
