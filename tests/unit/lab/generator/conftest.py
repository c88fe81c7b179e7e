"""A few markets, shared by all tests of the generator."""

import pytest

from coach.engine.lab.generator.market import GeneratedMarket, market


@pytest.fixture(scope="session")
def grounds() -> list[GeneratedMarket]:
    return [market(seed, 90) for seed in range(4)]
