"""`coach mcp` as an agent starts it: a process that speaks on stdin and stdout."""

import json
import os
import signal
import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

import anyio
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.types import CallToolResult

from tests.e2e.cli.conftest import STATEMENT, Coach, environment

PATIENCE = 120
HELLO: dict[str, object] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
ASKED: list[dict[str, object]] = [
    HELLO,
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "tools/call",
        "params": {"name": "trades", "arguments": {"limit": 1}},
    },
]
SIGNALLED = 128


@pytest.fixture(scope="module")
def trades_there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("statement") / "mine.csv"
    file.write_text(STATEMENT)
    return file


@pytest.fixture(autouse=True)
def imported(coach: Coach, trades_there: Path) -> None:
    assert coach("import", "csv", str(trades_there), "--no-shorts").returncode == 0


def test_a_client_of_others_starts_it_and_asks(home: Path) -> None:
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "coach", "mcp"],
        env=environment(home, PYTHONPATH=os.pathsep.join(sys.path)),
    )

    async def talk() -> CallToolResult:
        with anyio.fail_after(PATIENCE):
            async with Client(started) as client:
                return await client.call_tool("status", {})

    found = anyio.run(talk)
    assert not found.is_error
    assert found.structured_content["data"]["accounts"][0]["fills"] == 4


def test_it_ends_with_its_client_and_says_nothing_else(home: Path) -> None:
    with Popen(
        [sys.executable, "-m", "coach", "mcp"],
        env=environment(home),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        answers = []
        for one in ASKED:
            process.stdin.write(json.dumps(one) + "\n")
            process.stdin.flush()
            if "id" in one:
                answers.append(json.loads(process.stdout.readline()))
        process.stdin.close()
        rest = process.stdout.read()
        said = process.stderr.read()
        assert process.wait(PATIENCE) == 0
    assert [one["id"] for one in answers] == [1, 2]
    assert len(answers[1]["result"]["structuredContent"]["data"]) == 1
    assert (rest, said) == ("", "")


def test_a_signal_ends_it(home: Path) -> None:
    with Popen(
        [sys.executable, "-m", "coach", "mcp"],
        env=environment(home),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(HELLO) + "\n")
        process.stdin.flush()
        assert "serverInfo" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == SIGNALLED + signal.SIGTERM
