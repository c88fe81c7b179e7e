"""Account statements as files: recognised by their header, read row by row."""

from coach.brokers.statements.sniffer import FORMATS, open_statement

__all__ = ["FORMATS", "open_statement"]
