"""Real files of sops, in ../shared/samples/sops: they open, and are written again byte for byte."""

from pathlib import Path

import pytest

from coach.errors import NotASecretsFile, UnsupportedSecrets
from coach.sops.age import AgeKeys, read_age_keys
from coach.sops.formats import read_document
from coach.sops.opening import OpenedFile, open_sealed
from coach.sops.sealing import SealingOrder, sealed_text
from tests.sealed_values import iv_of

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples" / "sops"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/samples is not here")

TABLE = {
    "flux/algorithms_age.yaml": {"stringData.key": "value"},
    "flux/component_env.env": {"key": "value"},
    "flux/envs_env.env": {"key": "value"},
    "flux/files_file.txt": {"data": "value"},
    "flux/global_secret.yaml": {},
    "flux/patches_merge1.yaml": {},
    "flux/patches_merge2.yaml": {},
    "flux/remote_env.env": {"key": "value"},
    "sops-age/secret.enc.env": {"secret": "this is a secret", "another_secret": "7"},
    "sops-age/secret.enc.json": {"float": "3.14", "boolean": "True", "0word": "gotta match go"},
    "sops-age/secret.enc.yaml": {"int": "7", "complex.value": "this is a secret"},
}
"""Every file there that age opens, with some of its values."""
KEY_FILES = (
    "flux/keys_age.txt",
    "flux/keys_age-global.txt",
    "flux/keys_age-pq.txt",
    "sops-age/key.txt",
)
NO_SEALED_FILES = {"flux/.sops.yaml", "sops-age/secret.plain.json", *KEY_FILES}
REFUSED = {"flux/algorithms_age-pq.yaml", "flux/inside_secret.yaml"}
BY_NAME = pytest.mark.parametrize("name", TABLE)


@pytest.fixture(scope="module")
def keys() -> AgeKeys:
    found = AgeKeys()
    for name in KEY_FILES:
        found += read_age_keys((SAMPLES / name).read_text(), name)
    return found


def open_sample(name: str, keys: AgeKeys) -> OpenedFile:
    return open_sealed(read_document((SAMPLES / name).read_text(), name), keys)


def test_no_sample_is_left_out() -> None:
    found = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.glob("*/*")}
    assert found == {*TABLE, *NO_SEALED_FILES, *REFUSED}


@BY_NAME
def test_a_real_file_opens_with_its_mac(name: str, keys: AgeKeys) -> None:
    found = {leaf.name: leaf.text for leaf, _ in open_sample(name, keys).values()}
    assert found.items() >= TABLE[name].items()


@BY_NAME
def test_a_real_file_is_written_again_byte_for_byte(name: str, keys: AgeKeys) -> None:
    """From its plain text, its key and its IVs; the armor of the data key is taken as it is."""
    opened = open_sample(name, keys)
    plain = read_document(opened.plain_text(), name, opened.document.format)
    pairs = zip(opened.document.leaves, opened.sealed, strict=True)
    ivs = iter([iv_of(leaf.text) for leaf, sealed in pairs if sealed])
    order = SealingOrder(
        opened.metadata,
        opened.key,
        opened.document.layout,
        lambda: next(ivs, iv_of(opened.metadata.mac)),
    )
    assert sealed_text(plain, order).text.encode() == (SAMPLES / name).read_bytes()


def test_the_json_sample_holds_what_its_plain_twin_does(keys: AgeKeys) -> None:
    plain = read_document((SAMPLES / "sops-age/secret.plain.json").read_text(), "secret.plain.json")
    found = open_sample("sops-age/secret.enc.json", keys)
    assert [(leaf.path, leaf.text) for leaf in found.leaves] == [
        (leaf.path, leaf.text) for leaf in plain.leaves
    ]


def test_the_post_quantum_sample_is_refused_by_name(keys: AgeKeys) -> None:
    with pytest.raises(UnsupportedSecrets, match="post-quantum"):
        open_sample("flux/algorithms_age-pq.yaml", keys)


def test_the_sample_with_something_sealed_inside_of_base64_is_not_a_sealed_file(
    keys: AgeKeys,
) -> None:
    with pytest.raises(NotASecretsFile):
        open_sample("flux/inside_secret.yaml", keys)
