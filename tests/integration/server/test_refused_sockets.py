"""A socket that is refused before it opens: an answer of HTTP, and no error in the log."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from coach.server.app import ServerParts
from coach.server.log import logging_to
from tests.integration.server.listening import PATIENCE, listening


def test_a_socket_of_another_site_is_refused_without_an_error_in_the_log(
    parts: ServerParts, tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "serve.log"
    with logging_to(file, lambda: now), listening(parts) as (host, port):
        address, origin = f"ws://{host}:{port}/ws/coach", Origin("http://evil.test")
        with pytest.raises(InvalidStatus) as refused:
            connect(address, origin=origin, open_timeout=PATIENCE)
    assert refused.value.response.status_code == 403
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["what"] for line in lines if line["event"] == "security"] == ["request refused"]
    assert not [line for line in lines if line["level"] == "error"]
