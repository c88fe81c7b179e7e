"""Coinbase connected by its own page, from a terminal: a browser that comes back, or a paste."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from coach.brokers.sandbox.oauth.books import CLIENT_ID
from tests.e2e.cli.conftest import assert_published, environment, running_sandbox

Coach = Callable[..., CompletedProcess[str]]
BROWSER = """\
#!{python}
import sys, urllib.request
urllib.request.urlopen(sys.argv[1]).read()
"""


def data(ended: CompletedProcess[str]) -> Any:  # noqa: ANN401 -- JSON
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)["data"]


@pytest.fixture(scope="module")
def sandbox(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    faults = tmp_path_factory.mktemp("sandbox") / "faults.json"
    faults.write_text('{"per_second": 0}')
    with running_sandbox(home, "--faults", str(faults)) as told:
        yield told


@pytest.fixture
def registered(sandbox: dict[str, str]) -> dict[str, str]:
    """The settings of a coach that is registered at the sandbox."""
    return {
        "COACH_COINBASE_CLIENT_ID": CLIENT_ID,
        "COACH_COINBASE_LOGIN_URL": sandbox["url"],
        "COACH_COINBASE_CLIENT_SECRET_FILE": sandbox["client_secret"],
    }


@pytest.fixture
def desktop(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody with a browser that goes where it is sent."""
    browser = tmp_path / "browser"
    browser.write_text(BROWSER.format(python=sys.executable))
    browser.chmod(0o700)
    return {"DISPLAY": ":7", "BROWSER": str(browser)}


@contextmanager
def connecting(home: Path, *words: str, **more: str) -> Iterator[tuple["Popen[str]", str]]:
    """Begin to connect; yield the process and the address that it shows."""
    command = [sys.executable, "-m", "coach", "connect", "coinbase", "--oauth", "--json", *words]
    with Popen(
        command, env=environment(home, **more), stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            address = next(line for line in process.stderr if line.startswith("http"))
            yield process, address.strip()
        finally:
            process.kill()


def test_a_browser_on_this_machine_comes_back_by_itself(
    coach: Coach, sandbox: dict[str, str], registered: dict[str, str], desktop: dict[str, str]
) -> None:
    words = ("connect", "coinbase", "--oauth", "--port", "0", "--base-url", sandbox["url"])
    ended = coach(*words, "--json", **registered, **desktop)
    connected = data(ended)
    assert_published("connect coinbase", connected)
    assert (connected[0]["credential"], connected[0]["key_can"]) == ("oauth", "view")
    first = data(coach("import", "sync", "--since", "20d", "--json", **registered))
    assert first["new"] > 50
    left = data(coach("disconnect", "coinbase", "--json", **registered))
    assert_published("disconnect", left)
    assert (left["revoked"], left["wiped"]) == (True, True)
    again = coach("import", "sync", "--json", **registered)
    assert again.returncode == 1
    assert json.loads(again.stdout)["error"]["code"] == "E_NOT_FOUND"


@pytest.mark.fresh
def test_an_address_is_pasted_where_the_browser_is_elsewhere(
    home: Path, sandbox: dict[str, str], registered: dict[str, str]
) -> None:
    words = ("--paste", "--base-url", sandbox["url"], "--account", "pasted")
    with connecting(home, *words, **registered) as (process, address):
        back = httpx2.get(address, follow_redirects=False).headers["location"]
        assert back.startswith("http://127.0.0.1:8749/oauth/callback/coinbase?code=")
        out, _ = process.communicate(f"  {back}\n", timeout=60)
    assert process.returncode == 0
    assert json.loads(out)["data"][0]["name"] == "pasted"


@pytest.mark.fresh
@pytest.mark.parametrize(
    ("pasted", "code", "words"),
    [
        ("", 2, "no address was pasted"),
        ("hunter2", 2, "whole address"),
        ("http://127.0.0.1:8749/?code=hunter2&state=of-another-one", 1, "another attempt"),
    ],
)
def test_what_is_no_answer_to_this_attempt_connects_nothing_and_is_not_repeated(
    home: Path, registered: dict[str, str], pasted: str, code: int, words: str
) -> None:
    with connecting(home, "--paste", "--account", "nobody", **registered) as (process, _):
        out, err = process.communicate(f"{pasted}\n", timeout=60)
    assert process.returncode == code
    assert words in out + err
    assert "hunter2" not in out + err


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--paste",), "--paste takes --oauth"),
        (("--oauth", "--key-file", "x"), "--oauth takes no --key-file"),
        (("--oauth", "--paste", "--port", "0"), "no port that is only free here"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    coach: Coach, registered: dict[str, str], words: tuple[str, ...], what: str
) -> None:
    ended = coach("connect", "coinbase", *words, **registered)
    assert (ended.returncode, what in ended.stderr) == (2, True), ended.stderr


def test_without_a_registration_it_is_said_how_to_come_by_one(coach: Coach) -> None:
    ended = coach("connect", "coinbase", "--oauth", "--paste")
    assert ended.returncode == 2
    assert "coinbase_client_id" in ended.stderr
    assert "--key-file FILE" in ended.stderr


@pytest.mark.fresh
def test_stray_requests_get_400_and_end_nothing(
    home: Path, sandbox: dict[str, str], registered: dict[str, str]
) -> None:
    words = ("--port", "0", "--base-url", sandbox["url"], "--account", "strays")
    with connecting(home, *words, **registered) as (process, address):
        asked = parse_qs(urlsplit(address).query)
        assert asked["code_challenge_method"] == ["S256"]
        here = asked["redirect_uri"][0]
        back = httpx2.get(address, follow_redirects=False).headers["location"]
        query = urlsplit(back).query
        strays = [
            httpx2.get(here),
            httpx2.get(f"{here}?code=x&state=another"),
            httpx2.get(f"{back}&state=another"),
            httpx2.get(back.replace("/oauth/callback", "")),
            httpx2.get(back, headers={"Host": "rebound.example"}),
        ]
        assert [one.status_code for one in strays] == [400] * 5
        assert process.poll() is None
        shown = httpx2.get(back)
        assert shown.status_code == 200
        assert shown.headers["cache-control"] == "no-store"
        assert all(part.partition("=")[2] not in shown.text for part in query.split("&"))
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert json.loads(out)["data"][0]["name"] == "strays"
