"""Parameters of routes: each has a type, and one that a route does not take is refused."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from coach.views.paging import MOST_ROWS

Limit = Annotated[int | None, Field(ge=1, le=MOST_ROWS, description="At most so many.")]
After = Annotated[str | None, Field(description="What comes after this one in the list.")]
Since = Annotated[str | None, Field(description="A day, a week, a time, or 30d for so long ago.")]
Until = Annotated[str | None, Field(description="Up to the end of it: a day, a week, a time.")]
Symbol = Annotated[str | None, Field(description="Only this one, such as BTC-USD.")]
Account = Annotated[str | None, Field(description="Only this one.")]
Bias = Annotated[str | None, Field(description="Only this habit.")]


class RouteQuery(BaseModel):
    """The parameters of a route."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(RouteQuery):
    """Which page of a list."""

    after: After = None
    limit: Limit = None


class NoQuery(RouteQuery):
    """No parameters."""
