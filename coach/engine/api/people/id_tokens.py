"""ID tokens of a provider: whom they speak of, and whether they count.

Only signatures by a private key count, so that no public key makes one (`HS256`) and none is left
out (`none`). Claims are judged as OpenID Connect Core 1.0, section 3.1.3.7, asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coach.errors import Refused
from coach.model.people.provider import is_subject

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
)
KEY_TYPES = frozenset({"RSA", "EC"})
DRIFT_S = 60
"""Seconds by which the provider's clock may be off."""
HINT = "begin again at /sign-in"


@dataclass(frozen=True, slots=True)
class IdTokenRules:
    """What a token must say; `since` is when its user must have signed in at the provider."""

    issuer: str
    client_id: str
    nonce: str
    now: datetime
    since: int | None = None


def subject_of(token: Mapping[str, Any], keys: Mapping[str, Any], rules: IdTokenRules) -> str:
    """Return the subject of the ID token of an answer; Refused for one that does not count."""
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import JoseError
    from joserfc.jwt import decode

    text = token.get("id_token")
    if not isinstance(text, str):
        raise _refused("it holds no ID token")
    try:
        decoded = decode(text, _key_set(keys), list(ALGORITHMS))
        claims = CodeIDToken(decoded.claims, decoded.header, _wanted(rules), _known(token, rules))
        claims.validate(int(rules.now.timestamp()), DRIFT_S)
    except (JoseError, ValueError, TypeError, KeyError) as wrong:
        raise _refused(_reason(wrong)) from None
    if rules.since is not None and not _is_fresh(decoded.claims, rules.since):
        raise _refused("it does not say that you signed in there just now")
    subject = decoded.claims.get("sub")
    if not is_subject(subject):
        raise _refused("its subject is none")
    return str(subject)


def _key_set(keys: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- a KeySet, which is loaded late
    """Return the public keys of a provider that may have signed a token."""
    from joserfc.jwk import KeySet

    listed = keys.get("keys")
    usable = [
        one
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
        and one.get("kty") in KEY_TYPES
        and one.get("use", "sig") == "sig"
        and one.get("alg", ALGORITHMS[0]) in ALGORITHMS
    ]
    return KeySet.import_key_set({"keys": usable})


def _wanted(rules: IdTokenRules) -> dict[str, dict[str, object]]:
    return {
        "iss": {"essential": True, "value": rules.issuer},
        "aud": {"essential": True, "value": rules.client_id},
        "nonce": {"essential": True, "value": rules.nonce},
    }


def _known(token: Mapping[str, Any], rules: IdTokenRules) -> dict[str, object]:
    return {
        "nonce": rules.nonce,
        "client_id": rules.client_id,
        "access_token": token.get("access_token"),
    }


def _is_fresh(claims: Mapping[str, Any], since: int) -> bool:
    signed_in_at = claims.get("auth_time")
    if not isinstance(signed_in_at, int | float) or isinstance(signed_in_at, bool):
        return False
    return signed_in_at >= since - DRIFT_S


def _reason(wrong: Exception) -> str:
    """Return what is wrong with a token in a few words, without quoting it."""
    claim = getattr(wrong, "claim", "")
    if claim:
        return f"its {claim} is not as it must be"
    return f"it is not signed as it must be ({type(wrong).__name__})"


def _refused(reason: str) -> Refused:
    return Refused(HINT, what=f"the provider's answer does not count: {reason}")
