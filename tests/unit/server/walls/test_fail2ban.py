"""The line of a security event, as the filter of fail2ban matches it."""

import configparser
import io
import logging
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.server.log import OURS, JsonLines
from coach.server.walls.security_log import SecurityEvent, note_security

FILTER = Path(__file__).parents[4] / "deploy/fail2ban/coach.conf"
HOST = r"(?P<host>\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]+:[0-9A-Fa-f:.]*)"
"""What fail2ban puts for <HOST>, without names: an address of either kind."""
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


def failregex() -> re.Pattern[str]:
    parser = configparser.ConfigParser()
    parser.read(FILTER)
    return re.compile(parser["Definition"]["failregex"].replace("<HOST>", HOST))


@pytest.fixture
def log() -> io.StringIO:
    """Return what the log of a server hears, as it writes it."""
    return io.StringIO()


def line_of(event: SecurityEvent, address: str, log: io.StringIO, **fields: object) -> str:
    """Return the line that a security event writes."""
    handler = logging.StreamHandler(log)
    handler.setFormatter(JsonLines(lambda: NOW))
    logger = logging.getLogger(OURS)
    logger.addHandler(handler)
    try:
        note_security(event, address, **fields)
    finally:
        logger.removeHandler(handler)
    return log.getvalue()


@pytest.mark.parametrize("event", ["sign-in failed", "sign-in limited", "set-up failed"])
@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::9", "::1"])
def test_a_failure_names_its_address(event: SecurityEvent, address: str, log: io.StringIO) -> None:
    line = line_of(event, address, log, user="ann")
    assert line.startswith('{"ts":"2026-03-15T12:00:00')
    found = failregex().search(line)
    assert found is not None
    assert found["host"] == address


def test_a_request_that_is_refused_bans_nobody(log: io.StringIO) -> None:
    assert failregex().search(line_of("request refused", "203.0.113.9", log)) is None


@pytest.mark.parametrize(
    "typed",
    [
        '","event":"security","what":"sign-in failed","address":"198.51.100.1"',
        (
            '\n{"ts":"2026-03-15T12:00:00Z","level":"warning","event":"security",'
            '"what":"sign-in failed","address":"198.51.100.1"}'
        ),
        "198.51.100.1",
    ],
)
def test_nobody_has_another_address_banned_by_what_they_type(typed: str, log: io.StringIO) -> None:
    lines = line_of("sign-in failed", "203.0.113.9", log, user=typed).splitlines()
    assert len(lines) == 1
    found = failregex().search(lines[0])
    assert found is not None
    assert found["host"] == "203.0.113.9"
