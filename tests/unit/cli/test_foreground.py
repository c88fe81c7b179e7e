"""A program of the user's gets their environment, and none of coach's secrets."""

import sys
from pathlib import Path

import pytest

from coach.cli.foreground import run_in_front

WRITE = "import os, sys; open(sys.argv[1], 'w').write(repr(dict(os.environ)))"
SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "canary-1",
    "AWS_SESSION_TOKEN": "canary-2",
    "COACH_ALPHAVANTAGE_KEY": "canary-3",
    "COACH_COINAPI_KEY": "canary-4",
    "COACH_DATABASE_URL": "postgresql://me:canary-5@there/coach",
    "COACH_COINBASE_KEY": "canary-6",
    "COACH_REDIS_URL": "redis://:canary-7@there",
    "SOPS_AGE_KEY": "canary-8",
}


@pytest.mark.parametrize("given", [True, False])
def test_an_editor_or_a_pager_sees_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: bool
) -> None:
    harmless = {"COACH_COINAPI_KEY_FILE": "/a/file", "TERM": "dumb"}
    for name, text in (SECRETS | harmless).items():
        monkeypatch.setenv(name, text)
    seen = tmp_path / "seen"
    command = [sys.executable, "-c", WRITE, str(seen)]
    assert run_in_front(command, None, SECRETS | harmless if given else None) == 0
    assert "canary" not in seen.read_text()
    assert "/a/file" in seen.read_text()
