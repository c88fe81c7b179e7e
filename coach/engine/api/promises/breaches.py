"""Where the trader's rules were broken, read as it is asked for and page by page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from coach.engine.api.pages import WHOLE_LIST, ListPage, no_such_row
from coach.engine.api.promises.rules import view
from coach.engine.api.session import Session
from coach.engine.store.promises import rules as store
from coach.model.rules import Breach, RuleId


def stream(
    session: Session,
    rule_id: str | None = None,
    since: datetime | None = None,
    page: ListPage = WHOLE_LIST,
) -> Iterator[Breach]:
    """Return breaches, oldest first: of one rule, from a time on, a page of them.

    They are read as they are asked for, over the connection of the session. A breach is named
    `rule_id:trade_id`; NotFound where no breach of the list has the name that `page` begins after.
    """
    if rule_id is not None:
        view(session, rule_id)
    chosen = store.BreachFilter(None if rule_id is None else RuleId(rule_id), since)
    behind = None if page.after is None else _place(session, chosen, page.after)
    chosen = replace(chosen, newest=page.newest, behind=behind, first=page.limit)
    return store.stream_breaches(session.connection, session.user.id, chosen)


def _place(session: Session, listed: store.BreachFilter, name: str) -> store.BreachPlace:
    rule, _, trade = name.rpartition(":")
    found = store.place_of_breach(session.connection, session.user.id, listed, rule, trade)
    if found is None:
        raise no_such_row(name)
    return found
