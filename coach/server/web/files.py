"""The files of the client: read once, named by a hash of them all, sent as they are.

All of them stand under one folder, whose name is the hash. So a module finds the next one by its
relative name, whatever version it is of, and a browser may keep each for ever.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

CLIENT = Path(__file__).parent / "client"
ASSETS = "/assets"
SHOWN_OF_HASH = 16
TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
FEWEST_PACKED = 512


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A file: what it holds, the same by gzip, its type and its hash."""

    content: bytes
    packed: bytes
    kind: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ClientFiles:
    """All files by their names under the folder, and the hash that the folder is called by."""

    by_name: Mapping[str, ClientFile]
    version: str

    def address(self, name: str) -> str:
        """Return where a file is served."""
        return f"{ASSETS}/{self.version}/{name}"

    def modules_of(self, *folders: str) -> list[str]:
        """Return the modules in these folders, so that a page fetches them all at once."""
        return sorted(
            name
            for name in self.by_name
            if name.endswith(".js") and name.rpartition("/")[0] in folders
        )


@cache
def client_files() -> ClientFiles:
    """Read the files of the client."""
    paths = sorted(path for path in CLIENT.rglob("*") if path.suffix in TYPES)
    found = {path.relative_to(CLIENT).as_posix(): _read(path) for path in paths}
    whole = sha256()
    for name, one in found.items():
        whole.update(f"{name}\0{one.sha256}\n".encode())
    return ClientFiles(found, whole.hexdigest()[:SHOWN_OF_HASH])


def _read(path: Path) -> ClientFile:
    content = path.read_bytes()
    packed = gzip.compress(content, mtime=0) if len(content) >= FEWEST_PACKED else b""
    return ClientFile(content, packed, TYPES[path.suffix], sha256(content).hexdigest())
