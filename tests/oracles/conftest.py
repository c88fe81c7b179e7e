"""Other people's clients, each asked by a Python of its own: their pins disturb nobody else's.

`COACH_TEST_ORACLES` is a folder with an environment for each list of pins in `clients`.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CLIENTS = Path(__file__).parent / "clients"
PATIENCE_S = 120
AskClient = Callable[..., Any]


@pytest.fixture(scope="session")
def ask_client() -> AskClient:
    """Return a function that tells a client's script something, and returns what it answers."""

    def ask(name: str, **told: object) -> Any:  # noqa: ANN401 -- JSON
        python = Path(os.environ["COACH_TEST_ORACLES"]) / name / "bin" / "python"
        ended = subprocess.run(
            [python, "-I", CLIENTS / f"{name}.py"],
            input=json.dumps(told),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
            env={"PATH": os.environ["PATH"]},
        )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return ask
