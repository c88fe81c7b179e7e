"""Writing what is yours into a folder, as `coach export` does."""

from pathlib import Path
from typing import TYPE_CHECKING

from coach.advice.exports.nouns import exported_nouns
from coach.engine.api.exports import exports
from coach.errors import CoachError
from coach.tui.desk import told
from coach.tui.prompts.choice import ChoicePrompt
from coach.tui.prompts.line import LinePrompt
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from typing import Any

    from textual.app import App

    from coach.tui.desk import Desk

FORMATS = (
    ("c", "csv"),
    ("j", "json"),
    ("x", "xlsx"),
    ("b", "beancount"),
    ("h", "hledger"),
    ("a", "archive"),
)


async def write_export(app: "App[Any]", desk: "Desk") -> None:
    """Ask for a format and a new folder, and write an export there; say what came of it."""
    letter = await app.push_screen_wait(ChoicePrompt("Export what is yours as", FORMATS))
    if letter is None:
        return
    typed = await app.push_screen_wait(LinePrompt("Into which new folder?"))
    if not typed or not typed.strip():
        return
    folder, form = _folder_named(typed), dict(FORMATS)[letter]
    desk.say("exporting ...")
    try:
        made = await desk.threads.change(
            lambda session: exports.write(session, folder, [form], exported_nouns)
        )
    except CoachError as trouble:
        desk.say(told(trouble))
        return
    desk.say(f"exported {counted(len(made.manifest.files), 'file')} into {folder}")


def _folder_named(typed: str) -> Path:
    return Path(typed.strip()).expanduser()
