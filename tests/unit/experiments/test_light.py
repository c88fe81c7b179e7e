"""An experiment under way does not slow other commands: what they ask loads no numpy."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "name", ["coach.engine.promises.experiments", "coach.engine.api.promises.experiments"]
)
def test_asking_what_week_it_is_loads_no_numpy(name: str) -> None:
    code = f"import sys, {name}; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
