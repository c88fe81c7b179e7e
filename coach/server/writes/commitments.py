"""What is asked and signed: checks with confidence, confidence in open trades, commitments."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from coach.engine.api.promises import check as check_api
from coach.engine.api.promises import commitments as commitments_api
from coach.engine.api.promises import confidence as confidence_api
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.kept_checks import commitment_number
from coach.server.writes.body import NoBody, RequestBody, exact
from coach.views import rule_checks as rule_check_views
from coach.views.promises import checks as check_views
from coach.views.promises import commitments as views
from coach.views.table import json_row

if TYPE_CHECKING:
    from coach.engine.api.promises.commitments import CommitmentChange

Percent = Annotated[int, Field(ge=0, le=100, description="That it will close with a profit.")]


class CheckBody(RequestBody):
    """A trade that is not made yet."""

    symbol: Annotated[str, Field(description="Such as BTC-USD.")]
    side: Annotated[str, Field(description="buy or sell.")]
    quantity: Annotated[str, Field(description="In the base coin.")]
    price: Annotated[str | None, Field(description="Without it, that of the last fill.")] = None
    confidence: Percent | None = None


class ConfidenceBody(RequestBody):
    """How sure the trader is of an open trade."""

    confidence: Percent


class CommitmentBody(RequestBody):
    """What is signed, and for the breach of which rule; without one, of every rule."""

    text: Annotated[str, Field(description="What to read at a breach.")]
    rule: str | None = None


def check(call: ApiCall, body: CheckBody) -> ApiAnswer:
    """Say which of the trader's rules a trade would break; the check is kept."""
    quantity = exact("quantity", body.quantity) or Decimal(0)
    asked = check_api.CheckRequest(
        body.symbol, body.side, quantity, exact("price", body.price), body.confidence
    )
    found = check_api.check(call.session, asked)
    return ApiAnswer("check", json_row(rule_check_views.check(found)))


def give_confidence(call: ApiCall, body: ConfidenceBody, what: str) -> ApiAnswer:
    """Say how sure one is of an open trade."""
    trip = confidence_api.give(call.session, what, body.confidence)
    row = check_views.trade_confidence(trip, body.confidence)
    return ApiAnswer("confidence", json_row(row))


def sign(call: ApiCall, body: CommitmentBody) -> ApiAnswer:
    """Sign what is to be read at a breach."""
    change = commitments_api.sign(call.session, body.text, body.rule)
    return _commitment("commit write", change)


def remove_commitment(call: ApiCall, _: NoBody, commitment: str) -> ApiAnswer:
    """Remove a commitment."""
    number = commitment_number(commitment)
    return _commitment("commit remove", commitments_api.remove(call.session, number))


def restore_commitment(call: ApiCall, _: NoBody, commitment: str) -> ApiAnswer:
    """Bring a removed commitment back."""
    number = commitment_number(commitment)
    return _commitment("commit restore", commitments_api.restore(call.session, number))


def _commitment(command: str, change: "CommitmentChange") -> ApiAnswer:
    row = json_row(views.commitment(change.commitment))
    return ApiAnswer(command, row, views.unchanged_sentences(command, change))
