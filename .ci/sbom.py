"""Print what a trader installs as a CycloneDX 1.6 bill of materials, made of the pins.

Usage: .ci/sbom.py > coach.cdx.json. It reads constraints-runtime.txt alone: each package with its
version and the hashes of all its files. It names no time and no random number, so that the same
pins give the same bytes.
"""

import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PINS = ROOT / "constraints-runtime.txt"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill(pins: str, project: dict[str, object]) -> dict[str, object]:
    """Return the bill for these pins."""
    places = [*PIN.finditer(pins)]
    ends = [place.start() for place in places[1:]] + [len(pins)]
    parts = [
        component(place[1], place[2], HASH.findall(pins, place.end(), end))
        for place, end in zip(places, ends, strict=True)
    ]
    root = {
        "type": "application",
        "bom-ref": "coach",
        "name": project["name"],
        "version": project["version"],
        "licenses": [{"license": {"id": project["license"]}}],
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": root},
        "components": parts,
        "dependencies": [{"ref": "coach", "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def component(name: str, version: str, hashes: list[str]) -> dict[str, object]:
    """Return a package; a hash is that of one of its files, for one platform."""
    where = f"pkg:pypi/{name}@{version}"
    files = [
        {"type": "distribution", "url": where, "hashes": [{"alg": "SHA-256", "content": one}]}
        for one in hashes
    ]
    return {
        "type": "library",
        "bom-ref": where,
        "name": name,
        "version": version,
        "purl": where,
        "externalReferences": files,
    }


if __name__ == "__main__":
    own = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    sys.stdout.write(json.dumps(bill(PINS.read_text("utf-8"), own), indent=1) + "\n")
