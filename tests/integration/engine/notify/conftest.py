"""A digest that is there to be sent, and real receivers of it."""

from collections.abc import Callable, Iterator

import pytest

from coach.engine.api import digests
from coach.engine.api.notify import channels
from coach.engine.api.notify.channels import AddedChannel, ChannelRequest
from coach.engine.api.session import Session
from coach.model.accounts import Run
from coach.model.machine.secrets import Secret
from tests.hooks import HookServer, MailServer, hook_server, mail_server

Importer = Callable[..., Run]
WEEK = "2026-W10"
KEY = "a key of the receiver"


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with hook_server() as running:
        yield running


@pytest.fixture
def mailbox() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def made(session: Session, imported: Importer) -> Session:
    """A session whose user has the digest of a week."""
    imported("09:00 buy BTC-USD 1 @ 100 fee 0.1", "09:05 sell BTC-USD 1 @ 90 fee 0.1")
    digests.digest(session, WEEK)
    return session


def to_hook(
    session: Session, hook: HookServer, name: str = "hook", quiet: str = "none"
) -> AddedChannel:
    """Add a webhook with a key of its own."""
    secret = Secret(f"{hook.url}/in?of=coach\n{KEY}")
    return channels.add(session, ChannelRequest(name, "webhook", secret, quiet=quiet))
