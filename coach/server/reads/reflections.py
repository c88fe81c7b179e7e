"""What the Rational Future Self was asked and answered, what is asked of a model, what it cost."""

from typing import Annotated

from pydantic import Field

from coach.engine.api.reflection import reflect as api
from coach.engine.api.reflection import usage as usage_api
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery, RouteQuery
from coach.views.reflections import reflection as views
from coach.views.reflections import usage as costs
from coach.views.table import json_row, rows

MOST: int = 200


class ReflectionsQuery(RouteQuery):
    """How many of the newest."""

    last: Annotated[int, Field(ge=1, le=MOST, description="The newest so many.")] = 20


class UsageQuery(RouteQuery):
    """How far to look back."""

    days: Annotated[int, Field(ge=1, le=usage_api.LONGEST_DAYS, description="Days.")] = 30


def reflections(call: ApiCall, query: ReflectionsQuery) -> ApiAnswer:
    """Return what was asked and answered, oldest first."""
    found = api.newest(call.session, query.last)
    return ApiAnswer("reflect list", list(rows([views.reflection(one) for one in found])))


def reflection(call: ApiCall, _: NoQuery, reflection: str) -> ApiAnswer:
    """Return one answer."""
    found = api.find(call.session, reflection)
    return ApiAnswer("reflect", json_row(views.reflection(found)))


def usage(call: ApiCall, query: UsageQuery) -> ApiAnswer:
    """Return what a language model cost, by day."""
    found = usage_api.usage(call.session, query.days)
    return ApiAnswer("reflect usage", json_row(costs.usage(found)))
