"""The command line's words for what errors and notices name: flags for fields, commands to type.

The engine knows no face. It raises errors by class with facts; these tables say what a person at a
terminal can do about them.
"""

from typing import TYPE_CHECKING

from coach.errors import (
    CoachError,
    Invalid,
    Missing,
    NotFound,
    NothingTraded,
    NotInitialised,
    NotTaken,
    StrictImport,
    UnknownBeginning,
    UnknownClock,
)
from coach.model.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from coach.remedies import Field, NoticeKind, Remedy

FLAGS: "dict[Field, str]" = {
    "account_size": "account_size=",
    "account": "the name of an account",
    "address": "the pasted address",
    "answer": "an answer",
    "at": "--at",
    "bias": "--bias",
    "cap_size": "--cap-size",
    "channel": "NAME",
    "compounding": "--compounding",
    "currency": "--in",
    "contract_size": "--say contract_size:ROOT=",
    "date_order": "--say date_order=",
    "symbol_form": "--say symbol_form=",
    "confidence": "--confidence",
    "day": "DAY",
    "days": "--days",
    "decimal": "--say decimal=",
    "delay": "--delay",
    "device": "--device",
    "end": "--end",
    "event": "--since",
    "entry_id": "--id",
    "equity": "--equity",
    "expires": "expires=",
    "faults": "--faults",
    "file_format": "--format",
    "format": "--as",
    "granularity": "--granularity",
    "head": "--head",
    "host": "--host",
    "intensity": "--intensity",
    "key_file": "--key-file",
    "kind": "KIND",
    "label": "LABEL",
    "last_event": "--until",
    "lock_hours": "lock_hours=",
    "map_fields": "--map",
    "method": "--method",
    "metrics": "--metrics",
    "name": "--save",
    "no_trade_after": "--no-trade-after",
    "note": "note=",
    "outcome": "--outcome",
    "out": "--out",
    "pair": "--pair",
    "params": "NAME=VALUE",
    "password": "a password",
    "percent": "--percent",
    "port": "--port",
    "preset": "--preset",
    "price": "--price",
    "proposal": "ID",
    "public_name": "--public-name",
    "quantity": "QTY",
    "ratio": "RATIO",
    "asset": "ASSET",
    "quiet": "--quiet-hours",
    "question": "QUESTION",
    "quote": "--quote",
    "rational": "--rational",
    "reason": "--reason",
    "recipient": "--age",
    "recipient_of_mail": "--to",
    "rev": "--rev",
    "rules": "--from",
    "scope": "--scope",
    "secret_file": "--secret-file",
    "security": "--security",
    "sender": "--from",
    "set": "--set",
    "setting": "NAME",
    "side": "SIDE",
    "since": "--since",
    "skip_after_loss": "--skip-after-loss",
    "persona": "persona",
    "source": "--source",
    "split": "--split",
    "start": "--start",
    "stop": "--stop",
    "stop_after_losses": "--stop-after-losses",
    "subject": "--subject",
    "symbol": "SYMBOL",
    "symbols": "--symbol",
    "sync_hours": "--sync-hours",
    "target": "--target",
    "text": "TEXT",
    "token_days": "--days",
    "tone": "tone",
    "trade": "TRADE",
    "traders": "--traders",
    "trusted_proxy": "--trusted-proxy",
    "network": "--allow",
    "type": "--type",
    "user": "NAME",
    "week": "--week",
    "weeks": "--weeks",
    "zone": "--zone",
}

NOT_FOUND = {
    "account": "coach accounts lists them",
    "channel": "coach notify list shows them",
    "delivery": "coach notify log shows the ids of digests",
    "digest": "coach digest --week WEEK makes it",
    "commitment": "coach commit list shows them, --removed those that were removed",
    "connected account": "coach connect coinbase --key-file FILE, or coach connect kraken",
    "fill": "coach fills list shows them, --left-out those that were left out",
    "feature": "coach help config names the features",
    "invitation": "coach users allow NAME FEATURE invites one",
    "device": "coach events devices lists them",
    "experiment": "coach experiments list shows them",
    "job": "coach jobs list shows them",
    "label": "coach label --list shows them",
    "mapping": "coach mappings lists them",
    "note": "coach note list shows them, --removed those that were removed",
    "plan": "coach plans list shows them",
    "proposal": "coach rules proposals lists them",
    "question": "coach plans questions lists them",
    "revision": "coach rules history RULE shows them",
    "rule": "coach rules list shows them",
    "run": "coach import list shows the runs",
    "symbol": "coach pnl lists all",
    "trade": "coach trades lists their ids",
}
"""What lists the things of a kind, of which one was not found."""

HINTS: dict[type[CoachError], str] = {
    NotInitialised: "coach import csv FILE",
    NothingTraded: "import your trades first, or name a symbol with --symbol",
    StrictImport: "correct the rows, or leave --strict out to import the rest",
    UnknownBeginning: "coach accounts set NAME --equity AMOUNT says what an account began with",
    UnknownClock: "say which clock the file's times are on: --zone Europe/Madrid, --zone UTC,"
    " --zone UTC+2",
}

OTHER_TRADES = (
    " (coach import undo {earlier} takes the earlier one back); if these are other trades, --anyway"
    " imports them"
)

REMEDIES: "dict[Remedy, str]" = {
    "bring_candles": "coach candles fetch",
    "bring_tls": "give --tls-cert and --tls-key, or name the proxy that brings TLS:"
    " --trusted-proxy ADDRESS; or listen on 127.0.0.1",
    "make_first_account": "make the first account: start coach serve on 127.0.0.1 and open its"
    " link, or coach users add",
    "answer_question": "coach plans answer {question} yes|no|unsure",
    "add_user": "coach users list shows them; coach users add NAME makes one",
    "allow_again": "allow coach to read once more: coach connect {broker} --oauth"
    " --account {account}",
    "answer_mapping": "answer with --say: {answers}; on a terminal coach asks",
    "calibrate_again": "coach rules calibrate RULE looks again",
    "check_server": "see that PostgreSQL runs and takes this user; `coach doctor` says more",
    "change_password": "coach users password NAME gives another",
    "choose_event": "take the id of an event that `coach events` shows, or leave it out to see all",
    "choose_folder": "choose another folder: --out FOLDER",
    "choose_home": "choose another folder: --home FOLDER, or COACH_HOME",
    "choose_pairs": "name each with --pair, as in --pair BTC-USDT; your balances and statements"
    " suggest: {suggested}",
    "choose_population": "leave out --traders, --bias and --intensity, or --rational",
    "compare_sources": "{reason}; see coach candles sources --symbol {symbol}",
    "correct_clock": "one of the two imports was read on a wrong clock: name the file's clock with"
    f" --zone{OTHER_TRADES}",
    "correct_machine_clock": "set the clock of this machine, as by timedatectl set-ntp true;"
    " brokers refuse requests of another time",
    "declare_equity": "coach accounts set NAME --equity AMOUNT",
    "connect_again": "connect the account again: coach connect BROKER --key-file FILE",
    "edit_rule": "coach rules edit {rule} changes its note, its expiry or its lock",
    "ask_before_trade": "before the next one: coach check SYMBOL SIDE QTY --confidence 70",
    "answer_habit": "coach rules add --from {habit} makes the first, with your own numbers",
    "lock_rule": "coach rules list shows your rules; lock_hours= binds you to one",
    "export_recovery": "coach keys export-recovery --out FILE writes one; keep it elsewhere",
    "extend_rule": "coach rules edit {rule} expires=never, or fewer --weeks",
    "forget_device": "coach events forget {device}, then follow again and take all that it shows"
    " as new",
    "fetch_candles": "run coach candles fetch, or any import, once more: it concludes from them",
    "import_as_downloaded": "import the file as downloaded, without a spreadsheet in between"
    f"{OTHER_TRADES}",
    "import_one_format": "import one of the two for these days; a Flex query needs DateTime, and"
    " TradeID and IBOrderID tell most. coach import list shows what is there, coach import undo RUN"
    " takes it back; if these are other trades, --anyway imports them",
    "import_statement": "coach import csv FILE",
    "leave_format_out": "leave --as out, or say --as {format}",
    "list_every_proposal": "coach rules proposals --all shows what became of it",
    "list_history": "coach rules history shows all",
    "list_imports": "coach import list shows the runs",
    "list_plans": "coach plans list shows it",
    "list_proposals": "coach rules proposals lists them",
    "list_questions": "coach plans questions lists them",
    "list_checks": "coach check --history shows it",
    "list_sources": "see coach candles sources",
    "list_tokens": "coach token list shows them",
    "list_service_keys": "coach engine keys shows them, on either side",
    "make_service_key": "make one: coach engine keys --new",
    "list_certificates": "coach pki status shows them, on either side",
    "make_authority": "make an authority first: coach pki init",
    "renew_certificates": "coach pki renew --if-due --reload; a timer does it every day",
    "renew_authority": "coach pki renew --authority lets another one follow it",
    "name_authority_key": "it is where coach pki init ran; --authority-key FILE names it",
    "list_trades": "coach trades lists them",
    "list_users": "coach users list shows them",
    "invite_user": "whoever runs coach invites them: coach users allow {user} {feature}",
    "look_closer": "`coach doctor` says more",
    "make_utf8_database": "make another: createdb --encoding UTF8 --template template0 coach",
    "mend_channel": "coach notify log says what failed, coach notify test NAME tries it again;"
    " coach notify add replaces the channel",
    "name_age_key": "give the file of your age key: --key-file FILE, or SOPS_AGE_KEY_FILE",
    "move_cluster": "coach db upgrade moves it, and keeps the former one",
    "name_backup_key": "coach backup key makes one, whose public side it keeps; or --age RECIPIENT",
    "make_room": "make room, or move the home: --home FOLDER",
    "make_backup": "coach backup create makes one",
    "wait_for_jobs": "let them end (coach jobs), and stop coach worker; or they begin anew",
    "name_recipients": "name who shall open the file: --age RECIPIENT, or age: in a .sops.yaml",
    "name_account": "name one with --account",
    "name_format": "if it is Binance's trade history in a language that coach does not know:"
    " --as {format}; else {otherwise}",
    "name_quote": "use --quote; you traded in: {known}",
    "name_symbol": "name it: coach candles import FILE --source NAME --symbol BTC-USD",
    "map_columns": "{instead}say what its columns are, and coach remembers it:"
    " --map '{proposed}' --save NAME (coach help mapper); on a terminal coach asks",
    "map_and_answer": "{instead}say what its columns are, and coach remembers it:"
    " --map '{proposed}' --save NAME, and answer with --say: {answers}"
    " (coach help mapper); on a terminal coach asks",
    "make_app_role": "have an administrator of the server run the SQL of `coach db role-script`",
    "open_months": "run `coach db upgrade`, and see that the clock of this machine is right",
    "pair_intensities": "give one --intensity to each --bias, or one to all of them",
    "read_anew": "follow again without --since, and take all that it shows as new",
    "register_client": "register coach with {broker}, then coach config set {broker}_client_id ID"
    " and COACH_{client}_CLIENT_SECRET; without that, connect by a key: --key-file FILE",
    "release_events": "end the session that holds them, then run `coach db upgrade`",
    "remove_rule": "coach rules remove RULE drops it",
    "replace_secret": "everything else goes on, and `coach doctor` says more; to replace the key,"
    " make a new one and connect again",
    "restore_keys": "coach keys restore FILE brings back what export-recovery wrote; without such a"
    " file, coach keys abandon begins anew",
    "report_trouble": (
        "no partial changes were made; if it comes again, report it with what --debug shows"
    ),
    "restore_note": "coach note restore {note} brings it back",
    "resume_rule": "coach rules resume RULE, or expires=never",
    "retry_job": "coach jobs lists them, coach jobs retry RUN tries one again",
    "say_since": "say from when with --since",
    "set_zone": "coach config set zone Europe/Berlin, if your day begins elsewhere",
    "shorten_span": "read a shorter time with --since, or import a statement file",
    "shorten_sync": "nothing was imported; read a shorter time with --since",
    "show_history": "coach rules history RULE shows them",
    "show_result": "coach experiments result {experiment} shows its result",
    "show_rule": "coach rules show RULE shows it",
    "start_here": "coach demo shows it on made-up data; coach import csv FILE reads yours",
    "start_worker": "run coach worker as a service, or coach schedule install --cron",
    "stop_experiment": "coach experiments stop {experiment} ends it",
    "take_newest_week": "leave --week out for the newest",
    "turn_feature_on": "coach config set features {feature} turns it on",
    "try_again": "no partial changes were made; try again, or see coach doctor",
    "undo_first_telling": "it counts; to write it otherwise, take that import back first:"
    " coach import undo {run}",
    "undo_imports": "take its imports back first: coach import list, coach import undo RUN",
    "unlink_user": "coach users unlink NAME ends that first",
    "use_more_weeks": "use --weeks 12; {least} find only the largest effects",
}

UNNAMED = {"account": "NAME"}
"""What stands in a remedy where its error does not know the name."""

NOTICES: "dict[NoticeKind, str]" = {
    "account_counts_as_spot": " (coach accounts set NAME --shorts says otherwise)",
    "action_not_read": ": write what it did by hand (coach entries)",
    "fees_without_value": " (coach candles fetch)",
    "fills_like_another_account": ": if that is the same account, undo this import and use"
    " --account",
    "read_as_short": ". If a purchase is missing instead, say --no-shorts, with the import or with"
    " coach accounts set {account}; --shorts confirms it",
    "read_as_spot": ". If it opened a short, say --shorts, with the import or with"
    " coach accounts set {account}; --no-shorts confirms it",
    "sales_without_purchase": " (coach accounts set NAME --shorts)",
}
"""What is added to the sentence of a notice."""


def completed(sentence: str) -> str:
    """Return a warning, a notice with what to do about it here."""
    if not isinstance(sentence, Notice):
        return sentence
    return f"{sentence}{NOTICES[sentence.kind].format_map(sentence.facts)}"


def message_of(error: CoachError) -> str:
    """Return what went wrong, with the flag of the field that it is about."""
    return error.message(FLAGS.__getitem__)


def hint_of(error: CoachError) -> str:
    """Return what to do about an error at a terminal, empty where nothing is known that helps."""
    return hint_with(error, FLAGS.__getitem__)


def hint_with(error: CoachError, name_of: "Callable[[Field], str]") -> str:
    """Return what to do about an error, where fields are called as `name_of` says.

    What the error itself advises is the same on every face and comes first, then its remedy, then
    what its class and facts call for.
    """
    if error.hint:
        return error.hint
    if error.remedy:
        return remedy_text(error.remedy, error.facts)
    return _hint_of_class(error, name_of)


def remedy_text(remedy: "Remedy", facts: "Mapping[str, object]") -> str:
    """Return the command or flag that a remedy is here, filled with the facts of its error."""
    return REMEDIES[remedy].format_map(UNNAMED | {**facts})


def _hint_of_class(error: CoachError, name_of: "Callable[[Field], str]") -> str:
    if isinstance(error, Invalid):
        return f"use {name_of(error.field)} {error.example}" if error.example else ""
    if isinstance(error, (NotTaken, Missing)):
        takes = ", ".join(map(name_of, error.takes))
        if takes:
            return f"{error.taker} takes {takes}"
        return f"leave {name_of(error.field)} out" if isinstance(error, NotTaken) else ""
    if type(error) is NotFound:
        return NOT_FOUND.get(str(error.facts["kind"]), "")
    return HINTS.get(type(error), "")
