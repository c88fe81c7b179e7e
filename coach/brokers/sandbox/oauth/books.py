"""What the sandbox keeps of its one client: codes on their way, and what was allowed so far.

A code counts once and for a minute, only with the address and the verifier that it was asked with.
A refresh token counts once. Who shows a used one, of either kind, ends all that came of it (RFC
9700, section 4.14).
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from secrets import token_urlsafe

CLIENT_ID = "coach-sandbox"
CODE_LIFE = timedelta(seconds=60)
ACCESS_LIFE = timedelta(hours=1)
SKEWED_LIFE = timedelta(seconds=30)
"""How long an access token counts by a clock that runs ahead, while an hour is promised."""
BYTES = 24


@dataclass(slots=True)
class Permit:
    """What somebody allowed; `used` are the refresh tokens that counted before."""

    scopes: tuple[str, ...]
    access: str = ""
    access_until: datetime | None = None
    refresh: str = ""
    used: set[str] = field(default_factory=set)
    ended: bool = False

    def turn(self, now: datetime, life: timedelta) -> None:
        """Hand out the next pair of tokens; the pair before does not count any more."""
        if self.refresh:
            self.used.add(self.refresh)
        self.access, self.refresh = token_urlsafe(BYTES), token_urlsafe(BYTES)
        self.access_until = now + life


@dataclass(slots=True)
class AuthorizationCode:
    """A code, what it was asked with, and what came of it once it was used."""

    redirect_uri: str
    challenge: str
    method: str
    until: datetime
    scopes: tuple[str, ...]
    permit: Permit | None = None

    def is_met_by(self, verifier: str) -> bool:
        """Say whether a verifier is the one whose challenge was sent (RFC 7636)."""
        if self.method == "plain":
            return compare_digest(self.challenge.encode(), verifier.encode())
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        return compare_digest(self.challenge.encode(), made.rstrip(b"="))


@dataclass(slots=True)
class TokenBooks:
    """Codes and permits; `refreshes` and `replays` count what was asked of refresh tokens."""

    secret: str = field(default_factory=lambda: token_urlsafe(BYTES))
    codes: dict[str, AuthorizationCode] = field(default_factory=dict)
    permits: list[Permit] = field(default_factory=list)
    refreshes: int = 0
    replays: int = 0

    def issue_code(self, code: AuthorizationCode) -> str:
        """Return the text of a new code."""
        text = token_urlsafe(BYTES)
        self.codes[text] = code
        return text

    def use_code(self, text: str, redirect_uri: str, verifier: str, now: datetime) -> Permit | None:
        """Return the permit that a code stands for, once; None for what is none."""
        code = self.codes.get(text)
        if code is None:
            return None
        if code.permit is not None:
            code.permit.ended = True
            return None
        if code.redirect_uri != redirect_uri or now > code.until or not code.is_met_by(verifier):
            return None
        code.permit = Permit(code.scopes)
        self.permits.append(code.permit)
        return code.permit

    def use_refresh(self, text: str) -> Permit | None:
        """Return the permit whose refresh token this is; a used one ends what it was of."""
        for permit in self.permits:
            if text in permit.used:
                self.replays += 1
                permit.ended = True
            elif text == permit.refresh and not permit.ended:
                self.refreshes += 1
                return permit
        return None

    def permit_of(self, access: str, now: datetime) -> Permit | None:
        """Return the permit whose access token this is, None where it does not count."""
        for permit in self.permits:
            if permit.access and compare_digest(permit.access.encode(), access.encode()):
                until = permit.access_until
                return permit if not permit.ended and until is not None and now < until else None
        return None

    def revoke(self, token: str) -> None:
        """End what a token of either kind belongs to."""
        for permit in self.permits:
            if token in {permit.access, permit.refresh}:
                permit.ended = True
