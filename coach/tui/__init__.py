"""The panel: coach as a program that stays open on a terminal."""
