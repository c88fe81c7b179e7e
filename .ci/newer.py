"""A folder of packages, each with a higher number than a pinned one and with nothing in it.

    newer.py CONSTRAINTS FOLDER   makes a wheel of version 9999 for every pin
    newer.py --none-in VENV       ends with 1 when one of them was installed there

What installs from the pins with this folder as a further index must not see any of it.
"""

import re
import sys
from pathlib import Path
from zipfile import ZipFile

VERSION = "9999"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==", re.MULTILINE)


def make(constraints: Path, folder: Path) -> int:
    """Write the wheels and return how many."""
    folder.mkdir()
    names = PIN.findall(constraints.read_text())
    for name in names:
        wheel(folder, re.sub(r"[-_.]+", "_", name).lower())
    return len(names)


def wheel(folder: Path, name: str) -> None:
    """Write one empty wheel."""
    info = f"{name}-{VERSION}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSION}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: newer\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    with ZipFile(folder / f"{name}-{VERSION}-py3-none-any.whl", "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)


def found_in(venv: Path) -> list[str]:
    """Return the names of the empty packages that are installed in a virtual environment."""
    return sorted(
        path.name for path in venv.glob(f"lib/python*/site-packages/*-{VERSION}.dist-info")
    )


if __name__ == "__main__":
    if sys.argv[1] == "--none-in":
        found = found_in(Path(sys.argv[2]))
        sys.stdout.writelines(f"a newer version came in: {name}\n" for name in found)
        sys.exit(bool(found))
    made = make(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(f"{made} packages with a newer version\n")
    sys.exit(made == 0)
