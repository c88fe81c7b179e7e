"""The program: its screens, its keys, and the events that reach them."""

from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.containers import Container
from textual.filter import Monochrome
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Input

from coach.errors import CoachError, NotInitialised
from coach.tui.asking.background import begin_work
from coach.tui.asking.feed import EventFeed
from coach.tui.asking.sessions import SessionThreads
from coach.tui.desk import Desk, told
from coach.tui.keys.keymap import KeyBinding, Keymap, shown_key
from coach.tui.keys.owner import KeyOwner, does
from coach.tui.panels.events import EventsPanel
from coach.tui.panels.habits import HabitsPanel
from coach.tui.panels.imports import ImportsPanel
from coach.tui.panels.panel import AnyPanel
from coach.tui.panels.reflect import ReflectPanel
from coach.tui.panels.rules import RulesPanel
from coach.tui.panels.trades import TradesPanel
from coach.tui.panels.week import WeekPanel
from coach.tui.panels.what_if import WhatIfPanel
from coach.tui.prompts.entries import palette_entries
from coach.tui.prompts.jump import LETTERS, JumpScreen
from coach.tui.prompts.page import LinesPage, key_lines
from coach.tui.prompts.palette import Palette
from coach.tui.themes import THEMES
from coach.tui.widgets.event_line import EventLine
from coach.tui.widgets.guard_bar import GuardBar
from coach.tui.widgets.key_line import KeyLine
from coach.tui.widgets.progress_line import ProgressLine
from coach.tui.widgets.row_table import RowTable
from coach.tui.widgets.tabs import ScreenTabs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual import events
    from textual.app import ComposeResult

    from coach.model.events import Event
    from coach.model.machine.panel import PanelRequest
    from coach.settings.values import Settings

PANELS: tuple[type[AnyPanel], ...] = (
    WeekPanel,
    TradesPanel,
    HabitsPanel,
    RulesPanel,
    WhatIfPanel,
    ReflectPanel,
    ImportsPanel,
    EventsPanel,
)
LOOK_AGAIN_S = 2.0
"""Between two looks whether another process has made the home meanwhile."""
TOGETHER_S = 0.2
"""Events that come within it are answered by one reading."""
SCREENS = tuple(kind.area for kind in PANELS)


def go_to_row(table: RowTable, place: int) -> None:
    """Make a row the current one, and let keys go to its table."""
    table.focus()
    table.move_to(place)


class EventCame(Message):
    """An event was committed, by this process or another."""

    def __init__(self, event: "Event") -> None:
        super().__init__()
        self.event = event


class FeedLost(Message):
    """Events come no longer."""

    def __init__(self, trouble: CoachError) -> None:
        super().__init__()
        self.trouble = trouble


class CoachApp(App[None], KeyOwner):
    """coach as a program that stays open."""

    area: ClassVar[str] = "app"
    CSS_PATH = "coach.tcss"
    TITLE = "coach"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 -- Textual declares it as it is
        (0, "-narrow"),
        (72, "-usual"),
        (110, "-wide"),
    ]

    def __init__(self, settings: "Settings", keymap: Keymap, request: "PanelRequest") -> None:
        super().__init__()
        self.animation_level = "none"
        self.desk = Desk(settings, SessionThreads(settings), keymap, self.say, self.open_named)
        self._panels = [kind(self.desk, id=kind.area) for kind in PANELS]
        self._open = SCREENS.index(request.screen) if request.screen else 0
        self._feed = EventFeed(
            settings,
            lambda event: self.post_message(EventCame(event)),
            lambda trouble: self.post_message(FeedLost(trouble)),
        )
        self._due: set[str] = set()
        self._commands = request.commands
        if not request.color and not self.no_color:
            self.no_color = True
            self._filters.append(Monochrome())

    def compose(self) -> "ComposeResult":
        """Lay out the screens between the line of their names and the line of keys."""
        yield ScreenTabs([one.title for one in self._panels], id="tabs")
        with Container(id="screens"):
            yield from self._panels
        yield GuardBar(self.desk, id="guard")
        yield ProgressLine(id="progress")
        yield KeyLine(id="keys")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the colours of our own, for themes that lack them."""
        return {"gain": "blue", "loss": "orange", "cursor-text": "black", "cursor-back": "cyan"}

    def on_mount(self) -> None:
        """Take a theme, show the first screen and begin to ask."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.open_screen(self._open)
        begin_work(self, self._begin, "begin")

    async def _begin(self) -> None:
        """Let the tables fit, then read the open screen and follow events."""
        try:
            self.desk.zone = await self.desk.threads.begin()
        except NotInitialised:
            self.desk.trouble = None
            self.set_timer(LOOK_AGAIN_S, self._begin_again)
        except CoachError as trouble:
            self.desk.trouble = trouble
        else:
            self.desk.trouble = None
            for panel in self._panels:
                panel.is_stale = True
            self._feed.start()
            self._guard_bar.look()
        self.panel.load()

    def _begin_again(self) -> None:
        begin_work(self, self._begin, "begin", exclusive=True)

    async def on_unmount(self) -> None:
        """End what was begun."""
        self._feed.stop()
        self.desk.threads.close()

    @property
    def failure(self) -> Exception | None:
        """Return what nobody expected and what ended the program; None where nothing did."""
        return self._exception

    def _fatal_error(self) -> None:
        """End without a traceback: whoever runs the program says what went wrong.

        Textual's own would show the values of variables, keys of brokers among them.
        """
        self._close_messages_no_wait()

    @property
    def panel(self) -> AnyPanel:
        """Return the open screen."""
        return self._panels[self._open]

    def say(self, text: str) -> None:
        """Show a line until the next key."""
        self._key_line.say(text)

    def open_named(self, name: str) -> None:
        """Open the screen of that name."""
        self.open_screen(SCREENS.index(name))

    def open_screen(self, place: int) -> None:
        """Open a screen; what it showed is still there, and read again where it is stale."""
        self._open = place
        for number, panel in enumerate(self._panels):
            panel.set_class(number == place, "-open")
        self.set_focus(None)
        self._show_tabs()
        if (self.panel.is_stale and self.panel.found is not None) or self.panel.state:
            self._refresh_if_stale()
        elif self.is_running and self.panel.is_stale:
            self.panel.load()
        self.panel.take_focus()
        self._show_keys()

    def _refresh_if_stale(self) -> None:
        if self.panel.is_stale:
            self.panel.load()

    def on_descendant_focus(self) -> None:
        """Show the keys of what has the focus now."""
        self._show_keys()

    async def on_key(self, event: "events.Key") -> None:
        """Do what a key means, innermost area first; a prompt that is just opening takes none."""
        if not self.screen.is_mounted:
            event.stop()
            return
        self._key_line.say("")
        owners = self.owners_of_keys()
        binding = self.desk.keymap.find(event.key, [one.area for one in owners])
        if binding is None:
            self._say_unknown(event)
            return
        event.stop()
        event.prevent_default()
        owner = next(one for one in owners if one.area == binding.area)
        result = owner.perform(binding.action)
        if isawaitable(result):
            await result

    def owners_of_keys(self) -> list[KeyOwner]:
        """Return who has keys now, the innermost first."""
        inner = self.focused if self.focused is not None else self.screen
        around: list[object] = [*inner.ancestors_with_self]
        found = [one for one in around if isinstance(one, KeyOwner) and one is not self]
        if len(self.screen_stack) > 1:
            return found
        return [*found, *([] if self.panel in found else [self.panel]), self]

    def _say_unknown(self, event: "events.Key") -> None:
        typing = isinstance(self.focused, Input)
        if event.is_printable and not typing and len(self.screen_stack) == 1:
            help_key = self.desk.keymap.named("app", "help").shown
            self.say(f"{shown_key(event.key)} does nothing here; {help_key} lists the keys")

    def bindings_here(self) -> list[KeyBinding]:
        """Return the bindings that hold now, the innermost area first."""
        owners = self.owners_of_keys()
        return [one for owner in owners for one in self.desk.keymap.of(owner.area)]

    def _show_keys(self) -> None:
        if len(self.screen_stack) == 1:
            self._key_line.show([one for one in self.bindings_here() if one.footer])

    def _show_tabs(self) -> None:
        marks = "amounts hidden" if self.desk.private else ""
        self.screen_stack[0].query_one(ScreenTabs).show(self._open, marks)

    @property
    def _key_line(self) -> KeyLine:
        return self.screen_stack[0].query_one(KeyLine)

    @property
    def _guard_bar(self) -> GuardBar:
        return self.screen_stack[0].query_one(GuardBar)

    def on_event_came(self, message: EventCame) -> None:
        """Read again what lives by that event, soon and once for many."""
        for line in self.screen_stack[0].query(EventLine):  # none before all is in its place
            line.follow(message.event)
        if not self._due:
            self.set_timer(TOGETHER_S, self._read_what_is_due)
        self._due.add(message.event.type)

    def _read_what_is_due(self) -> None:
        due, self._due = self._due, set()
        for panel in self._panels:
            if any(kind.startswith(panel.lives_by) for kind in due):
                panel.is_stale = True
        self._refresh_if_stale()

    def on_feed_lost(self, message: FeedLost) -> None:
        """Say that screens no longer follow."""
        self.say(f"events come no longer: {told(message.trouble)}")

    @does("help")
    def show_help(self) -> None:
        """Show every key that does something here, then all others."""
        here = list(dict.fromkeys(one.area for one in self.owners_of_keys()))
        areas = [*here, *dict.fromkeys(one.area for one in self.desk.keymap.bindings)]
        lines = key_lines(self.desk.keymap, dict.fromkeys(areas))
        self.push_screen(LinesPage(f"Keys: {self.panel.title} first", lines))

    @does("palette")
    def open_palette(self) -> None:
        """Find a screen, an action or a command by typing."""
        begin_work(self, self._take_from_palette, "prompt")

    async def _take_from_palette(self) -> None:
        owners = self.owners_of_keys()
        chosen = await self.push_screen_wait(
            Palette(palette_entries(self.desk.keymap, owners, self._commands))
        )
        if chosen is None:
            return
        if chosen.kind == "command":
            self.copy_to_clipboard(chosen.name)
            self.say(f"copied: {chosen.name}")
            return
        owner = next(one for one in owners if one.area == chosen.area)
        result = owner.perform(chosen.action)
        if isawaitable(result):
            await result

    @does("jump")
    def jump(self) -> None:
        """Show a letter over every place that keys can go to, and go to the one that is typed."""
        begin_work(self, self._jump, "prompt")

    async def _jump(self) -> None:
        targets = dict(zip(LETTERS, self._jump_targets(), strict=False))
        taken = await self.push_screen_wait(
            JumpScreen({letter: place for letter, (place, _) in targets.items()})
        )
        if taken is not None:
            targets[taken][1]()

    def _jump_targets(self) -> "Iterator[tuple[Offset, Callable[[], object]]]":
        """Yield each place with what goes there: screens, whatever takes keys, rows of a table."""
        for number, offset in enumerate(self.screen_stack[0].query_one(ScreenTabs).places):
            yield Offset(offset, 0), partial(self.open_screen, number)
        for one in self.screen.focus_chain:
            if one.region:
                yield one.region.offset, one.focus
            if isinstance(one, RowTable):
                for line, place in one.seen_places():
                    yield one.region.offset + Offset(0, line), partial(go_to_row, one, place)

    @does("copy_command")
    def copy_command(self) -> None:
        """Copy the command that shows the same."""
        command = self.panel.command()
        self.copy_to_clipboard(command)
        self.say(f"copied: {command}")

    @does("undo")
    async def undo(self) -> None:
        """Take the newest change back."""
        await self.desk.undo_newest()

    @does("privacy")
    def switch_privacy(self) -> None:
        """Hide money and sizes, or show them again."""
        self.desk.private = not self.desk.private
        self._show_tabs()
        for panel in self._panels:
            panel.redraw()
        self._guard_bar.redraw()

    @does("theme")
    def take_next_theme(self) -> None:
        """Take the next theme."""
        names = [one.name for one in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]
        self.say(f"theme {self.theme.removeprefix('coach-')}")

    @does("again")
    def read_again(self) -> None:
        """Read the open screen again, or begin again where nothing could be read."""
        if self.desk.trouble is not None:
            self._begin_again()
            return
        self.panel.is_stale = True
        self.panel.load()

    @does("next_screen")
    def open_next(self) -> None:
        """Open the next screen."""
        self.open_screen((self._open + 1) % len(self._panels))

    @does("previous_screen")
    def open_previous(self) -> None:
        """Open the previous screen."""
        self.open_screen((self._open - 1) % len(self._panels))

    @does("leave")
    def leave(self) -> None:
        """Leave the program."""
        self.exit()

    def perform(self, action: str) -> Any:  # noqa: ANN401 -- as KeyOwner says
        """Open the screen of that name, or do another action."""
        if action in SCREENS:
            return self.open_screen(SCREENS.index(action))
        return super().perform(action)
