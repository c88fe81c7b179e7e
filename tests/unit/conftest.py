"""A unit test opens no socket, not even to this machine."""

import pytest


@pytest.fixture(autouse=True)
def no_socket(socket_disabled: None) -> None:
    """Refuse every socket for the length of the test."""
