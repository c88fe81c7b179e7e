"""The changes of trades that a what-if offers, each with the values that it takes."""

from dataclasses import dataclass

ON = ("on",)


@dataclass(frozen=True, slots=True)
class Slider:
    """A change of the trades: its name, the option of the command, and the values it takes."""

    name: str
    option: str
    values: tuple[str, ...]


SLIDERS = (
    Slider("pause after a loss (min)", "--skip-after-loss", ("5", "15", "30", "60", "120", "240")),
    Slider("stop after so many losses", "--stop-after-losses", ("1", "2", "3", "4", "5", "6")),
    Slider("no trade after", "--no-trade-after", ("16:00", "18:00", "20:00", "21:00", "22:00")),
    Slider("largest size (x usual)", "--cap-size", ("1", "1.5", "2", "2.5", "3", "4")),
    Slider("enter later (min)", "--delay", ("5", "15", "30", "60")),
    Slider("stop (%)", "--stop", ("0.5", "1", "2", "3", "5", "10")),
    Slider("target (%)", "--target", ("1", "2", "4", "6", "10", "20")),
    Slider("no adds, no partial exits", "--untouched", ON),
)
