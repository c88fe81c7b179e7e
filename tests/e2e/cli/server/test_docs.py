"""docs/serve.md, typed as a script writer would: each command of it, and the program with a socket.

What a command prints is held against what stands below it there: `…` is whatever comes, and so is
what no two runs share. The addresses are those of the server of the test.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile, which

import httpx2
import pytest

from tests.e2e.cli.conftest import STATEMENT, running_sandbox
from tests.e2e.cli.server.conftest import PATIENCE, RunningServer, running_server

pytestmark = pytest.mark.skipif(which("curl") is None, reason="curl is not here")

PAGE = Path(__file__).parents[4] / "docs" / "serve.md"
SERVES = ("coach serve", "coach serve --metrics 127.0.0.1:9321")
ENDLESS = "curl -sN"
BASH = """
set -euo pipefail
command -v uuidgen > /dev/null || uuidgen() { cat /proc/sys/kernel/random/uuid; }
"""
VARIES = re.compile(
    r"…|(?<=\"seq\":)\d+|(?<=\")[0-9A-Z]{26}(?=\")|(?<=\")[0-9a-f]{16}(?=\")|\b\d+\.\d+\.\d+\b|01M8\w+"
)


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """A command of the page, and the lines that stand below it."""

    line: str
    prints: tuple[str, ...]


def typed_commands() -> list[TypedCommand]:
    """Return the commands of the page, in order; one with a backslash goes on in the next line."""
    found: list[TypedCommand] = []
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL):
        for part in re.split(r"^\$ ", block.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
            line, *prints = part.splitlines()
            found.append(TypedCommand(line, tuple(one for one in prints if one)))
    return found


COMMANDS = [one for one in typed_commands() if one.line not in SERVES]


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the commands are typed."""

    folder: Path
    replaced: dict[str, str]

    def on_this_server(self, text: str) -> str:
        """Return a text of the page with the addresses of the test."""
        for written, meant in self.replaced.items():
            text = text.replace(written, meant)
        return text


@pytest.fixture(scope="module")
def walk(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("walk")
    (folder / "fills.csv").write_text(STATEMENT)
    with (
        running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox,
        running_server(home, "--metrics", "127.0.0.1:0") as server,
    ):
        copyfile(sandbox["view_key"], folder / "cdp_api_key.json")
        upload(server)
        yield Walk(
            folder,
            {
                "127.0.0.1:8321": server.url.removeprefix("http://"),
                "127.0.0.1:9321": metrics_of(server),
                '{"key":%s}': f'{{"key":%s,"base_url":"{sandbox["url"]}"}}',
            },
        )


def upload(server: RunningServer) -> None:
    """Bring the fills that the commands ask for."""
    answer = httpx2.post(
        f"{server.url}/api/imports",
        files={"file": ("mine.csv", STATEMENT.encode())},
        headers={"Idempotency-Key": "before-the-walk"},
        timeout=PATIENCE,
    )
    assert answer.status_code == 201, answer.text


def metrics_of(server: RunningServer) -> str:
    found = re.search(r'"url":"http://([^/"]+)/metrics"', server.log.read_text())
    assert found is not None
    return found[1]


def pattern(line: str) -> str:
    """Return what a line that is printed must look like."""
    fixed, varying = VARIES.split(line), len(VARIES.findall(line))
    assert len(fixed) == varying + 1
    return ".*".join(map(re.escape, fixed))


@pytest.mark.parametrize("command", COMMANDS, ids=[one.line[:60] for one in COMMANDS])
def test_a_command_of_the_page_does_what_stands_there(walk: Walk, command: TypedCommand) -> None:
    line = walk.on_this_server(command.line)
    if line.startswith(ENDLESS):
        lines = until_the_first_frame([*bash(line)], walk.folder)
        expected = command.prints[: len(lines)]
    else:
        done = subprocess.run(
            bash(line),
            cwd=walk.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        lines, expected = done.stdout.splitlines(), command.prints
        assert lines
    for printed, shown in zip(lines, expected, strict=False):
        assert re.fullmatch(pattern(shown), printed), (printed, shown)
    refuses = '"error"' in "".join(command.prints)
    assert refuses == any('"error":{' in one for one in lines)


def bash(line: str) -> list[str]:
    return ["bash", "-c", f"{BASH}\nexec {line}" if line.startswith("curl") else f"{BASH}\n{line}"]


def until_the_first_frame(words: list[str], folder: Path) -> list[str]:
    """Return what an endless command prints up to its first frame."""
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            if line.strip():
                lines.append(line.rstrip("\n"))
            if line.startswith("data: "):
                break
        process.kill()
    return lines


def test_the_program_with_a_socket_follows(walk: Walk) -> None:
    """It prints `hello`, then what comes; it ends when it is killed."""
    [program] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    words = [sys.executable, "-u", "-c", walk.on_this_server(program)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline().startswith("hello {")
            answer = httpx2.post(
                f"http://{walk.replaced['127.0.0.1:8321']}/api/notes",
                json={"day": "today", "text": "heard"},
                headers={"Idempotency-Key": "while-it-follows"},
                timeout=PATIENCE,
            )
            assert answer.status_code == 201
            assert process.stdout.readline().startswith("note.added {")
        finally:
            process.kill()


def test_the_page_says_how_the_server_is_started() -> None:
    assert {one.line for one in typed_commands()} >= set(SERVES)
