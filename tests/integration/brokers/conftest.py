"""A sandbox world of today, for servers on loopback."""

from datetime import UTC, datetime

import pytest

from coach.brokers.sandbox.world import SandboxWorld, demo_world


@pytest.fixture(scope="session")
def world() -> SandboxWorld:
    return demo_world(datetime.now(UTC), seed=21)
