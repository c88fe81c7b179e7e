"""What heavy work there is, and who does it: this process, unless the settings name a service.

Three kinds: drawing conclusions from a history (features and scoring), answering a what-if, and
asking a language model to narrate. Each gets all that it needs and reads no database, so wherever
it is done it gives the same result to the byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from coach.values import dataclass

if TYPE_CHECKING:
    from coach.engine.conclusions.conclude import ConclusionInputs, Conclusions
    from coach.engine.features.history import History
    from coach.engine.narrator.endpoint import ModelFailure, ModelReply
    from coach.engine.reflection.prompt import Prompt
    from coach.engine.what_if.answer import SimulationInputs
    from coach.engine.what_if.simulate import Inputs
    from coach.model.events import Json
    from coach.model.machine.secrets import Secret
    from coach.model.reflections.language_model import ModelWishes


class HeavyWork(Protocol):
    """Does the heavy work. Each call may raise ServiceTrouble where a service does not do it."""

    def score(self, past: History, asked: ConclusionInputs) -> Conclusions:
        """Draw conclusions; see `conclude`."""

    def what_if(self, inputs: Inputs, question: SimulationInputs) -> dict[str, Json]:
        """Answer a what-if; see `answer`."""

    def narrate(
        self, wishes: ModelWishes, key: Secret, prompt: Prompt
    ) -> ModelReply | ModelFailure:
        """Ask a language model; see `ask`."""


@dataclass(frozen=True, slots=True)
class InThisProcess:
    """Does it all here; loads what a kind of work needs when it is first asked for."""

    def score(self, past: History, asked: ConclusionInputs) -> Conclusions:
        """Draw conclusions; see `conclude`."""
        from coach.engine.conclusions.conclude import conclude

        return conclude(past, asked)

    def what_if(self, inputs: Inputs, question: SimulationInputs) -> dict[str, Json]:
        """Answer a what-if; see `answer`."""
        from coach.engine.what_if.answer import answer

        return answer(inputs, question)

    def narrate(
        self, wishes: ModelWishes, key: Secret, prompt: Prompt
    ) -> ModelReply | ModelFailure:
        """Ask a language model; see `ask`."""
        from coach.engine.narrator.endpoint import ask

        return ask(wishes, key, prompt)


HERE = InThisProcess()
