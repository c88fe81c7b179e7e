"""`coach notify` and `coach digest --send`: what is sent, what is shown of it, and how it ends."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.e2e.cli.conftest import STATEMENT, assert_published
from tests.hooks import HookServer, hook_server

Coach = Callable[..., CompletedProcess[str]]
SEND = ("digest", "--week", "2026-W14", "--send")


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with hook_server() as running:
        yield running


def test_a_digest_is_sent_once_and_each_command_says_so(
    coach: Coach, hook: HookServer, tmp_path: Path
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(STATEMENT)
    assert coach("import", "csv", str(file), "--account", "main").returncode == 0
    secret = f"{hook.url}/secret-path\n"

    def printed(command: str, *words: str, stdin: str = "") -> object:
        line = (*(command.split() if words == () else ()), *words, "--json")
        ended = coach(*line, stdin=stdin)
        assert ended.returncode == 0, ended.stderr
        assert "secret-path" not in ended.stdout + ended.stderr
        data = json.loads(ended.stdout)["data"]
        assert_published(command, data)
        return data

    add = ("notify", "add", "hook", "webhook", "--secret-file", "-", "--quiet-hours", "none")
    made = printed("notify add", *add, stdin=secret)
    assert isinstance(made, dict)
    assert made["signing_key"]
    assert printed("notify list") == printed("notify")
    printed("notify test", "notify", "test", "hook")
    hook.status = 500
    failed = coach(*SEND)
    assert (failed.returncode, failed.stdout) == (3, "2026-W14: hook: not sent, it answers 500\n")
    [warning] = json.loads(coach("notify", "log", "--json").stdout)["warnings"]
    assert warning.startswith("hook: it is tried again")
    hook.status = 200
    [sent] = _rows(printed("digest --send", *SEND))
    assert (sent["standing"], sent["state"]) == ("due", "sent")
    assert coach(*SEND).stdout == "2026-W14: hook: it has this digest already\n"
    test, digest = _rows(printed("notify log"))
    assert (test["kind"], digest["kind"], digest["tries"]) == ("test", "digest", 2)
    printed("notify resend", "notify", "resend", digest["id"][:8])
    printed("notify remove", "notify", "remove", "hook")
    paths = [one.path for one in hook.posts]
    assert paths == ["/secret-path"] * 4
    assert coach("notify", "test", "hook").returncode == 1
    assert "coach notify list" in coach("notify", "test", "hook").stderr


def _rows(data: object) -> list[dict[str, Any]]:
    assert isinstance(data, list)
    return data


@pytest.mark.parametrize(
    ("line", "secret", "said"),
    [
        ("notify add a smtp --to ann@example.org", "", "mail needs --host"),
        ("notify add a smtp --host h --to ann", "", "--to takes one address"),
        ("notify add a smtp --host h --to a@b.org --security none", "x", "tls or starttls"),
        ("notify add a pigeon", "", "KIND takes one of smtp, ntfy"),
        ("notify add A! ntfy", "https://ntfy.sh/x", "NAME takes"),
        ("notify add a ntfy", "https://ntfy.sh/", "a topic is missing"),
        ("notify add a ntfy", "http://ntfy.sh/topic", "only https is used"),
        ("notify add a webhook", "https://user:pw@example.org/", "only a scheme and a host"),
        ("notify add a webhook", "", "needs --secret-file"),
        ("notify add a webhook --quiet-hours 25:00-07:00", "https://a.org", "--quiet-hours takes"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_kept(
    coach: Coach, line: str, secret: str, said: str
) -> None:
    refused = coach(*line.split(), "--secret-file", "-", stdin=secret)
    assert refused.returncode == 2, refused.stderr
    assert said in refused.stderr
    listed = json.loads(coach("notify", "list", "--json").stdout)["data"]
    assert [one["name"] for one in listed if one["name"] != "hook"] == []
