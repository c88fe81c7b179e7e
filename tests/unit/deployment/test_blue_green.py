"""One colour takes the place of the other, and where anything fails the old one goes on."""

import pytest

from tests.unit.deployment.conftest import Script, Stubs

BLUE = "*exec -T web-blue coach healthcheck"
GREEN = "*exec -T web-green coach healthcheck"


def test_the_other_colour_is_started_and_only_then_the_old_one_is_ended(
    script: Script, stubs: Stubs
) -> None:
    ended = script("blue-green.sh")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "serving: green"
    changes = [one for one in stubs.calls if " up " in one or " stop " in one]
    assert [one.split()[-1] for one in changes] == ["web-green", "web-blue"]
    ready = stubs.calls.index(stubs.called("exec", "web-green")[0])
    assert stubs.calls.index(changes[0]) < ready < stubs.calls.index(changes[1])


def test_green_is_followed_by_blue(script: Script, stubs: Stubs) -> None:
    """Blue answers once it was started."""
    stubs.answer(BLUE, 1)
    ended = script("blue-green.sh", COACH_READY_TRIES="1")
    assert ended.returncode == 1  # blue never answers here
    assert stubs.called(" up ")[0].endswith("web-blue")
    assert not stubs.called(" stop ", "web-green")


def test_the_first_one_is_blue_and_nothing_is_ended(script: Script, stubs: Stubs) -> None:
    stubs.answer(BLUE, 1)
    stubs.answer(GREEN, 1)
    ended = script("blue-green.sh")
    assert "serving: nobody; starting web-blue" in ended.stdout
    assert [one.split()[-1] for one in stubs.called(" stop ")] == ["web-blue"]


def test_one_that_is_never_ready_goes_and_the_old_one_stays(script: Script, stubs: Stubs) -> None:
    stubs.answer(GREEN, 1)
    ended = script("blue-green.sh")
    assert ended.returncode == 1
    assert "web-green is not ready after 3 tries" in ended.stderr
    assert [one.split()[-1] for one in stubs.called(" stop ")] == ["web-green"]
    assert len(stubs.called("exec", "web-green")) == 3


def test_one_that_does_not_start_goes(script: Script, stubs: Stubs) -> None:
    stubs.answer("*up --detach*", 1)
    ended = script("blue-green.sh")
    assert "web-green does not start" in ended.stderr
    assert not stubs.called(" stop ", "web-blue")


def test_a_probe_that_fails_keeps_the_old_one(script: Script, stubs: Stubs) -> None:
    stubs.stand_in_for("look")
    stubs.answer("look closely web-green", 1)
    ended = script("blue-green.sh", "look", "closely")
    assert ended.returncode == 1
    assert "web-green failed its probe" in ended.stderr
    assert not stubs.called(" stop ", "web-blue")


@pytest.mark.parametrize("probe", ["--help", "-x", "no-such-probe"])
def test_what_is_no_probe_starts_nothing(script: Script, stubs: Stubs, probe: str) -> None:
    ended = script("blue-green.sh", probe)
    assert (ended.returncode, stubs.calls) == (2, [])
    assert "nothing was started" in ended.stderr
