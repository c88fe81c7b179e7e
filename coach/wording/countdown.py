"""How long something still takes, as a clock counts down."""

from datetime import timedelta


def countdown(left: timedelta) -> str:
    """Return minutes and seconds, and hours where there are any; nothing is less than none."""
    seconds = max(0, round(left.total_seconds()))
    hours, rest = divmod(seconds, 3_600)
    clock = f"{rest // 60:02}:{rest % 60:02}"
    return f"{hours}:{clock}" if hours else clock
