"""A few markets, shared by all tests of the generator."""

import pytest

from coach.engine.lab.generator.market import Market, market


@pytest.fixture(scope="session")
def grounds() -> list[Market]:
    return [market(seed, 90) for seed in range(4)]
