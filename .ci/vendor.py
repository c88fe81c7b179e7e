"""Vendors the libraries of the browser client from their npm packages.

Each is checked against the hash that npm published, and its imports are turned into relative ones:
the client has no build step, and an import map would have to stand within the page, which our
content security policy forbids. `.ci/vendor.py FOLDER` reads the packages that `npm pack` left in
FOLDER; `--check` compares what is vendored with its record and asks nobody.
"""

import base64
import hashlib
import json
import re
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "coach" / "server" / "web" / "client" / "vendor"
RECORD = PLACE / "vendored.json"
SPECIFIERS = {
    "preact": "./preact.js",
    "preact/hooks": "./hooks.js",
    "@preact/signals-core": "./signals-core.js",
}
IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*)(["'])([^"'\s]+)\2""")
SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")


def main() -> int:
    """Vendor, or check what is vendored."""
    record = json.loads(RECORD.read_text())
    if sys.argv[1:] == ["--check"]:
        return check(record)
    for package in record["packages"]:
        vendor(package, Path(sys.argv[1]))
    RECORD.write_text(json.dumps(record, indent=2) + "\n")
    return check(record)


def vendor(package: dict, folder: Path) -> None:
    """Write the files of one package, and note their hashes."""
    name = package["name"].lstrip("@").replace("/", "-")
    archive = folder / f"{name}-{package['version']}.tgz"
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if package.setdefault("integrity", f"sha512-{digest}") != f"sha512-{digest}":
        raise SystemExit(f"{archive.name} is not the package that {RECORD.name} names by its hash")
    with tarfile.open(archive) as packed:
        for one in package["files"]:
            member = packed.extractfile(f"package/{one['from']}")
            assert member is not None
            text = member.read().decode()
            if one["to"].endswith(".js"):
                text = relative(text)
            (PLACE / one["to"]).write_text(text)
            one["sha256"] = sha256(PLACE / one["to"])


def relative(text: str) -> str:
    """Return a module whose imports name the files beside it, without its source map."""
    return IMPORT.sub(_relative, SOURCE_MAP.sub("\n", text))


def _relative(found: re.Match[str]) -> str:
    lead, quote, name = found.groups()
    return f"{lead}{quote}{SPECIFIERS.get(name, name)}{quote}"


def check(record: dict) -> int:
    """Say what differs from the record, or imports what is not beside it."""
    known = {one["to"]: one["sha256"] for package in record["packages"] for one in package["files"]}
    found = {path.name: sha256(path) for path in PLACE.iterdir() if path != RECORD}
    wrong = [name for name in {*known, *found} if known.get(name) != found.get(name)]
    for path in PLACE.glob("*.js"):
        names = (name for _, _, name in IMPORT.findall(path.read_text()))
        wrong += [f"{path.name} imports {name}" for name in names if not (PLACE / name).is_file()]
    for one in wrong:
        sys.stdout.write(f"vendored otherwise: {one}\n")
    return 1 if wrong else 0


def sha256(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
