"""What to do about a digest that could not be sent, and what became of one, in a line."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coach.model.notifications.channels import Delivery, SendFault
    from coach.views.notifications.channels import SendingRow

REMEDIES: "dict[SendFault, str]" = {
    "down": "it is tried again; coach notify test NAME tries it now",
    "login": "its password, token or key is not taken: coach notify add NAME again, with a new one",
    "rejected": "it takes no such message: see that its address is right, coach notify add NAME",
    "absent": "pip install 'coach[apprise]'",
    "sealed": "its secret does not open: coach doctor says more, coach notify add NAME replaces it",
}
STANDINGS = {
    "sent": "it has this digest already",
    "quiet": "its quiet hours, it is sent after them",
    "today": "it had a digest today, this one follows tomorrow",
    "given_up": "it failed too often; coach notify resend ID tries again",
}


def failures(found: "Iterable[Delivery]") -> "Iterator[str]":
    """Yield a remedy for each channel whose newest message failed, with the channel's name."""
    newest = {one.channel: one for one in found}
    for name, one in newest.items():
        if one.fault is not None:
            yield f"{name}: {REMEDIES[one.fault].replace('NAME', name)}"


def sending_lines(week: str, found: "Iterable[SendingRow]") -> "Iterator[str]":
    """Yield what became of a digest, a line for each channel."""
    for one in found:
        name = one["channel"]
        if one["standing"] != "due":
            yield f"{week}: {name}: {STANDINGS[one['standing']]}"
        elif one["fault"] is None:
            yield f"{week}: {name}: sent"
        else:
            yield f"{week}: {name}: not sent, {one['reason']}"
