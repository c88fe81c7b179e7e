"""Connecting a broker by its page: a browser comes back here, or somebody pastes where it ended."""

import sys
from typing import TYPE_CHECKING

from coach.cli.connecting.loopback import PATH, listening
from coach.cli.serving.browser import open_address
from coach.errors import UsageError
from coach.model.machine.listening import LOOPBACK

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.engine.api.accounts import AccountSummary
    from coach.engine.api.broker.allow import AuthorizationFlow, GrantRequest

LONGEST_LINE = 10_000


def connect_here(frame: "Frame", request: "GrantRequest", port: int) -> "AccountSummary":
    """Connect by a browser on this machine, which comes back by itself."""
    from coach.engine.api.broker import allow

    with listening(request.broker, port) as listener:
        flow = allow.new_flow(listener.redirect_uri)
        listener.expect(lambda query: allow.flow_answered(flow, query))
        url = _page(frame, request, flow)
        frame.talk.instruct("open this address in a browser on this machine:", url)
        open_address(url)
        query = listener.wait()
    return _connected(frame, request, flow, query)


def connect_by_paste(frame: "Frame", request: "GrantRequest", port: int) -> "AccountSummary":
    """Connect by a browser anywhere: the page it ends at does not open, and its address is pasted.

    The address is read from the terminal or from standard input, and never stands in a command.
    """
    from coach.engine.api.broker import allow

    if port == 0:
        what = "a browser elsewhere comes back to no port that is only free here"
        raise UsageError("leave --port 0 out", what=what)
    flow = allow.new_flow(f"http://{LOOPBACK}:{port}{PATH}{request.broker}")
    url = _page(frame, request, flow)
    frame.talk.instruct("open this address in a browser, on any machine:", url)
    frame.talk.ask("then paste the address that it ends at, though nothing opens there:", "")
    pasted = sys.stdin.readline(LONGEST_LINE) if sys.stdin else ""
    if not pasted.strip():
        raise UsageError("run the same command again", what="no address was pasted")
    return _connected(frame, request, flow, allow.query_of(pasted))


def _page(frame: "Frame", request: "GrantRequest", flow: "AuthorizationFlow") -> str:
    from coach.engine.api.broker import allow

    with frame.session(create=True) as session:
        return allow.authorization_url(session, request, flow)


def _connected(
    frame: "Frame", request: "GrantRequest", flow: "AuthorizationFlow", query: str
) -> "AccountSummary":
    from coach.engine.api.broker import allow

    with frame.session(create=True) as session:
        return allow.connect(session, request, flow, query)
