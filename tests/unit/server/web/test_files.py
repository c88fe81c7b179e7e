"""The files of the browser client: small, whole, kept for ever by their names, as vendored."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from coach.server.web.files import CLIENT, TYPES, client_files

ROOT = Path(__file__).parents[4]
MOST_OF_A_FIRST_ROUTE = 60 * 1024
LONGEST_FILE, FULLEST_ROOM = 400, 25
STATIC = re.compile(r'^\s*(?:import|export)\b[^;"\']*?from\s*["\'](\.[^"\']+)["\']', re.MULTILINE)
ALSO = re.compile(r'(?:from|import)\s*["\'](\.[^"\']+)["\']')
SCREENS = sorted(
    path
    for path in (CLIENT / "screens").glob("*.js")
    if "export function Screen(" in path.read_text()
)
OWN = sorted(path for path in CLIENT.rglob("*") if path.is_file() and path.parent.name != "vendor")


def loaded_by(*starts: Path) -> set[Path]:
    """Return the modules that these load, without those that are fetched when they are needed."""
    found: set[Path] = set()
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        pattern = ALSO if path.parent.name == "vendor" else STATIC
        names = pattern.findall(path.read_text())
        waiting += [(path.parent / name).resolve() for name in names]
    return found


@pytest.mark.parametrize("screen", SCREENS, ids=lambda path: path.stem)
def test_the_first_route_takes_at_most_60_kilobytes_of_script(screen: Path) -> None:
    files = {CLIENT / "boot.js", *loaded_by(CLIENT / "main.js", screen)}
    packed = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)
    assert CLIENT / "vendor" / "preact.js" in files
    assert packed <= MOST_OF_A_FIRST_ROUTE


def test_every_screen_of_the_table_has_its_file() -> None:
    named = re.findall(r'import\("\./screens/(\w+)\.js"\)', (CLIENT / "main.js").read_text())
    assert len(named) == len(SCREENS) >= 9
    assert {path.stem for path in SCREENS} == set(named)


def test_a_page_fetches_ahead_only_what_there_is(client: TestClient) -> None:
    names = re.findall(r'(?:href|src)="(/assets/[^"]+)"', client.get("/trades").text)
    assert len(names) > 20
    assert {client.get(name).status_code for name in names} == {200}


def test_every_text_says_how_its_characters_are_written(client: TestClient) -> None:
    """As ASVS 4.1.1 asks of `text/` and of XML; JSON is UTF-8 by its own rules."""
    names = {path.suffix: path for path in sorted(CLIENT.rglob("*")) if path.is_file()}
    files = [names[suffix].relative_to(CLIENT).as_posix() for suffix in TYPES if suffix in names]
    asked = ["/", "/trades", "/sign-in", *(client_files().address(name) for name in files)]
    kinds = [client.get(address).headers["content-type"] for address in asked]
    texts = [kind for kind in kinds if kind.startswith("text/") or "xml" in kind]
    assert len(texts) >= 4
    assert [kind for kind in texts if not kind.endswith("; charset=utf-8")] == []


def test_a_file_is_kept_for_ever_under_the_name_of_its_version(client: TestClient) -> None:
    address = client_files().address("main.js")
    answer = client.get(address)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.content == (CLIENT / "main.js").read_bytes()
    again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = address.replace(client_files().version, "0" * 16)
    assert client.get(other).status_code == 404
    assert client.get(address.replace("main.js", "../files.py")).status_code == 404


def test_files_are_packed_for_whoever_takes_that(client: TestClient) -> None:
    address = client_files().address("vendor/uplot.js")
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


def test_no_file_of_ours_names_another_place_or_makes_markup_of_text() -> None:
    texts = {path.name: path.read_text() for path in OWN}
    outside = {
        name: found
        for name, text in texts.items()
        if (
            found := [
                one for one in re.findall(r"https?://[^\s\"'`)]+", text) if "w3.org" not in one
            ]
        )
    }
    assert outside == {}
    markup = re.compile(
        r"innerHTML|dangerouslySetInnerHTML|insertAdjacentHTML|\beval\(|new Function"
    )
    assert [name for name, text in texts.items() if markup.search(text)] == []


def test_files_of_the_client_fit_the_page_too() -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in OWN}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}
    rooms = {folder: len([*folder.iterdir()]) for folder in CLIENT.rglob("*") if folder.is_dir()}
    assert {folder.name: count for folder, count in rooms.items() if count > FULLEST_ROOM} == {}


def test_what_is_vendored_is_what_its_record_says() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "vendor.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
    record = json.loads((CLIENT / "vendor" / "vendored.json").read_text())
    for package in record["packages"]:
        assert package["integrity"].startswith("sha512-")
        licences = [one["to"] for one in package["files"] if one["to"].startswith("LICENSE.")]
        assert len(licences) == 1
