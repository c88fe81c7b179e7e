"""A session that has a language model, which is a fake one over real HTTP."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from coach.engine.api.session import Session
from coach.engine.hot.in_memory import MemoryHotStore
from coach.model.machine.secrets import Secret
from coach.model.reflections.language_model import ModelWishes
from tests.model_server import ModelServer, model_server

KEY = "sk-canary-0123456789"


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


@pytest.fixture
def asking(session: Session, model: ModelServer) -> Session:
    """A session whose settings name the model and hand a key over; it remembers in this process."""
    hot = MemoryHotStore(lambda: session.clock().timestamp())
    wishes = ModelWishes(model.url, "tiny", lambda: Secret(KEY))
    return replace(session, model=wishes, hot=lambda: hot)
