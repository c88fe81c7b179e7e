"""What happened, set right: accounts, the zone, imports taken back, jobs tried again, what-ifs."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from coach.engine.api import accounts as accounts_api
from coach.engine.api import imports, jobs, users
from coach.engine.api.broker import leave
from coach.engine.api.promises import pending_settings, plans
from coach.engine.api.reflection import tone as tone_api
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.insights import SimulationQuery, simulation
from coach.server.writes.body import NoBody, RequestBody, exact
from coach.views import accounts as account_views
from coach.views import imports as import_views
from coach.views import jobs as job_views
from coach.views.promises.waiting import zone_setting
from coach.views.reflections.tone import tone_setting
from coach.views.table import json_row, rows


class AccountBody(RequestBody):
    """What is known of an account."""

    shorts: Annotated[bool | None, Field(description="Whether it can be short.")] = None
    equity: Annotated[str | None, Field(description="The money it began with.")] = None
    sync_hours: Annotated[
        int | None, Field(description="Read it every so many hours; 0 never by itself.")
    ] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.shorts is None and self.equity is None and self.sync_hours is None:
            raise ValueError("nothing to set")
        return self


class ZoneBody(RequestBody):
    """Where the days and weeks of the user begin."""

    zone: Annotated[str, Field(description="Such as Europe/Berlin.")]


class ToneBody(RequestBody):
    """How the Rational Future Self speaks."""

    tone: Annotated[str, Field(description="supportive or strict.")]


def set_account(call: ApiCall, body: AccountBody, name: str) -> ApiAnswer:
    """Say whether an account can be short, the money it began with, or how often it is read."""
    warnings: tuple[str, ...] = ()
    money = exact("equity", body.equity)
    if money is not None:
        warnings = plans.set_equity(call.session, name, money)
    if body.shorts is not None:
        accounts_api.set_shorts(call.session, name, body.shorts)
    if body.sync_hours is not None:
        leave.set_sync_hours(call.session, name, body.sync_hours)
    found = accounts_api.summary(call.session, name)
    held = [one for one in pending_settings.waiting(call.session) if one.account == name]
    waiting = next((one for one in held if one.name == "equity"), None)
    row = account_views.account(found, waiting)
    return ApiAnswer("accounts set", list(rows([row])), warnings)


def set_zone(call: ApiCall, body: ZoneBody) -> ApiAnswer:
    """Cut days and weeks in another zone."""
    warnings = users.set_zone(call.session, body.zone)
    held = pending_settings.waiting(call.session)
    waiting = next((one for one in held if one.name == "zone"), None)
    row = zone_setting(call.session.user.name, body.zone, waiting)
    return ApiAnswer("config set", json_row(row), () if waiting else warnings)


def set_tone(call: ApiCall, body: ToneBody) -> ApiAnswer:
    """Let the Rational Future Self speak in another tone."""
    chosen = tone_api.set_tone(call.session, body.tone)
    return ApiAnswer("config set", json_row(tone_setting(call.session.user.name, chosen)))


def undo_import(call: ApiCall, _: NoBody, run: str) -> ApiAnswer:
    """Take an import back."""
    undone = imports.undo(call.session, run)
    return ApiAnswer("import undo", json_row(import_views.undone_import(undone)))


def retry_job(call: ApiCall, _: NoBody, run: str) -> ApiAnswer:
    """Queue a failed or dead job for one more attempt."""
    return ApiAnswer("jobs retry", json_row(job_views.job(jobs.retry(call.session, run))))


def simulate(call: ApiCall, body: SimulationQuery) -> ApiAnswer:
    """Replay the trades under other rules, and keep the answer."""
    return simulation(call, body)
