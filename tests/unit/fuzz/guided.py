"""Fuzzing that is led by coverage, with atheris, as long as wanted; what it finds joins the corpus.

    .ci/fuzz NAME [SECONDS]

Files that reach new code are kept in a folder beside; a fault is written there, too, and printed.
"""

import sys
from pathlib import Path

import atheris  # .ci/fuzz installs it beside

with atheris.instrument_imports(include=["coach"]):
    from tests.unit.fuzz.parsers import CORPUS, PARSERS


def main(name: str, seconds: str, folder: str) -> None:
    """Feed one parser for so long."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", "-max_len=20000", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *options, folder, str(CORPUS / name)], PARSERS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
