"""A sandbox world of today, for servers on loopback."""

import pytest

from coach.brokers.sandbox.world import SandboxWorld, demo_world
from tests.clock import now


@pytest.fixture(scope="session")
def world() -> SandboxWorld:
    return demo_world(now(), seed=21)
