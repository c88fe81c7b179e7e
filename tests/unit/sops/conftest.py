"""Age keys of the tests' own, and files that are sealed for them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from coach.sops.age import AgeKeys
from coach.sops.formats import read_document
from coach.sops.opening import OpenedFile, open_sealed
from coach.sops.sealing import seal_new

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

Seal = Callable[[str, str], str]
Open = Callable[[str, str], OpenedFile]


@pytest.fixture(scope="session")
def keys() -> AgeKeys:
    import pyrage

    return AgeKeys((pyrage.x25519.Identity.generate(),))


@pytest.fixture(scope="session")
def others() -> AgeKeys:
    import pyrage

    return AgeKeys((pyrage.x25519.Identity.generate(),))


@pytest.fixture
def seal(keys: AgeKeys) -> Seal:
    def sealed(text: str, name: str = "my.env") -> str:
        return seal_new(read_document(text, name), keys.recipients, NOW).text

    return sealed


@pytest.fixture
def opened(keys: AgeKeys) -> Open:
    def open_text(text: str, name: str = "my.env") -> OpenedFile:
        return open_sealed(read_document(text, name), keys)

    return open_text
