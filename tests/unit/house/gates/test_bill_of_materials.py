"""The bill of materials names every package that a trader installs, once, with its hashes."""

import json
import re
import subprocess
import sys
from pathlib import Path


def test_the_bill_is_that_of_the_pins(root: Path) -> None:
    command = [sys.executable, str(root / ".ci" / "sbom.py")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    bill = json.loads(printed)
    pins = (root / "constraints-runtime.txt").read_text()
    named = {f"{part['name']}=={part['version']}": part for part in bill["components"]}
    assert named.keys() == set(re.findall(r"^[a-z0-9._-]+==[^\s;\\]+", pins, re.MULTILINE))
    assert len(named) == len(bill["components"])
    files = [file for part in named.values() for file in part["externalReferences"]]
    assert len(files) == pins.count("--hash=sha256:")
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
