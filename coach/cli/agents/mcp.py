"""`coach mcp`: what coach knows, for an agent that speaks MCP; it only reads."""

from importlib.util import find_spec

import typer

from coach.cli.frame import frame_of
from coach.errors import Refused, UsageError

PACKAGE = "mcp"


def mcp(context: typer.Context) -> None:
    """Answer an agent over MCP, by stdin and stdout; this only reads.

    \b
      coach mcp          as the command of a server in your agent's settings

    Its tools are status, trades, habits, why, rules, breaches, digest, simulate and check. They
    write nothing, and none asks a broker. It needs coach[mcp]; coach help agents says more.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.model.machine.own_process import in_shared_process
    from coach.wiring import open_session

    frame = frame_of(context)
    if find_spec(PACKAGE) is None:
        raise Refused("pip install 'coach[mcp]'", what=f"the package {PACKAGE} is not installed")
    if frame.output.terminal or frame.output.json:
        hint = "name coach mcp as the command of a server in your agent's settings"
        raise UsageError(hint, what="coach mcp speaks to a program, and not to a terminal")
    settings = frame.settings
    with open_session(settings):
        pass
    from coach.cli.agents.protocol import serve

    in_shared_process(lambda: serve(lambda: open_session(settings)))
