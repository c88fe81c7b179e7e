"""How much more than a bare interpreter coach costs before it says anything.

Prints CPU time (user and system, this process's children) of each command, the ratio to
`python -c pass` in the same run, the budget, and the load of the machine: a busy one has less of
its caches for each process, and the same work takes more CPU.

    python bench/startup.py [--runs N]
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

COACH = Path(sys.executable).with_name("coach")


@dataclass(frozen=True, slots=True)
class Case:
    """One command line and what it may cost, in milliseconds of CPU."""

    name: str
    command: tuple[str, ...]
    budget_ms: float


CASES = (
    Case("coach --version", (str(COACH), "--version"), 50),
    Case("coach --help", (str(COACH), "--help"), 120),
    Case("coach status", (str(COACH), "status"), 300),
)


def cpu_ms(command: tuple[str, ...], environment: dict[str, str]) -> float:
    """Run a command once and return the CPU milliseconds it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def median_ms(command: tuple[str, ...], runs: int, environment: dict[str, str]) -> float:
    """Run once to warm the caches, then return the median of `runs`."""
    cpu_ms(command, environment)
    return statistics.median(cpu_ms(command, environment) for _ in range(runs))


def report(runs: int, environment: dict[str, str]) -> None:
    """Print one line per case."""
    bare = median_ms((sys.executable, "-c", "pass"), runs, environment)
    load = f"load {os.getloadavg()[0]:.1f} of {os.cpu_count()}"
    print(f"{'bare interpreter':<18} {bare:7.1f} ms  {load}")
    for case in CASES:
        spent = median_ms(case.command, runs, environment)
        within = "within" if spent <= case.budget_ms else "OVER"
        ratio = f"{spent / bare:5.1f} x bare"
        print(f"{case.name:<18} {spent:7.1f} ms {ratio}  {within} {case.budget_ms:.0f} ms")


def database(verb: str, environment: dict[str, str]) -> None:
    """Start or stop the embedded database of the environment's home."""
    command = [str(COACH), "db", verb]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Measure in a home of its own, with its database running."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=15)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o711)  # as root, the database runs as somebody else
        environment = {**os.environ, "COACH_HOME": home}
        environment.pop("COACH_DATABASE_URL", None)
        database("start", environment)
        try:
            report(runs, environment)
        finally:
            database("stop", environment)


if __name__ == "__main__":
    main()
