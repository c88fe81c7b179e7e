"""A crontab and a systemd that are scripts: what they are told stands in files of the test."""

from pathlib import Path

import pytest

CRONTAB = """\
#!/bin/sh
case "$1" in
  -l) [ -f "{file}" ] || {{ echo "no crontab for me" >&2; exit 1; }}; cat "{file}" ;;
  -) cat > "{file}" ;;
esac
"""
SYSTEMCTL = '#!/bin/sh\necho "$@" >> "{file}"\n'


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder where `crontab` and `systemctl` keep what they were told."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name, script in (("crontab", CRONTAB), ("systemctl", SYSTEMCTL)):
        program = folder / name
        program.write_text(script.format(file=folder / f"{name}.told"))
        program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return folder
