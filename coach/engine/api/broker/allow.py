"""Connecting an account by what somebody allows on the broker's own page (OAuth, with PKCE).

What goes there and comes back is a flow, which whoever began it keeps: nothing is stored before the
account is connected. Who is cut off begins again and ends where they would have ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.brokers.oauth.flow import (
    AuthorizationFlow,
    code_of,
    flow_answered,
    new_flow,
    query_of,
)
from coach.engine.api import accounts
from coach.model.accounts import check_account_name

if TYPE_CHECKING:
    from coach.brokers.oauth.service import TokenService
    from coach.engine.api.accounts import AccountSummary
    from coach.engine.api.session import Session

__all__ = ["AuthorizationFlow", "GrantRequest", "flow_answered", "new_flow", "query_of"]


@dataclass(frozen=True, slots=True)
class GrantRequest:
    """What is to be connected; the account has the broker's name unless it is given another.

    An empty `base_url` is the broker's own address.
    """

    broker: str
    account: str = ""
    base_url: str = ""

    @property
    def name(self) -> str:
        """Return the name of the account."""
        return self.account or self.broker


def authorization_url(session: Session, request: GrantRequest, flow: AuthorizationFlow) -> str:
    """Return the address of the broker's page; nobody is asked yet.

    Invalid where coach is not registered there, or the account may not be called so.
    """
    check_account_name(request.name)
    return _service(session, request.broker).authorization_url(flow)


def connect(
    session: Session, request: GrantRequest, flow: AuthorizationFlow, query: str
) -> AccountSummary:
    """Connect an account by the query of the address that somebody came back to.

    Refused where nothing was allowed, or the answer is another flow's; KeyCanDoTooMuch where more
    was allowed than reading, which is ended at the broker.
    """
    from coach.engine.imports.grants import check_grant

    check_account_name(request.name)
    service = _service(session, request.broker)
    code = code_of(flow, query, service.client.login_url)
    with accounts.refusals_audited(session, request.name):
        checked = check_grant(service, service.exchange(flow, code), request.base_url)
    return accounts.keep_connection(session, checked, request.name, request.base_url)


def _service(session: Session, broker: str) -> TokenService:
    from coach.engine.imports.grants import token_service

    return token_service(broker, session.broker_clients.get(broker), session.clock)
