"""What is kept of the last run of each job: a private file each, in the state folder."""

import json
from pathlib import Path

from coach.files import write_private
from coach.model.machine.home import Home, private_folder
from coach.model.machine.schedule import LastRun
from coach.wording.json_text import compact

FOLDER = "schedule"


def folder_of_runs(home: Home) -> Path:
    """Return the folder of locks and last runs, made where it is not there."""
    return private_folder(home.state / FOLDER)


def keep(home: Home, job: str, run: LastRun) -> None:
    """Write down the last run of a job."""
    text = compact(run.as_json())
    write_private(folder_of_runs(home) / f"{job}.json", f"{text}\n".encode())


def last_run(home: Home, job: str) -> LastRun | None:
    """Return the last run of a job; None where there was none, or where nobody can read it."""
    try:
        return LastRun.from_json(json.loads((home.state / FOLDER / f"{job}.json").read_text()))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
