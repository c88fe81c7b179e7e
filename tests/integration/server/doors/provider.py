"""A provider of sign-ins on this machine, whose every answer a test can spoil."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

HERE = "http://127.0.0.1:8321"
SUBJECT = "248289761001"
CLIENT, PASSWORD = "coach-at-home", "canary of the client"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
STRANGER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})

Claims = dict[str, Any]


@dataclass
class Grant:
    """What a code stands for."""

    asked: dict[str, str]
    subject: str


@dataclass
class Provider:
    """A provider that does all that the protocol asks for, but where a test spoils it."""

    clock: Callable[[], datetime]
    server: ThreadingHTTPServer
    grants: dict[str, Grant] = field(default_factory=dict)
    description: Claims = field(default_factory=dict)
    spoil: Callable[[Claims], None] = lambda _claims: None
    sign: Callable[[Claims], str] | None = None
    auth_age_s: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """Return its name, which is its address."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/home"

    def approve(self, url: str, subject: str) -> str:
        """Let somebody in who was sent here; return where their browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.grants)}"
        self.grants[code] = Grant(asked, subject)
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?code={code}&state={asked['state']}"

    def described(self) -> Claims:
        """Return the description of itself."""
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return found | self.description

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """Return what a code is exchanged for; a code counts once."""
        wanted = base64.b64encode(f"{CLIENT}:{PASSWORD}".encode()).decode()
        grant = self.grants.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = _base64(digest)
        in_form = form.get("client_id") == CLIENT and form.get("client_secret") == PASSWORD
        if authorization != f"Basic {wanted}" and not in_form:
            return 401, {"error": "invalid_client"}
        if grant is None or challenge != grant.asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != grant.asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self.token(grant)}

    def token(self, grant: Grant) -> str:
        """Return an ID token."""
        now = int(self.clock().timestamp())
        claims: Claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": grant.subject,
            "iat": now,
            "exp": now + 300,
            "nonce": grant.asked["nonce"],
            "auth_time": now - self.auth_age_s,
        }
        self.spoil(claims)
        return self.sign(claims) if self.sign else signed(claims)


def signed(claims: Claims, key: RSAKey = KEY) -> str:
    """Return a token as the provider signs it."""
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def unsigned(claims: Claims) -> str:
    """Return a token that nobody signed."""
    return f"{_encoded({'alg': 'none', 'kid': 'one'}, claims)}."


def signed_by_public_key(claims: Claims) -> str:
    """Return a token whose secret is what everybody may read: the provider's public key."""
    text = _encoded({"alg": "HS256", "kid": "one"}, claims)
    made = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{_base64(made)}"


def signed_by_stranger(claims: Claims) -> str:
    """Return a token of another key, which says itself where that is found."""
    header = {"alg": "RS256", "kid": "one", "jku": "https://login.evil.test/keys"}
    return jwt.encode(header, claims, STRANGER)


def _encoded(*parts: Claims) -> str:
    return ".".join(_base64(json.dumps(one).encode()) for one in parts)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def running_provider(clock: Callable[[], datetime]) -> Iterator[Provider]:
    """Run a provider."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    provider = Provider(clock, server)
    server.RequestHandlerClass = _handler(provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers as the provider says."""

        def do_GET(self) -> None:
            provider.asked.append(self.path)
            if self.path.startswith("/home/authorize?"):
                self.send_back(f"{provider.issuer}{self.path.removeprefix('/home')}")
                return
            pages = {
                "/home/.well-known/openid-configuration": provider.described(),
                "/home/keys": {"keys": [KEY.as_dict(private=False)]},
            }
            found = pages.get(self.path)
            self.answer(*((200, found) if found else (404, {})))

        def send_back(self, url: str) -> None:
            """Let somebody in at once, as where they have signed in before."""
            asked = urlsplit(parse_qs(urlsplit(url).query)["redirect_uri"][0])
            self.send_response(302)
            back = provider.approve(url, SUBJECT)
            self.send_header("Location", f"{asked.scheme}://{asked.netloc}{back}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(text).items()}
            self.answer(*provider.exchange(form, self.headers.get("Authorization", "")))

        def answer(self, status: int, body: Claims) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library names it
            """Say nothing."""

    return Handler


def sent(browser: TestClient, path: str = "/sign-in/provider") -> str:
    """Return where a browser is sent."""
    answer = browser.get(path)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def came_back(browser: TestClient, path: str) -> Response:
    """Return what a browser gets that the provider sends back: no page of ours sends it."""
    from_there = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    del browser.headers["Origin"]
    answer = browser.get(path, headers=from_there)
    browser.headers["Origin"] = HERE
    return answer


def tried(browser: TestClient, provider: Provider, subject: str = SUBJECT) -> Response:
    """Sign in through the provider."""
    return came_back(browser, provider.approve(sent(browser), subject))


def is_out(browser: TestClient) -> bool:
    """Say whether nobody has signed in."""
    return browser.get("/api/status").status_code == 401


def spoiled(**claims: object) -> Callable[[Claims], None]:
    """Return what sets claims of a token, and takes those away that are None."""

    def spoil(found: Claims) -> None:
        found.update(claims)
        for name in [name for name, value in claims.items() if value is None]:
            del found[name]

    return spoil
