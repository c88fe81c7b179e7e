"""Channels that digests are sent by: added by whoever runs coach, tried and removed by their user.

A channel makes this server call another one. So nobody who was merely given an account names its
address, as nobody else names that of a broker.
"""

from typing import Annotated

from pydantic import Field

from coach.engine.api.notify import channels as channels_api
from coach.engine.api.notify import deliveries
from coach.errors import UsageError
from coach.model.machine.secrets import Secret
from coach.model.notifications.channels import ChannelKind
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.writes.body import NoBody, RequestBody
from coach.server.writes.route import MADE, WriteRoute
from coach.views.notifications import channels as views
from coach.views.table import json_row

OWNER_ALONE = "whoever runs coach adds it, here or by coach notify add"
OWN_KEY = "write one on a second line, since an answer that is kept shows no secret"


class ChannelBody(RequestBody):
    """A channel; its secret is sealed and never shown again."""

    name: Annotated[str, Field(description="What you call it.")]
    kind: ChannelKind
    secret: Annotated[
        str,
        Field(
            description="A password for mail; else the address, and on a second line the token of"
            " a topic or the key of a webhook's signatures.",
            repr=False,
        ),
    ] = ""
    to: Annotated[str, Field(description="Mail: who gets it.")] = ""
    sender: Annotated[str, Field(description="Mail: who it is from; else `to`.")] = ""
    host: Annotated[str, Field(description="Mail: the server.")] = ""
    port: Annotated[int, Field(description="Mail: 587 unless given.")] = 0
    user: Annotated[str, Field(description="Mail: the user name there.")] = ""
    security: Annotated[str, Field(description="Mail: tls, starttls or none.")] = ""
    quiet_hours: Annotated[str, Field(description="When nothing is sent, or none.")] = (
        channels_api.USUAL_QUIET
    )


def add_channel(call: ApiCall, body: ChannelBody) -> ApiAnswer:
    """Add a channel in place of one of the same name, where you are who runs coach."""
    if not call.is_of_owner:
        raise UsageError(OWNER_ALONE, what="a channel is not added by you")
    if body.kind == "webhook" and not body.secret.strip().partition("\n")[2].strip():
        raise UsageError(OWN_KEY, what="a webhook takes a key of yours for its signatures")
    mail = channels_api.MailServer(
        body.host, body.port, body.security, body.user, body.sender, body.to
    )
    secret = Secret(body.secret.strip())
    request = channels_api.ChannelRequest(body.name, body.kind, secret, mail, body.quiet_hours)
    added = channels_api.add(call.session, request)
    return ApiAnswer("notify add", json_row(views.new_channel(added)))


def try_channel(call: ApiCall, _: NoBody, channel: str) -> ApiAnswer:
    """Send a short test by a channel, at whatever time."""
    made = deliveries.send_test(call.session, channel)
    return ApiAnswer("notify test", json_row(views.delivery(made)))


def remove_channel(call: ApiCall, _: NoBody, channel: str) -> ApiAnswer:
    """Forget a channel and its secret; the log stays."""
    gone = channels_api.remove(call.session, channel)
    return ApiAnswer("notify remove", json_row(views.channel(gone)))


class QuietBody(RequestBody):
    """When nothing is sent by a channel."""

    quiet_hours: Annotated[str, Field(description="A span as 22:00-07:00, or none.")]


def set_quiet(call: ApiCall, body: QuietBody, channel: str) -> ApiAnswer:
    """Change the quiet hours of a channel."""
    made = channels_api.set_quiet(call.session, channel, body.quiet_hours)
    return ApiAnswer("notify quiet-hours", json_row(views.channel(made)))


def resend(call: ApiCall, _: NoBody, delivery: str) -> ApiAnswer:
    """Send a digest once more by its channel, at whatever time."""
    made = deliveries.send_again(call.session, delivery)
    return ApiAnswer("notify resend", json_row(views.delivery(made)))


ROUTES = (
    WriteRoute("POST", "/api/channels", "new-channel", add_channel, ChannelBody, MADE),
    WriteRoute("PATCH", "/api/channels/{channel}", "channel", set_quiet, QuietBody),
    WriteRoute("DELETE", "/api/channels/{channel}", "channel", remove_channel),
    WriteRoute("POST", "/api/channels/{channel}/test", "delivery", try_channel, calls_out=True),
    WriteRoute("POST", "/api/deliveries/{delivery}/resend", "delivery", resend, calls_out=True),
)
