"""Looks for secrets in an image; exit code 1 where one is found.

    podman save IMAGE | PYTHONPATH=. python tests/deployment/scan_image.py

What a later layer removed is still in an image, so every file of every layer is read, and the
settings and the history of the image. Looked for are the forms that the tree is held against, files
whose name says that they hold a secret, variables of such a name, and passwords in addresses.
"""

import json
import re
import sys
import tarfile
from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import normpath
from typing import IO

from tests.secret_forms import kinds_of_secrets

KNOWN = {
    ("*/site-packages/Crypto/SelfTest/*", "pem"): "pycryptodome's published test vectors",
    ("*/libgnutls.so.*", "pem"): "keys by which GnuTLS tests itself, the same in every copy of it",
}
"""Files, by a pattern of their path, with keys that open nothing, each with why it is there."""
SECRET_NAMES = re.compile(
    r"(?:^|/)(?:\.env|\.netrc|\.pgpass|\.pypirc|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519)|kek\.age"
    r"|[^/]+\.(?:p12|pfx|jks|keystore))$|(?:^|/)(?:\.git|\.ssh|\.aws|\.gnupg)/."
)
SECRET_VARIABLES = re.compile(r"(?:PASSWORD|PASSWD|SECRET|TOKEN|KEK|API_KEY|PRIVATE_KEY)$")
PASSWORD_IN_ADDRESS = re.compile(rb"\w://[^/\s:@\"]+:[^/\s@\"]+@")


def findings(image: IO[bytes]) -> Iterator[str]:
    """Yield what is wrong with an image, as `podman save` writes it; ValueError for no image."""
    layers = settings = 0
    with tarfile.open(fileobj=image, mode="r|") as parts:
        for part in parts:
            content = parts.extractfile(part) if part.isfile() else None
            if content is None:
                continue
            if part.name.endswith(".tar"):
                layers += 1
                yield from _findings_of_layer(content)
            elif part.name.endswith(".json") and part.name != "manifest.json":
                settings += 1
                yield from _findings_of_settings(content.read())
    if not layers or not settings:
        message = f"no image: {layers} layers, {settings} settings"
        raise ValueError(message)


def _findings_of_layer(layer: IO[bytes]) -> Iterator[str]:
    with tarfile.open(fileobj=layer, mode="r|") as files:
        for file in files:
            content = files.extractfile(file) if file.isfile() else None
            if content is None:
                continue
            path = normpath(f"/{file.name}")
            if SECRET_NAMES.search(path):
                yield f"{path}: a file of secrets by its name"
            for kind in kinds_of_secrets(content.read()):
                if not is_known(path, kind):
                    yield f"{path}: {kind}"


def _findings_of_settings(text: bytes) -> Iterator[str]:
    yield from (f"settings or history: {kind}" for kind in kinds_of_secrets(text))
    if PASSWORD_IN_ADDRESS.search(text):
        yield "settings or history: a password in an address"
    for variable in json.loads(text).get("config", {}).get("Env") or ():
        name = variable.partition("=")[0]
        if SECRET_VARIABLES.search(name):
            yield f"settings: the variable {name}"


def is_known(path: str, kind: str) -> bool:
    """Say whether that file may hold what looks like such a secret."""
    return any(kind == known and fnmatchcase(path, pattern) for pattern, known in KNOWN)


def main() -> int:
    """Print what is found and return the exit code."""
    found = sorted(set(findings(sys.stdin.buffer)))
    for one in found:
        sys.stdout.write(f"secret: {one}\n")
    sys.stdout.write(f"image: {len(found)} secrets\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
