"""What requests at the doors carry, as JSON or as a form of a page."""

from pydantic import BaseModel, ConfigDict

from coach.model.people.access import TOKEN_DAYS

LONGEST_TEXT = 1_000


class DoorBody(BaseModel):
    """A body that holds nothing but what is named; it is never quoted in an error."""

    model_config = ConfigDict(
        extra="forbid", hide_input_in_errors=True, str_max_length=LONGEST_TEXT
    )


class NothingBody(DoorBody):
    """Nothing."""


class SetUpBody(DoorBody):
    """The link's secret, and the first account; without a name it is the terminal's user."""

    token: str
    password: str
    name: str = ""
    zone: str = ""


class SignInBody(DoorBody):
    """A name, a password, and a code where the user has a second factor."""

    name: str
    password: str
    code: str = ""


class ConfirmationBody(DoorBody):
    """The password of whoever has signed in, and a code where they have a second factor."""

    password: str
    code: str = ""


class PasswordBody(DoorBody):
    """The new password."""

    password: str


class CodeBody(DoorBody):
    """A code of the device."""

    code: str


class TokenBody(DoorBody):
    """What a token is for, what it may ask, and for how many days; 0 is for ever."""

    label: str
    scope: str = "read"
    days: int = TOKEN_DAYS
