"""What the bytes of a file are: an encoding to read it in, or the name of what it is instead."""

import codecs
from pathlib import Path

HEAD = 65_536

_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1a")
_FEWEST_NULS_OF_BINARY = 0.3
_FEWEST_CONTROLS_OF_BINARY = 0.05


def head(path: Path) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(HEAD)


def not_text(start: bytes) -> str:
    """Return what a file that is no text looks like, or nothing when it is text."""
    if not start.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return "an empty file"
    for signature, name in _SIGNATURES:
        if start.startswith(signature):
            return name
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ""
    nuls = start.count(0)
    controls = sum(byte < ord(" ") and byte not in _TEXT_CONTROLS for byte in start) - nuls
    if nuls > _FEWEST_NULS_OF_BINARY * len(start):
        return "a binary file"
    return "a binary file" if controls > _FEWEST_CONTROLS_OF_BINARY * len(start) else ""


def markup(text: str) -> str:
    """Return what a text that is no table looks like, or nothing."""
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    if start.startswith(("{", "[")):
        return "JSON"
    if start.startswith("<"):
        return "a web page" if "html" in start else "XML"
    return ""


def encoding(start: bytes) -> str:
    """Return UTF-8 or UTF-16 where the bytes say so, else the Windows encoding of old exports."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
