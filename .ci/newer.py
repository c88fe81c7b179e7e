"""Build a package index on disk in which every package has newer versions with nothing in them.

    newer.py WHEELS INDEX

WHEELS is a folder of real wheels. INDEX becomes a simple index (PEP 503) of them: beside each
wheel stand the next version, version 9999 and a later build of the same version, all empty.
INDEX/newest.txt requires version 9999 of each, so that a client can be asked whether it sees them.
"""

import hashlib
import re
import sys
from pathlib import Path
from zipfile import ZipFile

NEWEST = "9999"
LATER_BUILD = "-99"


def build_index(wheels: Path, index: Path) -> int:
    """Write the index and return the number of its packages."""
    names = [add_package(wheel, index) for wheel in sorted(wheels.glob("*.whl"))]
    (index / "newest.txt").write_text("".join(f"{name}=={NEWEST}\n" for name in names))
    return len(names)


def add_package(wheel: Path, index: Path) -> str:
    """Write one package's page and files, and return the name that the index has for it."""
    name, version = wheel.name.split("-")[:2]
    page = index / re.sub(r"[-_.]+", "-", name).lower()
    page.mkdir(parents=True)
    (page / wheel.name).hardlink_to(wheel)
    write_empty_wheel(page, name, next_version(version))
    write_empty_wheel(page, name, NEWEST)
    write_empty_wheel(page, name, version, build=LATER_BUILD)
    links = "".join(link_to(file) for file in sorted(page.glob("*.whl")))
    (page / "index.html").write_text(f"<!DOCTYPE html><title>{name}</title>\n{links}")
    return page.name


def next_version(version: str) -> str:
    """Return the version with its last number raised by one: 2.9.0.post1 after 2.9.0.post0."""
    return re.sub(r"\d+$", lambda last: str(int(last[0]) + 1), version)


def write_empty_wheel(folder: Path, name: str, version: str, build: str = "") -> None:
    """Write a valid wheel that holds its metadata and no module."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n",
    }
    with ZipFile(folder / f"{name}-{version}{build}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


def link_to(file: Path) -> str:
    """Return the line of the page for one file, with its hash as every index gives it."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return f'<a href="{file.name}#sha256={digest}">{file.name}</a>\n'


if __name__ == "__main__":
    packages = build_index(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(f"{packages} packages have newer versions\n")
    sys.exit(packages == 0)
