"""The processes of coach that go on until they are told to end."""

from typing import Literal

ProcessKind = Literal["serve", "engine", "worker"]
