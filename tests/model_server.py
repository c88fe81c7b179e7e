"""A language model that is none: it speaks the OpenAI protocol over real HTTP, on loopback.

Its moods are what real servers do, well and badly. The first six are the traps of local servers
that answer 200 and say nothing of it. It keeps each request as it came.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Mood = Literal[
    "cut",
    "thinking",
    "unconstrained",
    "grammar",
    "clash",
    "moody",
    "well",
    "unknown field",
    "down",
    "busy",
    "refused",
    "no json",
    "no choices",
    "redirect",
    "huge",
    "gone",
]
Sentences = list[tuple[str, str]]
CONTEXT = 4_096


@dataclass
class ModelServer:
    """A running server: where it is, how it behaves, what it says, and what it was asked."""

    url: str = ""
    mood: Mood = "well"
    says: Sentences = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Serve until the block ends."""
    server = ModelServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(server))
    server.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def handler_of(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            server.raw.append(raw)
            server.asked.append(json.loads(raw))
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, body = answer(server, self.path)
            if server.mood == "gone":
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if server.mood == "redirect":
                self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    return Handler


def answer(server: ModelServer, path: str) -> tuple[int, bytes]:
    """Return the status and the body that the server's mood gives."""
    if path != "/v1/chat/completions":
        return 404, b"{}"
    fields = server.asked[-1].keys()
    plain: dict[Mood, tuple[int, bytes]] = {
        "down": (503, b"{}"),
        "busy": (429, b"{}"),
        "refused": (401, b'{"error": {"message": "bad key"}}'),
        "no json": (200, b"<html>welcome</html>"),
        "no choices": (200, b'{"choices": []}'),
        "redirect": (302, b""),
        "huge": (200, b" " * 2_000_000),
        "gone": (200, b""),
    }
    if server.mood in plain:
        return plain[server.mood]
    if server.mood == "unknown field" and "reasoning_effort" in fields:
        return 400, b'{"error": {"message": "unknown field reasoning_effort"}}'
    return 200, json.dumps(completion(server)).encode()


def completion(server: ModelServer) -> dict[str, Any]:
    """Return a completion; what it says depends on the mood."""
    said = json.dumps(
        {"sentences": [{"text": text, "claim": claim} for text, claim in server.says]}
    )
    spoken: dict[Mood, Callable[[], str]] = {
        "thinking": lambda: "",
        "unconstrained": lambda: "You should really look at your trades, all 14 of them.",
        "grammar": lambda: json.dumps({"answer": "You lost 3,460.25 USD.", "sentences": "none"}),
        "clash": lambda: f"<think>They lost much.</think>\n{said}",
        "moody": lambda: said.replace("That", f"{'And ' * len(server.asked)}that"),
    }
    total = CONTEXT if server.mood == "cut" else 900
    message = {"role": "assistant", "content": spoken.get(server.mood, lambda: said)()}
    if server.mood == "thinking":
        message["reasoning"] = said
    return {
        "id": "made-up",
        "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 800, "completion_tokens": total - 800, "total_tokens": total},
    }
