"""An image is looked through for secrets: in every layer, in its settings and by names."""

import io
import json
import tarfile
from collections.abc import Mapping

import pytest

from tests.deployment.scan_image import findings
from tests.secret_forms import PLANTED

Layer = Mapping[str, bytes]


def tar(files: Layer) -> bytes:
    into = io.BytesIO()
    with tarfile.open(fileobj=into, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return into.getvalue()


def image(*layers: Layer, env: tuple[str, ...] = (), made_by: str = "COPY . .") -> io.BytesIO:
    settings = {"config": {"Env": [*env]}, "history": [{"created_by": made_by}]}
    parts = {f"{n}.tar": tar(one) for n, one in enumerate(layers)}
    parts |= {"abc.json": json.dumps(settings).encode(), "manifest.json": b"[]"}
    return io.BytesIO(tar(parts))


CLEAN = {"etc/passwd": b"coach:x:65532:65532::/:/bin/false\n", "opt/coach/key.pem": b"public"}


def test_an_image_without_secrets_has_none() -> None:
    assert [*findings(image(CLEAN, env=("PATH=/usr/bin", "COACH_HOME=/var/lib/coach")))] == []


@pytest.mark.parametrize("kind", PLANTED)
def test_a_secret_is_found_though_a_later_layer_removes_it(kind: str) -> None:
    planted = {"opt/notes.txt": f"\0binary {PLANTED[kind]}\n".encode()}
    assert [*findings(image(CLEAN, planted, {"opt/.wh.notes.txt": b""}))] == [
        f"/opt/notes.txt: {kind}"
    ]


@pytest.mark.parametrize(
    "path", ["root/.netrc", "app/.env", "root/.ssh/config", "source/.git/config", "a/kek.age"]
)
def test_files_of_secrets_are_found_by_their_names(path: str) -> None:
    assert [*findings(image({path: b"x"}))] == [f"/{path}: a file of secrets by its name"]


def test_settings_and_history_are_looked_through() -> None:
    key, address = PLANTED["github"], "https://me:word@example.org/simple"
    made = image(CLEAN, env=("REDIS_PASSWORD=x",), made_by=f"RUN fetch {address} {key}")
    assert [*findings(made)] == [
        "settings or history: github",
        "settings or history: a password in an address",
        "settings: the variable REDIS_PASSWORD",
    ]


def test_what_is_no_image_is_not_found_clean() -> None:
    with pytest.raises(ValueError, match="no image: 0 layers"):
        [*findings(io.BytesIO(tar({"manifest.json": b"[]"})))]


def test_published_vectors_are_known_where_they_are_and_as_what_they_are() -> None:
    folder = "opt/coach/lib/python3.13/site-packages/Crypto"
    vectors = {f"{folder}/SelfTest/test_ecdh.py": PLANTED["pem"].encode()}
    assert [*findings(image(vectors))] == []
    elsewhere = {f"{folder}/test_ecdh.py": PLANTED["pem"].encode()}
    assert [*findings(image(elsewhere))] == [f"/{folder}/test_ecdh.py: pem"]
    another = {f"./{folder}/SelfTest/test_ecdh.py": PLANTED["age"].encode()}
    assert [*findings(image(another))] == [f"/{folder}/SelfTest/test_ecdh.py: age"]
