"""The settings of the engine's service."""

from pathlib import Path

import pytest

from coach.brokers.address import neighbour_address
from coach.errors import ConfigError
from coach.settings.engine_service import (
    check_engine_deadline,
    check_engine_fallback,
    check_engine_keys,
    check_engine_pki,
    check_engine_url,
)
from coach.settings.reading import read

NEAR = ["http://127.0.0.1:8322", "http://engine:8322", "http://10.0.0.7", "http://[::1]:8322"]
SAFE = [*NEAR, "https://engine.example.org", "https://8.8.8.8:8322/"]
UNSAFE = [
    "http://engine.example.org",
    "http://8.8.8.8:8322",
    "engine:8322",
    "ftp://engine",
    "https://engine/v2",
    "https://ann:secret@engine",
    "https://",
]


@pytest.mark.parametrize("url", SAFE)
def test_a_service_is_asked_where_nobody_listens_in(url: str) -> None:
    check_engine_url(url, "typed")
    assert neighbour_address(url, "engine url").host


@pytest.mark.parametrize("url", UNSAFE)
def test_it_is_asked_nowhere_else(url: str) -> None:
    with pytest.raises(ConfigError):
        check_engine_url(url, "typed")
    with pytest.raises(ConfigError):
        neighbour_address(url, "engine url")


def test_nothing_is_a_service_in_this_process(tmp_path: Path) -> None:
    check_engine_url("", "default")
    found = read({"COACH_HOME": str(tmp_path)}, {}).engine
    assert (found.url, found.deadline_s, found.fallback) == ("", 120, False)
    assert found.keys_file.name == "engine-keys.json"


def test_what_is_set_is_read(tmp_path: Path) -> None:
    wished = {
        "COACH_HOME": str(tmp_path),
        "COACH_ENGINE_URL": NEAR[0],
        "COACH_ENGINE_KEYS": "/run/keys.json",
        "COACH_ENGINE_DEADLINE": "9",
        "COACH_ENGINE_FALLBACK": "on",
    }
    found = read(wished, {}).engine
    assert (found.url, found.keys_file) == (NEAR[0], Path("/run/keys.json"))
    assert (found.deadline_s, found.fallback) == (9, True)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (check_engine_keys, "keys.json"),
        (check_engine_pki, "pki"),
        (check_engine_deadline, "0"),
        (check_engine_deadline, "1.5"),
        (check_engine_deadline, "10000"),
        (check_engine_fallback, "yes"),
    ],
)
def test_what_makes_no_sense_is_told(check: object, value: str) -> None:
    assert callable(check)
    with pytest.raises(ConfigError):
        check(value, "typed")


def test_a_folder_of_certificates_is_the_choice_of_them(tmp_path: Path) -> None:
    home = {"COACH_HOME": str(tmp_path)}
    signed = read(home, {}).engine
    assert (signed.pki, signed.certificates) == (None, tmp_path / "config" / "pki")
    shown = read({**home, "COACH_ENGINE_PKI": "/run/pki"}, {}).engine
    assert shown.pki == shown.certificates == Path("/run/pki")


def test_certificates_are_never_wished_for_without_tls(tmp_path: Path) -> None:
    wished = {
        "COACH_HOME": str(tmp_path),
        "COACH_ENGINE_PKI": "/run/pki",
        "COACH_ENGINE_URL": NEAR[0],
    }
    with pytest.raises(ConfigError, match="must be https where engine_pki is set"):
        read(wished, {})
