"""What a test may rely on: none of the developer's settings, and only what the machine has."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

# A red run must speak of the change: the same examples each time, however busy the machine.
settings.register_profile(
    "coach", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("coach")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests that take minutes, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for marker, reason in absent(config).items():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def absent(config: pytest.Config) -> dict[str, str]:
    """Markers whose tests cannot run here, each with its reason."""
    reasons = {}
    if "COACH_TEST_DATABASE_URL" not in os.environ:
        reasons["external"] = "COACH_TEST_DATABASE_URL is not set"
    if shutil.which("redis-server") is None:
        reasons["redis"] = "redis-server is not here"
    if os.geteuid() != 0:
        reasons["root"] = "needs root"
    if not config.getoption("--slow"):
        reasons["slow"] = "needs --slow"
    return reasons


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the developer's own coach: a test must never reach the data they keep."""
    for name in list(os.environ):
        if name.startswith("COACH_") and not name.startswith("COACH_TEST_"):
            monkeypatch.delenv(name)
