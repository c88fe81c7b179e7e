"""The themes: what gains, losses and signals look like; none of them by colour alone."""

from typing import Final

from textual.theme import Theme

GAIN_AND_LOSS: Final = ("gain", "loss")


def _theme(name: str, colors: tuple[str, ...], *, dark: bool = True) -> Theme:
    """Return a theme of background, surface, text, accent, gain, loss, warning."""
    background, surface, text, accent, gain, loss, warning = colors
    return Theme(
        name=name,
        primary=accent,
        secondary=accent,
        accent=accent,
        warning=warning,
        error=loss,
        success=gain,
        foreground=text,
        background=background,
        surface=surface,
        panel=surface,
        dark=dark,
        variables={"gain": gain, "loss": loss, "cursor-text": background, "cursor-back": accent},
    )


THEMES: Final = (
    _theme(
        "coach-dark",
        ("#101418", "#1a2026", "#d7dde3", "#7fb4ff", "#6cb6ff", "#ffab4a", "#ffd166"),
    ),
    _theme(
        "coach-light",
        ("#fbfbf8", "#efefe9", "#1d2430", "#0b57b8", "#0b5cc4", "#a84300", "#7a5600"),
        dark=False,
    ),
    _theme(
        "coach-contrast",
        ("#000000", "#000000", "#ffffff", "#ffff00", "#66d9ff", "#ffb000", "#ffff00"),
    ),
    _theme(
        "coach-deuteranopia",
        ("#101418", "#1a2026", "#d7dde3", "#8ab8ff", "#56b4e9", "#e69f00", "#f0e442"),
    ),
    _theme(
        "coach-tritanopia",
        ("#101418", "#1a2026", "#d7dde3", "#ff9db0", "#4fd1c5", "#ff6b81", "#ffc2cd"),
    ),
    Theme(
        name="coach-16",
        primary="ansi_blue",
        secondary="ansi_cyan",
        accent="ansi_cyan",
        warning="ansi_yellow",
        error="ansi_yellow",
        success="ansi_bright_blue",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        ansi=True,
        variables={
            "gain": "ansi_bright_blue",
            "loss": "ansi_yellow",
            "cursor-text": "ansi_black",
            "cursor-back": "ansi_cyan",
            "ansi-background": "ansi_black",
            "ansi-foreground": "ansi_white",
            "border": "ansi_blue",
            "border-blurred": "ansi_black",
            "block-cursor-foreground": "ansi_black",
            "block-cursor-background": "ansi_white",
            "input-cursor-background": "ansi_white",
            "input-cursor-foreground": "ansi_black",
            "input-selection-background": "ansi_bright_blue",
            "input-selection-foreground": "ansi_black",
            "screen-selection-background": "ansi_bright_blue",
            "screen-selection-foreground": "ansi_black",
            "scrollbar": "ansi_white",
            "scrollbar-hover": "ansi_white",
            "scrollbar-active": "ansi_white",
            "scrollbar-background": "ansi_default",
            "scrollbar-corner-color": "ansi_default",
            "scrollbar-background-hover": "ansi_default",
            "scrollbar-background-active": "ansi_default",
        },
    ),
)
