"""How long a sign-in that is refused takes, for names of every kind, in one run.

    .venv/bin/python -m bench.sign_in [ROUNDS]      # default: 200

In each round every name is tried once, in another order, with a wrong password (and the name that
is disabled with the right one). Printed are the medians beside those of a name that nobody has, by
the clock and by the CPU of this process, their ratio, and the p of a rank test that the times are
the same (Mann and Whitney, by the normal approximation).
"""

import argparse
import random
import shutil
import statistics
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from coach import wiring
from coach.engine.api import users
from coach.engine.api.people import accounts, second_factor, sign_in
from coach.engine.api.people.password_hashes import PasswordHashing
from coach.engine.api.people.place import SignInPlace
from coach.engine.api.people.sign_in import SignInRequest
from coach.engine.postgres import embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import find
from coach.engine.store import migrate
from coach.engine.store.connect import connect
from coach.model.machine.secrets import Secret
from coach.settings import reading

RIGHT, WRONG = Secret("four plain words here"), Secret("five other plain words here")
UNKNOWN = "nobody"
NAMES = ("ann", "disabled", "with totp", "without password", UNKNOWN)
BUDGET = 0.05
"""By how much the medians may differ, as a share."""


class Spent(NamedTuple):
    """What a try took, in seconds."""

    wall: float
    cpu: float


def furnish(place: SignInPlace) -> None:
    """Make a user of each kind."""
    for name in NAMES[:3]:
        accounts.make(place, accounts.NewAccount(name, RIGHT, "UTC"))
    accounts.disable(place, "disabled")
    users.add(place.connection, "without password", "UTC")
    user = accounts.named(place, "with totp")
    second_factor.begin(place, user.id, user.name)
    place.connection.execute("update second_factor set confirmed_at = now()")


def tried(place: SignInPlace, name: str) -> Spent:
    """Return what a try takes that is refused."""
    password = RIGHT if name == "disabled" else WRONG
    request = SignInRequest(name, password, Secret("123456"), "203.0.113.7 bench")
    cpu, wall = process_time(), perf_counter()
    made = sign_in.sign_in(place, request)
    spent = Spent(perf_counter() - wall, process_time() - cpu)
    assert made is None
    return spent


def same_by_rank(one: list[float], other: list[float]) -> float:
    """Return the p, on both sides, that values of one are as often above those of the other."""
    above = sum((a > b) + (a == b) / 2 for a in one for b in other)
    count = len(one) * len(other)
    spread = (count * (len(one) + len(other) + 1) / 12) ** 0.5
    return 2 * (1 - statistics.NormalDist().cdf(abs(above - count / 2) / spread))


def report(spent: dict[str, list[Spent]]) -> None:
    """Print each name beside the one that nobody has."""
    for part in Spent._fields:
        times = {name: [getattr(one, part) for one in found] for name, found in spent.items()}
        medians = {name: statistics.median(found) for name, found in times.items()}
        print(f"  {part:<5} {UNKNOWN:<17} {medians[UNKNOWN] * 1000:7.2f} ms")
        for name in NAMES[:-1]:
            ratio = medians[name] / medians[UNKNOWN]
            within = "within" if abs(ratio - 1) <= BUDGET else "OVER"
            p = same_by_rank(times[name], times[UNKNOWN])
            print(
                f"  {'':<5} {name:<17} {medians[name] * 1000:7.2f} ms {ratio:6.3f} x"
                f"  p {p:.2f}  {within} {BUDGET:.0%}"
            )


def measure(home: Path, rounds: int) -> None:
    """Try every name once in each round."""
    url = embedded.ensure_running(DatabaseHome(home / "data"))
    migrate.upgrade(url)
    settings = reading.read({"COACH_HOME": str(home)}, {})
    spent: dict[str, list[Spent]] = {name: [] for name in NAMES}
    dice = random.Random(1)
    with connect(url) as connection:
        keyring = wiring.keyring(settings)
        place = SignInPlace(connection, wiring.clock, lambda: keyring, PasswordHashing())
        furnish(place)
        for number in range(rounds + 1):
            for name in dice.sample(NAMES, len(NAMES)):
                took = tried(place, name)
                if number:  # the first warms up
                    spent[name].append(took)
    report(spent)


def main() -> None:
    """Measure in a home of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("rounds", type=int, nargs="?", default=200)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        home = Path(folder, "home")
        try:
            print(f"medians of {given.rounds} tries at each name")
            measure(home, given.rounds)
        finally:
            embedded.stop(DatabaseHome(home / "data"))
            shutil.rmtree(find(DatabaseHome(home / "data")).base)


if __name__ == "__main__":
    main()
