"""pg_dump and psql of the PostgreSQL that comes with coach, run against any server.

A password never stands on a command line, which others may read: it goes by the environment.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from coach.engine.postgres import binaries
from coach.errors import DatabaseTrouble

PIECE = 4_000_000
NEWER = b"SET transaction_timeout = 0;\n"
"""What pg_dump sets since 17 and a server before does not know."""
OWNERS_POLICY = re.compile(rb"^(CREATE POLICY all_rows_for_the_owner ON \S+ TO )\S+( USING )")
DATA = re.compile(rb"^COPY .* FROM stdin;\n$")
END_OF_DATA = b"\\.\n"


def dumped(url: str, snapshot: str) -> Iterator[bytes]:
    """Yield the SQL that makes the database anew, gzipped, in pieces, as it was at a snapshot.

    Owners and rights are left out: they are those of whoever restores it. So is what may be lost.
    """
    command = [
        *("pg_dump", "--no-password", "--no-owner", "--no-acl", "--no-unlogged-table-data"),
        *("--enable-row-security", "--format=plain", "--compress=gzip:6"),
        f"--snapshot={snapshot}",
    ]
    with _running(command, url, stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        while piece := process.stdout.read(PIECE):
            yield piece


@contextmanager
def psql(url: str) -> Iterator[IO[bytes]]:
    """Run what is written to the yielded file as SQL, all of it or nothing."""
    command = ["psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]
    command += ["--single-transaction", "--output=/dev/null", "--file=-"]
    with _running(command, url, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        yield process.stdin


class Fitting:
    """What makes the lines of a dump fit any server: an older one, or one of other roles."""

    def __init__(self) -> None:
        self._in_data = False

    def fitted(self, line: bytes) -> bytes:
        """Return a line as it fits; lines are given in their order."""
        if self._in_data:
            self._in_data = line != END_OF_DATA
            return line
        self._in_data = DATA.match(line) is not None
        return b"" if line == NEWER else OWNERS_POLICY.sub(rb"\1CURRENT_USER\2", line)


@contextmanager
def _running(command: list[str], url: str, stdin: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program of PostgreSQL; DatabaseTrouble with its first complaint where it fails."""
    program, *rest = command
    folder = binaries.programs(None)
    with TemporaryFile() as complaints:
        process = subprocess.Popen(
            [folder / program, *rest, f"--dbname={_without_password(url)}"],
            stdin=stdin,
            stdout=subprocess.PIPE if program == "pg_dump" else subprocess.DEVNULL,
            stderr=complaints,
            env={"LC_ALL": "C", **_password(url)},
        )
        try:
            # one that ended before it had read all says why in its complaint
            with process, suppress(BrokenPipeError):
                yield process
                if process.stdin is not None:
                    process.stdin.close()
        except BaseException:
            process.kill()
            raise
        if process.returncode != 0:
            complaints.seek(0)
            raise _trouble(program, complaints.read().decode(errors="replace"))


def _trouble(program: str, complaints: str) -> DatabaseTrouble:
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "FATAL" in line]
    said = (errors or lines or ["it did not say why"])[0]
    hint = ""
    if "server version mismatch" in complaints:
        hint = "the server is newer than the PostgreSQL that comes with coach: use its own pg_dump"
    return DatabaseTrouble(what=f"{program}: {said[:300]}", hint=hint)


def _without_password(url: str) -> str:
    given = {key: part for key, part in conninfo_to_dict(url).items() if key != "password"}
    return make_conninfo("", **given)


def _password(url: str) -> dict[str, str]:
    found = conninfo_to_dict(url).get("password")
    return {} if found is None else {"PGPASSWORD": str(found)}
