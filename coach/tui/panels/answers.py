"""The three keys that answer a question of coach's, the same wherever one is asked."""

from typing import TYPE_CHECKING

from coach.tui.keys.owner import does

if TYPE_CHECKING:
    from coach.model.labels import Answer


class AnswerKeys:
    """Yes, no and unsure; `give` keeps the answer."""

    async def give(self, answer: "Answer") -> None:
        """Keep an answer to what is current; nothing where nothing is."""
        raise NotImplementedError

    @does("yes")
    async def say_yes(self) -> None:
        """Say that it is so."""
        await self.give("yes")

    @does("no")
    async def say_no(self) -> None:
        """Say that it is not."""
        await self.give("no")

    @does("unsure")
    async def say_unsure(self) -> None:
        """Say that nobody can tell."""
        await self.give("unsure")
