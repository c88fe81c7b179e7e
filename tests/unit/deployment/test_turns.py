"""One deployment at a time, and one that is interrupted leaves what served before."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from tests.unit.deployment.conftest import DEPLOY, Script, Stubs

PATIENCE = 60
SECRETS = 'POSTGRES_PASSWORD={0}\nREDIS_PASSWORD={0}\nCOACH_KEK={{"keys":{{}}}}\n'
BUSY = """\
#!/bin/bash
printf '%s\\n' "compose $*" >> "$CALLS"
if [[ "$*" == *{words}* ]]; then echo there > "$REACHED"; read -r _ < "$GO_ON"; fi
exit 0
"""


@pytest.fixture
def place(tmp_path: Path, stubs: Stubs) -> dict[str, str]:
    """An environment, and a compose that waits where it is told to."""
    folder = tmp_path / "et c" / "staging"
    folder.mkdir(parents=True)
    (tmp_path / "secrets.env").write_text(SECRETS.format("p" * 32))
    (folder / "deploy.env").write_text(
        "COACH_IMAGE=coach:1\nCOACH_DOMAIN=coach.example.org\nCOACH_ACME_EMAIL=me@example.org\n"
        f"COACH_PULL_SECRETS='cat {tmp_path}/secrets.env'\n"
    )
    stubs.answer("docker image inspect*", 0, "sha256:one")
    for name in ("reached", "go_on"):
        subprocess.run(["mkfifo", str(tmp_path / name)], check=True)
    return {
        "COACH_DEPLOY": str(folder.parent),
        "COACH_DEPLOY_STATE": str(tmp_path / "sta te"),
        "REACHED": str(tmp_path / "reached"),
        "GO_ON": str(tmp_path / "go_on"),
    }


@contextmanager
def waiting_at(words: str, call: str, stubs: Stubs, place: dict[str, str]) -> Iterator[Popen[str]]:
    """Run a script until its compose is called with these words, and let it go on afterwards."""
    busy = stubs.folder / "busy"
    busy.write_text(BUSY.format(words=words))
    busy.chmod(0o755)
    script, *more = call.split()
    with Popen(
        ["bash", str(DEPLOY / script), *more],
        env=stubs.environment({**place, "COACH_COMPOSE": "busy"}),
        stdin=subprocess.DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        text=True,
    ) as process:
        assert Path(place["REACHED"]).read_text() == "there\n"
        yield process


def go_on(place: dict[str, str]) -> None:
    Path(place["GO_ON"]).write_text("\n")


@pytest.mark.parametrize("words", [(), ("stop",), ("start",), ("down",), ("restore", "one")])
def test_a_second_one_at_the_same_time_is_refused(
    words: tuple[str, ...], script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    with waiting_at("pg_isready", "deploy.sh staging", stubs, place) as first:
        before = len(stubs.calls)
        second = script("deploy.sh", "staging", *words, **place)
        assert (second.returncode, len(stubs.calls)) == (1, before)
        assert "another deploy.sh works on staging" in second.stderr
        go_on(place)
        first.communicate(timeout=PATIENCE)
    assert first.returncode == 0
    assert script("deploy.sh", "staging", "stop", **place).returncode == 0


def test_what_is_called_does_not_hold_the_turn(
    script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    """A monitor of a container lives on after the script that was ended."""
    with waiting_at("pg_isready", "deploy.sh staging", stubs, place) as first:
        first.kill()
        first.wait(PATIENCE)
        assert script("deploy.sh", "staging", "stop", **place).returncode == 0
        go_on(place)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_new_colour_goes_where_the_switch_is_interrupted(
    number: signal.Signals, stubs: Stubs, place: dict[str, str]
) -> None:
    with waiting_at('"up --detach --no-deps web-green"', "blue-green.sh", stubs, place) as switch:
        switch.send_signal(number)
        go_on(place)
        _, said = switch.communicate(timeout=PATIENCE)
    assert switch.returncode == 1
    assert "web-green was interrupted; it was stopped, and web-blue goes on" in said
    assert [one.split()[-1] for one in stubs.called(" stop ")] == ["web-green"]


def test_a_switch_that_has_begun_to_end_the_old_one_is_ended_by_nobody(
    stubs: Stubs, place: dict[str, str]
) -> None:
    with waiting_at('"stop --timeout 30 web-blue"', "blue-green.sh", stubs, place) as switch:
        switch.send_signal(signal.SIGTERM)
        go_on(place)
        said, _ = switch.communicate(timeout=PATIENCE)
    assert (switch.returncode, said.splitlines()[-1]) == (0, "serving: green")


def test_a_switch_that_outlived_its_script_is_noted_by_the_next_one(
    script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    state = Path(place["COACH_DEPLOY_STATE"]) / "staging"
    state.mkdir(parents=True)
    (state / "colour").write_text("blue\n")
    (state / "switch").write_text("serving: blue; starting web-green\nserving: green\n")
    assert script("deploy.sh", "staging", "start", **place).returncode == 0
    assert stubs.calls[-1].endswith("start postgres redis caddy worker web-green")
