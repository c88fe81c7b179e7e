"""A process that seals, to be killed: `rotate`, or `refresh` with a log of what was committed.

python worker.py rotate|refresh URL FOLDER USER LOG SEED
"""

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from coach.engine.keyring import rotation
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import opened, seal_secret
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.vault import sealed_secrets
from coach.model.accounts import UserId
from coach.model.machine.secrets import Secret
from tests.keyrings import keyring_in

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
SMALL_BATCH = 20


def refresh(
    keyring: Keyring, connection: CoachConnection, user: UserId, log: Path, seed: int
) -> None:
    """Replace a token by its successor, again and again, as a broker's refresh does."""
    dice = random.Random(seed)
    places = [one.place for one in sealed_secrets.every(connection, user)]
    with log.open("a", buffering=1) as committed:
        while True:
            place = dice.choice(places)
            with connection.transaction():
                found = sealed_secrets.find(connection, place, locked=True)
                assert found is not None
                key = keyring.key_named(connection, user, found.dek_id)
                number = int(opened(key, found).reveal().rpartition(" ")[2]) + 1
                seal_secret(keyring, connection, place, Secret(f"token of {place.owner} {number}"))
            committed.write(f"{place.owner} {number}\n")


def main(what: str, url: str, folder: str, user: str, log: str, seed: str) -> None:
    """Do one or the other until it is done, or until somebody ends it."""
    keyring = keyring_in(Path(folder), lambda: NOW)
    with connect(url) as connection:
        if what == "refresh":
            refresh(keyring, connection, UserId(user), Path(log), int(seed))
        rotation.BATCH = SMALL_BATCH
        rotation.rotate(keyring, connection, UserId(user), "asked")


if __name__ == "__main__":
    main(*sys.argv[1:])
