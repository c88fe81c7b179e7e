"""A digest through Apprise, to any of the services that it knows. Its package is an extra.

It is loaded where a channel needs it and nowhere else.
"""

from importlib.util import find_spec

from coach.brokers.net.deadline import DeadlineExceeded, run_within
from coach.engine.notify.failure import SendFailure
from coach.engine.notify.letter import Letter

PACKAGE = "apprise"
LONGEST_S = 60.0


def is_installed() -> bool:
    """Say whether the package is there."""
    return find_spec(PACKAGE) is not None


def is_known(url: str) -> bool:
    """Say whether Apprise knows what to do with an address."""
    from apprise import Apprise

    return bool(Apprise().add(url))


def send_by_apprise(letter: Letter, url: str) -> SendFailure | None:
    """Send a letter's first lines."""
    if not is_installed():
        return SendFailure("absent", "the package apprise is not installed")
    from apprise import Apprise

    service = Apprise()
    if not service.add(url):
        return SendFailure("rejected", "Apprise does not know this address")
    try:
        sent = run_within(
            LONGEST_S, lambda: service.notify(body=letter.summary, title=letter.title)
        )
    except DeadlineExceeded:
        return SendFailure("down", f"not sent within {LONGEST_S:g} s (limit)")
    return None if sent else SendFailure("down", "Apprise could not send it")
