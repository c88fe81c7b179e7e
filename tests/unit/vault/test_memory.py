"""A process of our own that opens keys leaves no core file, and a stranger's is left as it is."""

import subprocess
import sys
from pathlib import Path

import pytest

OPEN = """
import ctypes, resource, sys
from contextlib import nullcontext
from pathlib import Path
from coach.engine.vault.providers.choice import open_kek
from coach.model.machine.own_process import own_process
from tests.keyrings import wishes_in
resource.setrlimit(resource.RLIMIT_CORE, (1024, resource.getrlimit(resource.RLIMIT_CORE)[1]))
with own_process() if sys.argv[2] == "ours" else nullcontext():
    open_kek(wishes_in(Path(sys.argv[1])), "age-file", lambda: True)
print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says whether it may be dumped")
@pytest.mark.parametrize(("whose", "said"), [("ours", "0 0\n"), ("theirs", "1024 1\n")])
def test_a_process_of_ours_is_closed(tmp_path: Path, whose: str, said: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", OPEN, str(tmp_path), whose],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == said
