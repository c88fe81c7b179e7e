"""Units of systemd: for each job a service and the timer that starts it, of this user alone.

The database that a job starts outlives it, for others may use it meanwhile: only the job itself is
ended (KillMode=process). It listens in a folder of the home, so the service must see the same files
as a shell does.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from coach.cli.output_file import writing
from coach.cli.schedule.plan import ScheduledLine
from coach.errors import CoachError
from coach.settings.programs import ask_program

PROGRAM = "systemctl"
OWN_MARK = "# made by coach schedule install; coach schedule remove takes it away"
SERVICE = """\
{mark}
[Unit]
Description=coach: {about}
Documentation=man:coach-schedule(1)

[Service]
Type=oneshot
{environment}ExecStart={command}
KillMode=process
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
"""
TIMER = """\
{mark}
[Unit]
Description=coach: {about}

[Timer]
OnCalendar={when}
RandomizedDelaySec=5min
Persistent=true

[Install]
WantedBy=timers.target
"""


def units(lines: Sequence[ScheduledLine], name: str) -> dict[str, str]:
    """Return the text of each unit by its file name; `name` tells homes apart."""
    found: dict[str, str] = {}
    for line in lines:
        stem = f"{name}-{line.job.name}"
        sets = (f"{key}={value}" for key, value in line.variables.items())
        found[f"{stem}.service"] = SERVICE.format(
            mark=OWN_MARK,
            about=line.job.about,
            environment="".join(f"Environment={quoted(one)}\n" for one in sets),
            command=" ".join(map(command_word, line.words)),
        )
        found[f"{stem}.timer"] = TIMER.format(mark=OWN_MARK, about=line.job.about, when=when(line))
    return found


def when(line: ScheduledLine) -> str:
    """Return when a timer elapses, as OnCalendar has it."""
    hour = "*" if line.job.hour is None else f"{line.job.hour:02d}"
    return f"*-*-* {hour}:{line.minute:02d}:00"


def unit_name(home: str) -> str:
    """Return what the units of a home are called; one that is named has some letters of its own."""
    return f"coach-{hashlib.sha256(home.encode()).hexdigest()[:8]}" if home else "coach"


def quoted(text: str) -> str:
    """Return a text as one word of a unit: no specifier, no escape."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{safe}"'


def command_word(text: str) -> str:
    """Return a text as one word of a command: no variable of systemd's either."""
    is_plain = all(letter.isalnum() or letter in "/-_.:=+@," for letter in text)
    return text if is_plain and text else quoted(text.replace("$", "$$"))


def install(folder: Path, wanted: dict[str, str]) -> None:
    """Write the units and start the timers; CoachError where systemd does not."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in wanted.items():
            (folder / name).write_text(text)
    systemctl("daemon-reload")
    systemctl("enable", "--now", *(name for name in wanted if name.endswith(".timer")))


def remove(folder: Path, name: str, jobs: Sequence[str]) -> list[Path]:
    """Stop the timers of these jobs and remove their units; return the files that went."""
    stems = [f"{name}-{job}" for job in jobs]
    files = [folder / f"{stem}.{kind}" for stem in stems for kind in ("timer", "service")]
    there = [file for file in files if file.exists()]
    if not there:
        return []
    systemctl("disable", "--now", *(file.name for file in there if file.suffix == ".timer"))
    for file in there:
        file.unlink()
    systemctl("daemon-reload")
    return there


def systemctl(*words: str) -> None:
    """Tell the user's systemd something; CoachError where it is not there or refuses."""
    end = ask_program(PROGRAM, "--user", *words)
    if end is None:
        raise CoachError("coach schedule install --cron", what="there is no systemd here")
    if end.code:
        raise CoachError(
            "coach schedule install --cron, or see that your session has a systemd of its own:"
            " loginctl enable-linger",
            what=f"systemctl --user {words[0]}: {end.complaint or 'failed'}",
        )
