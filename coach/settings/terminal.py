"""The screen that the environment describes, and the editor that it names."""

from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class Terminal:
    """What the environment says about the screen; a `dumb` one cannot move its cursor.

    `accessible`: it is read aloud or by touch, so nothing may depend on where it stands.
    """

    color: bool
    width: int
    dumb: bool = False
    accessible: bool = False


@dataclass(frozen=True, slots=True)
class SecretsEditor:
    """The command that edits secrets (empty: any editor), and the user's folder in memory."""

    command: str
    runtime: str
