"""Parameters of routes: each has a type, and one that a route does not take is refused."""

from collections import Counter
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection

from coach.engine.api.pages import ListPage
from coach.errors import UsageError
from coach.views.paging import MOST_ROWS, list_page

Limit = Annotated[int | None, Field(ge=1, le=MOST_ROWS, description="At most so many.")]
After = Annotated[str | None, Field(description="What comes after this one in the list.")]
Last = Annotated[
    int | None,
    Field(ge=1, le=MOST_ROWS, description="The newest so many, without limit and after."),
]
Since = Annotated[str | None, Field(description="A day, a week, a time, or 30d for so long ago.")]
Until = Annotated[str | None, Field(description="Up to the end of it: a day, a week, a time.")]
Symbol = Annotated[str | None, Field(description="Only this one, such as BTC-USD.")]
Account = Annotated[str | None, Field(description="Only this one.")]
Bias = Annotated[str | None, Field(description="Only this habit.")]


class RouteQuery(BaseModel):
    """The parameters of a route."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def refuse_repeated(request: HTTPConnection, query: type[RouteQuery]) -> None:
    """Refuse a parameter that stands twice in an address and is no list: UsageError."""
    lists = {name for name, one in query.model_fields.items() if one.annotation == tuple[str, ...]}
    given = Counter(name for name, _ in request.query_params.multi_items())
    if twice := [name for name, times in given.items() if times > 1 and name not in lists]:
        raise UsageError("give each once", what=f"the address has {twice[0]!r} twice")


async def refuse_every(request: HTTPConnection) -> None:
    """Refuse an address with parameters, where a route reads none: UsageError."""
    if request.query_params:
        names = ", ".join(dict.fromkeys(request.query_params))
        hint = "what it takes stands in its body: GET /openapi.json"
        raise UsageError(hint, what=f"this route takes no parameters in its address, not {names}")


class PageQuery(RouteQuery):
    """Which page of a list."""

    after: After = None
    limit: Limit = None


class OwnPageQuery(PageQuery):
    """Which page of a list, where no more is read than that page."""


class NewestQuery(OwnPageQuery):
    """Which page of a list, or its newest rows."""

    last: Last = None

    @property
    def page(self) -> ListPage:
        """The page; UsageError where the newest rows are asked for beside one."""
        return list_page(self.after, self.limit, self.last)


class NoQuery(RouteQuery):
    """No parameters."""
