"""A server of a run: coach's own, as `coach serve` runs it, on real sockets.

`python -m tests.chaos.server FOLDER NAME USER`. Where no database answers it is started anew, as
a supervisor would start it.
"""

import json
import os
import re
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import sleep
from urllib.request import urlopen

from coach.errors import CoachError
from coach.model.machine.listening import ListeningPlace, ServeRequest, SetUpOffer
from coach.server.process import run
from coach.settings import reading
from tests.chaos.place import RunFolder, end_with_parent

AGAIN_S = 0.3
LOG = "serve.log"
PATIENCE_S = 60.0
OPEN_STREAMS = re.compile(r"^coach_sockets\{.*\} (.+)$", re.MULTILINE)
METRICS = ListeningPlace("127.0.0.1", 0)


def open_streams(place: RunFolder, name: str, pid: int) -> int | None:
    """Return how many streams a server has, as its metrics say; None where it begins only now."""
    who, _, url = place.text(f"metrics-{name}").partition(" ")
    if who != str(pid):
        return None
    with urlopen(url, timeout=PATIENCE_S) as answer:  # noqa: S310 -- of our own server
        return int(sum(map(float, OPEN_STREAMS.findall(answer.read().decode()))))


def main(folder: str, name: str, user: str) -> None:
    """Serve until the process is ended or told to end."""
    end_with_parent()
    place = RunFolder(Path(folder))
    home = place.path / f"home-{name}"
    read = reading.read({"COACH_HOME": str(home), "COACH_USER": user}, {})
    request = ServeRequest(port=0, worker=False, log=home / LOG, metrics=METRICS)

    def announce(url: str, _offer: SetUpOffer | None) -> None:
        logged = [json.loads(line) for line in (home / LOG).read_text().splitlines()]
        metrics = next(line["url"] for line in reversed(logged) if line["event"] == "metrics")
        place.put(f"metrics-{name}", f"{os.getpid()} {metrics}")
        place.put(f"port-{name}", url.rpartition(":")[2])

    while True:
        with suppress(CoachError):
            run(replace(read, database_url=place.text("url")), request, announce)
            return
        sleep(AGAIN_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
