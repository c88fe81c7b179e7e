"""Settings go to a process that coach starts, with the way to a secret that is not fetched yet."""

import pickle
from pathlib import Path

from coach.settings import reading


def test_settings_keep_all_they_hold_between_processes(tmp_path: Path) -> None:
    found = reading.read({"COACH_HOME": str(tmp_path), "COACH_KEK_PASSPHRASE": "open sesame"}, {})
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 -- our own
    assert again.home == found.home
    assert again.kek.passphrase().reveal() == found.kek.passphrase().reveal() == "open sesame"
