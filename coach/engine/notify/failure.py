"""Why a message could not be sent; the reason quotes neither the message nor a secret."""

from dataclasses import dataclass

from coach.model.notifications.channels import SendFault


@dataclass(frozen=True, slots=True)
class SendFailure:
    """What stood in the way, and what the other side said of it."""

    fault: SendFault
    reason: str
