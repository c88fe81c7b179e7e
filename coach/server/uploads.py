"""A file that is uploaded as a form: written to a private file while it comes.

The file and the fields of the form may come in any order. What is not the file is kept in memory,
within a limit.
"""

import shutil
from dataclasses import dataclass, field
from email.message import Message
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from coach.errors import UsageError
from coach.server.strict_bodies import is_storable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

FORM = "multipart/form-data"
FILE = "file"
LONGEST_FIELD = 8000
"""Bytes; the longest names a file's columns."""
LONGEST_NAME = 255
MOST_PARTS = 20
TOO_LARGE = 413
HOW = "curl -F file=@FILE"


@dataclass(slots=True)
class UploadedForm:
    """A form as it was read: its fields, and what became of its file."""

    copy: BinaryIO
    room: int
    fields: dict[str, str] = field(default_factory=dict)
    file_name: str | None = None
    digest: Any = field(default_factory=sha256)
    size: int = 0


class FormReader:
    """Takes a form apart, piece by piece."""

    def __init__(self, form: UploadedForm, boundary: str) -> None:
        self._form = form
        self._headers: dict[str, bytes] = {}
        self._header = (bytearray(), bytearray())
        self._name = ""
        self._text = bytearray()
        self._parts = 0
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._read_header_name,
                "on_header_value": self._read_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._read_data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def write(self, piece: bytes) -> None:
        """Read a further piece of the body."""
        try:
            self._parser.write(piece)
        except FormParserError as trouble:
            raise _no_form(trouble) from trouble

    def finish(self) -> None:
        """Note that the body has ended; UsageError where the form has not."""
        if not self._ended:
            raise UsageError(HOW, what="the body ends before the form does")

    def _begin_part(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise UsageError(HOW, what=f"the form has more than {MOST_PARTS} parts (limit)")
        self._headers, self._text = {}, bytearray()

    def _read_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def _read_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def _end_header(self) -> None:
        name, value = self._header
        self._headers[name.decode("latin-1").lower()] = bytes(value)
        self._header = (bytearray(), bytearray())

    def _end_headers(self) -> None:
        disposition = Message()
        text = self._headers.get("content-disposition", b"").decode("utf-8", "replace")
        disposition["content-disposition"] = text
        name = disposition.get_param("name", header="content-disposition")
        self._name = name if isinstance(name, str) else ""
        if self._name in self._form.fields or (
            self._name == FILE and self._form.file_name is not None
        ):
            raise UsageError(HOW, what=f"the form has {self._name!r} twice")
        if self._name == FILE:
            self._form.file_name = _file_name(disposition.get_filename() or "")

    def _read_data(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        if self._name == FILE:
            self._keep(piece)
            return
        self._text += piece
        if len(self._text) > LONGEST_FIELD:
            what = f"field {self._name!r} is longer than {LONGEST_FIELD} bytes (limit)"
            raise UsageError(HOW, what=what)

    def _keep(self, piece: bytes) -> None:
        form = self._form
        form.size += len(piece)
        if form.size > form.room:
            what = f"the file is larger than half of the free space: {form.room:,} bytes (limit)"
            raise HTTPException(TOO_LARGE, what, {"Connection": "close"})
        form.digest.update(piece)
        form.copy.write(piece)

    def _end_part(self) -> None:
        if self._name == FILE:
            return
        try:
            text = self._text.decode()
        except UnicodeDecodeError as trouble:
            raise UsageError(HOW, what=f"field {self._name!r} is not UTF-8") from trouble
        if not is_storable(text):
            raise UsageError(HOW, what=f"field {self._name!r} holds a NUL")
        self._form.fields[self._name] = text

    def _end(self) -> None:
        self._ended = True


async def read_form(request: "Request", copy: BinaryIO) -> UploadedForm:
    """Read the form of a request, its file into `copy`; UsageError where it is none."""
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    boundary = header.get_param("boundary")
    if header.get_content_type() != FORM or not isinstance(boundary, str) or not boundary:
        raise UsageError(HOW, what=f"a file comes as {FORM}")
    room = shutil.disk_usage(Path(copy.name).parent).free // 2
    form = UploadedForm(copy, room)
    try:
        reader = FormReader(form, boundary)
    except FormParserError as trouble:
        raise _no_form(trouble) from trouble
    async for piece in request.stream():
        await run_in_threadpool(reader.write, piece)
    reader.finish()
    if form.file_name is None:
        raise UsageError(HOW, what="the form has no file")
    copy.flush()
    return form


def _file_name(given: str) -> str:
    """Return what to call a file that has this name, of whatever system; UsageError where none."""
    if not is_storable(given):
        raise UsageError(HOW, what="the name of the file holds a NUL or half of a character")
    name = Path(given.replace("\\", "/")).name or "upload"
    if len(name) > LONGEST_NAME:
        what = f"the name of the file is longer than {LONGEST_NAME} characters (limit)"
        raise UsageError(HOW, what=what)
    return name


def _no_form(trouble: FormParserError) -> UsageError:
    return UsageError(HOW, what=f"the body is not a form: {trouble}")


def content_of(form: UploadedForm) -> "Mapping[str, Any]":
    """Return what makes this form the same as another one."""
    return {**form.fields, FILE: [form.file_name, form.digest.hexdigest()]}
