"""Where age keys come from, and what is said of those that do not fit."""

from pathlib import Path

import pytest

from coach.errors import NoAgeKey, UnsupportedSecrets
from coach.settings.age_keys import find_age_keys, open_to_others
from coach.sops.age import read_age_keys


def new_key() -> tuple[str, str]:
    """Return a key of age's kind and its recipient."""
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def test_every_source_counts_together(tmp_path: Path) -> None:
    texts, recipients = zip(*(new_key() for _ in range(4)), strict=True)
    usual = tmp_path / "sops" / "age" / "keys.txt"
    usual.parent.mkdir(parents=True)
    usual.write_text(f"# created: today\n{texts[0]}\n")
    (tmp_path / "named").write_text(texts[1])
    (tmp_path / "printed").write_text(texts[2])
    environment = {
        "XDG_CONFIG_HOME": str(tmp_path),
        "SOPS_AGE_KEY_FILE": str(tmp_path / "named"),
        "SOPS_AGE_KEY_CMD": f"cat {tmp_path}/printed",
        "SOPS_AGE_KEY": texts[3],
        "PATH": "/usr/bin:/bin",
    }
    assert set(find_age_keys(environment).recipients) == set(recipients)


def test_a_file_that_is_named_for_one_call_is_all_there_is(tmp_path: Path) -> None:
    (one, recipient), (other, _) = new_key(), new_key()
    (tmp_path / "one").write_text(one)
    found = find_age_keys({"SOPS_AGE_KEY": other}, str(tmp_path / "one"))
    assert found.recipients == (recipient,)


def test_without_any_source_there_is_no_key(tmp_path: Path) -> None:
    assert find_age_keys({"HOME": str(tmp_path)}).recipients == ()


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoAgeKey, match="No such file"):
        find_age_keys({"SOPS_AGE_KEY_FILE": str(tmp_path / "absent")})


def test_a_line_that_is_no_key_is_named_by_its_number_and_not_repeated() -> None:
    with pytest.raises(NoAgeKey, match="line 2 is not an age key") as refused:
        read_age_keys("# mine\nAGE-SECRET-KEY-1CANARY\n", "keys.txt")
    assert "CANARY" not in str(refused.value)


def test_keys_of_other_kinds_are_left_aside_by_name() -> None:
    found = read_age_keys("AGE-SECRET-KEY-PQ-1X\nAGE-PLUGIN-YUBIKEY-1X\n", "keys.txt")
    assert found.unsupported == ("post-quantum keys", "plugin keys")


def test_a_key_file_under_a_passphrase_is_named() -> None:
    with pytest.raises(UnsupportedSecrets, match="passphrase"):
        read_age_keys("-----BEGIN AGE ENCRYPTED FILE-----\n", "keys.txt")


def test_keys_do_not_show_in_a_repr() -> None:
    text, _ = new_key()
    assert text not in repr(read_age_keys(text, "keys.txt"))


@pytest.mark.parametrize(("mode", "open_"), [(0o600, False), (0o640, True), (0o604, True)])
def test_a_key_file_that_others_may_read_is_noticed(
    tmp_path: Path, mode: int, *, open_: bool
) -> None:
    file = tmp_path / "keys.txt"
    file.write_text("")
    file.chmod(mode)
    assert bool(open_to_others({}, str(file))) == open_
