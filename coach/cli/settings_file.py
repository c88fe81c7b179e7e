"""The settings file, as commands read and write it."""

from pathlib import Path
from typing import TYPE_CHECKING

from coach.cli.frame import Frame
from coach.cli.output_file import writing
from coach.errors import ConfigError
from coach.model.machine.home import private_folder
from coach.model.machine.inputs import read_small_text
from coach.settings.file import CONFIG_FILE

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


def file_of(frame: Frame) -> Path:
    """Return where the file is, or would be."""
    return frame.home.config / CONFIG_FILE


def document_of(frame: Frame) -> "TOMLDocument":
    """Read the file; ConfigError where it is no TOML."""
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        return tomlkit.parse(read_small_text(file_of(frame)))
    except FileNotFoundError:
        return tomlkit.document()
    except (ParseError, OSError, UnicodeDecodeError) as trouble:
        raise ConfigError(name=str(file_of(frame)), what=str(trouble)) from trouble


def keep_document(frame: Frame, document: "TOMLDocument") -> None:
    """Write the file whole, with the comments that its owner wrote."""
    import tomlkit

    from coach.files import write_private

    file = file_of(frame)
    with writing(file, of_home=True):
        private_folder(file.parent)
        write_private(file, tomlkit.dumps(document).encode())
