"""What can go wrong where a backup or an export is written."""

from coach.errors import UnreadableFile


class UnwritableFile(UnreadableFile):
    """{file} cannot be written: {reason}"""  # noqa: D400, D415 -- its message
