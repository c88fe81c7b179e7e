"""What brokers' answers have in common when they are no answers: trouble that may pass."""

from coach.brokers.net.client import HttpAnswer, NoAnswer
from coach.brokers.net.parsing import printable
from coach.brokers.net.patience import Trouble
from coach.errors import BrokerTrouble, TryLater

LONGEST_MESSAGE = 200


def later(
    broker: str, reason: str, status: int | None = None, wait_s: float | None = None
) -> TryLater:
    """Return the error of trouble that is over some time later; where it is known, in `wait_s`."""
    hint = "run the same command again later"
    return TryLater(hint, broker=broker, reason=reason, status=status, wait_s=wait_s)


def of_no_answer(broker: str, answer: NoAnswer) -> Trouble:
    """Return the trouble of an answer that did not come; raise for one that is none."""
    if answer.fault == "lied":
        raise BrokerTrouble(broker=broker, reason=answer.reason)
    return Trouble(later(broker, answer.reason))


def of_no_json(broker: str, answer: HttpAnswer, expected: str) -> Trouble:
    """Return the trouble of a body that is not what was expected; it may be a passing proxy's."""
    kind = answer.headers.get("content-type", "no type").split(";")[0]
    reason = f"the answer is no {expected} ({kind}, {len(answer.body)} bytes)"
    return Trouble(BrokerTrouble(broker=broker, reason=printable(reason, LONGEST_MESSAGE)))
