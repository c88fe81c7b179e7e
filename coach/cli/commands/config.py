"""`coach config`: settings, who made them, and the file that keeps them."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import Frame, frame_of
from coach.cli.lazy import sub_app
from coach.cli.reflect.tone import USUAL, drop_own, own_settings, write_own
from coach.cli.settings_file import document_of, file_of, keep_document
from coach.cli.show.answers import Answer
from coach.errors import CoachError, ConfigError, NotInitialised, UsageError
from coach.settings.keys import key_named, nearest
from coach.settings.redaction import redact
from coach.settings.values import Setting
from coach.views.table import Column, Table, json_row, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.model.rules import PendingSetting

app = sub_app("Settings, and who made them.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The setting.")]


@app.command("list")
def every(
    context: typer.Context,
    show_origin: Annotated[bool, typer.Option("--show-origin", help="Say who set it.")] = False,
) -> None:
    """List the settings; with --show-origin also who made each."""
    frame = frame_of(context)
    values = rows(
        [
            {"name": made.name, "value": redact(made.value), "origin": made.origin}
            for made in (*in_force(frame, frame.settings.origins), *own_settings(frame))
        ]
    )
    columns: tuple[Column, ...] = (Column("name", "setting"), Column("value", "value"))
    if show_origin:
        columns += (Column("origin", "set by"),)
    frame.show(Answer("config list", list(values), Table(columns, values)))


@app.command("get")
def one(context: typer.Context, name: Name) -> None:
    """Print one setting, and nothing else."""
    frame = frame_of(context)
    named = [made for made in frame.settings.origins if made.name == name]
    if name in USUAL:
        named = [made for made in own_settings(frame) if made.name == name]
    if not named:
        raise UsageError(nearest(name), what=f"no setting {name!r}")
    [made] = in_force(frame, named)
    value = redact(made.value)
    data = rows([{"name": name, "value": value, "origin": made.origin}])[0]
    frame.show(Answer("config get", data, text=value))


@app.command("set")
def write(
    context: typer.Context,
    name: Name,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="What it shall be.")],
) -> None:
    """Write a setting: your own to the database, others to the file.

    Zone, tone, persona and base_currency are your own. Your days and weeks are cut in another zone
    from then on, and rules and habits are judged anew. While a locked rule counts days or hours
    that waits for its lock. Before there is a database the zone is written into the file, for the
    first user.
    """
    frame = frame_of(context)
    if name in USUAL:
        frame.show(write_own(frame, name, value))
        return
    key_named(name).check(value, "config set")
    if name == "zone" and (moved := _moved(frame, value)) is not None:
        frame.show(moved)
        return
    document = document_of(frame)
    document[name] = value
    keep_document(frame, document)
    data = rows([{"name": name, "value": redact(value), "file": str(file_of(frame))}])[0]
    frame.show(Answer("config set", data, text=f"{name} = {redact(value)}"))


@app.command("unset")
def drop(context: typer.Context, name: Name) -> None:
    """Take a setting out of the config file; the default stands again."""
    frame = frame_of(context)
    if name in USUAL:
        frame.show(drop_own(frame, name))
        return
    key_named(name)
    document = document_of(frame)
    was_there = document.pop(name, None) is not None
    if was_there:
        keep_document(frame, document)
    data = rows([{"name": name, "was_set": was_there, "file": str(file_of(frame))}])[0]
    sentence = f"{name} is unset" if was_there else f"{name} was not set"
    if name == "zone" and (own := _users_zone(frame)) is not None:
        sentence = f"{sentence} for new users; {own.origin} stays in {own.value}"
    frame.show(Answer("config unset", data, text=sentence))


@app.command("path")
def path(context: typer.Context) -> None:
    """Print where the config file is, or would be."""
    frame = frame_of(context)
    home = frame.home
    data = rows(
        [
            {
                "file": str(file_of(frame)),
                "config": str(home.config),
                "data": str(home.data),
                "state": str(home.state),
                "cache": str(home.cache),
            }
        ]
    )[0]
    frame.show(Answer("config path", data, text=str(file_of(frame))))


def in_force(frame: Frame, origins: "Sequence[Setting]") -> "list[Setting]":
    """Return the settings that count: the zone is the user's own where there is one."""
    if not any(made.name == "zone" for made in origins):
        return list(origins)
    own = _users_zone(frame)
    return [own if own is not None and made.name == "zone" else made for made in origins]


def _users_zone(frame: Frame) -> "Setting | None":
    """Return the zone of the user, None where no database says it."""
    from coach.wiring import open_session

    try:
        with open_session(frame.settings) as session:
            return Setting("zone", session.user.zone, f"user {session.user.name}")
    except CoachError:
        return None


def _moved(frame: Frame, zone: str) -> Answer | None:
    """Move the user into a zone, or let that wait; None where there is no database yet."""
    from coach.engine.api import users
    from coach.engine.api.promises import pending_settings
    from coach.views.promises.waiting import zone_setting

    try:
        with frame.session() as session:
            warnings = users.set_zone(session, zone)
            held = pending_settings.waiting(session)
    except (NotInitialised, ConfigError):  # a file that makes no sense is mended by this command
        return None
    name = session.user.name
    waiting = next((one for one in held if one.name == "zone"), None)
    if waiting is not None:
        return _waits(waiting, name, frame.zone)
    data = json_row(zone_setting(name, zone, None))
    return Answer("config set", data, text=f"zone = {zone} for user {name}", warnings=warnings)


def _waits(waiting: "PendingSetting", user: str, zone: str) -> Answer:
    """Return the zone that stands, and until when locked rules hold another one back."""
    from coach.cli.rules.answers import setting_hints
    from coach.views.promises.waiting import zone_setting

    data = json_row(zone_setting(user, zone, waiting))
    text = f"zone = {waiting.was} for user {user}"
    return Answer("config set", data, text=text, hints=setting_hints(waiting, zone))
