"""The forms in which secrets are handed out: keys of age, PEM, clouds, code hosts, coach.

A word such as "password" is none of them, and a key in ciphertext is no finding.
"""

import re

FORMS = {
    "age": rb"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{50,}",
    "pem": rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=\\n]{40,}",
    "aws": rb"\b(?:AKIA|ASIA)(?!IOSFODNN7EXAMPL)[0-9A-Z]{16}\b",  # the one of the manuals
    "github": rb"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})",
    "google": rb"\bAIza[0-9A-Za-z_-]{35}\b",
    "slack": rb"\bxox[abprs]-[0-9A-Za-z-]{20,}",
    "coach": rb"\bcoach_pat_[0-9a-z]{8}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}\b",
    "hook": rb"https://hooks\.slack\.com/services/T\w+/B\w+/\w+",
}
PLANTED = {
    "age": "AGE-SECRET-KEY-1" + "Q" * 58,
    "pem": "-----BEGIN EC PRIVATE KEY-----\n" + "A" * 64,
    "aws": "AKIA" + "A" * 16,
    "github": "ghp_" + "a" * 36,
    "google": "AIza" + "a" * 35,
    "slack": "xoxb-" + "1" * 24,
    "coach": "coach_pat_" + "a" * 8 + "_" + "b" * 43 + "_" + "c" * 6,
    "hook": "https://hooks.slack.com/services/" + "T1/B2/c3",
}
"""One of each form, which opens nothing, put together so that this file holds none."""


def kinds_of_secrets(data: bytes) -> list[str]:
    """Return the kinds of secrets that stand there."""
    return [kind for kind, form in FORMS.items() if re.search(form, data)]
