"""The states of a rule, and the settings beside the rules."""

from typing import Literal

RuleState = Literal["active", "paused", "removed"]
SettingName = Literal["zone", "equity"]
"""A setting that stands outside the rules and changes what they hold."""
