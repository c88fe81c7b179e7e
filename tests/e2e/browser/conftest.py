"""A Chromium, a server, and pages of other sites that reach for it."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.cli.server.conftest import RunningServer, running_server
from tests.e2e.homes import remove_database

EVIL, REBOUND = "evil.test", "rebound.test"
NAMES = f"MAP {EVIL} 127.0.0.1, MAP {REBOUND} 127.0.0.1"
PAGE = b"<!doctype html><title>a page of another site</title>"


class PageHandler(BaseHTTPRequestHandler):
    """Serves an empty page, whatever it is asked for."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library names it
        """Say nothing."""


@dataclass
class Neighbour:
    """Another program of this machine that serves pages, on a port of its own."""

    server: ThreadingHTTPServer = field(
        default_factory=lambda: ThreadingHTTPServer(("127.0.0.1", 0), PageHandler)
    )

    @cached_property
    def port(self) -> int:
        """Return the port that it listens on."""
        return int(self.server.server_address[1])


@pytest.fixture(scope="module")
def neighbour() -> Iterator[Neighbour]:
    found = Neighbour()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with own_server(tmp_path_factory.mktemp("home")) as running:
        yield running


@contextmanager
def own_server(home: Path, settings: Mapping[str, str] | None = None) -> Iterator[RunningServer]:
    """Run a server in a home of its own; the database of that home ends with it."""
    try:
        with running_server(home, settings=settings) as running:
            yield running
    finally:
        remove_database(home)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    own = str(tmp_path_factory.mktemp("browser"))  # it keeps caches and reports in its user's home
    folders = {"HOME": own, "XDG_CONFIG_HOME": own, "XDG_CACHE_HOME": own, "XDG_DATA_HOME": own}
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=which("chromium"),
            args=["--no-sandbox", f"--host-resolver-rules={NAMES}"],
            env={**os.environ, **folders},
        )
        yield found
        found.close()
