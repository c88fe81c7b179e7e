"""Bodies of routes: each field has a type, and one that a route does not take is refused."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from coach.errors import Invalid
from coach.model.numbers import typed_number
from coach.remedies import Field


class RequestBody(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoBody(RequestBody):
    """No body, or an empty object."""


def exact(field: Field, text: str | None) -> Decimal | None:
    """Return the number that a text names, as exact as it is written."""
    if text is None:
        return None
    value = typed_number(text)
    if value is None:
        raise Invalid(field, f"not {text!r}", "a number", example="2.5")
    return value
