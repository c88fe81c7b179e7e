"""What a follower says: in the address of its stream, and later over its socket."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from coach.engine.api.live.streams import ResumeRequest
from coach.server.reads.query import RouteQuery

LONGEST_ID = 64
MOST_IN_BATCH = 256


class StreamQuery(RouteQuery):
    """Where a stream goes on."""

    last_event_id: Annotated[
        str,
        Field(
            alias="lastEventId",
            max_length=LONGEST_ID,
            description="The id of the last event you have; without one, the next event is first.",
        ),
    ] = ""
    epoch: Annotated[
        str, Field(max_length=LONGEST_ID, description="The epoch of that event, if you know it.")
    ] = ""

    def request(self) -> ResumeRequest:
        """Return where to go on."""
        return ResumeRequest(self.last_event_id, self.epoch)


class SocketQuery(StreamQuery):
    """The same, the name under which acknowledgements are kept, and frames in one message.

    `batch` is how many frames a message has at most; it is an array of them then, also of one.
    """

    device: str = ""
    batch: Annotated[int, Field(ge=0, le=MOST_IN_BATCH)] = 0


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AckMessage(_Message):
    """The follower has applied all events up to a number."""

    type: Literal["ack"]
    seq: int


class ResumeMessage(_Message):
    """The follower wants to go on elsewhere."""

    type: Literal["resume"]
    last_event_id: Annotated[str, Field(alias="lastEventId", max_length=LONGEST_ID)] = ""
    epoch: Annotated[str, Field(max_length=LONGEST_ID)] = ""

    def request(self) -> ResumeRequest:
        """Return where to go on."""
        return ResumeRequest(self.last_event_id, self.epoch)


MESSAGES: TypeAdapter[AckMessage | ResumeMessage] = TypeAdapter(
    Annotated[AckMessage | ResumeMessage, Field(discriminator="type")]
)


def parse_message(text: str) -> AckMessage | ResumeMessage:
    """Return what a follower says; ValueError where that is nothing it may say."""
    return MESSAGES.validate_json(text)
