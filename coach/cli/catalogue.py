"""Every command in one table: its name, where it lives, its line on the help page."""

from typing import ClassVar

from coach.cli.lazy import Entry, LazyGroup

COMMANDS = {
    "demo": Entry(
        "coach.cli.commands.demo:demo", "The whole of coach in one go, on a made-up trader."
    ),
    "connect": Entry(
        "coach.cli.commands.connect:app", "Let coach read a broker, with a view-only key."
    ),
    "disconnect": Entry(
        "coach.cli.commands.disconnect:disconnect", "End an account's connection to its broker."
    ),
    "accounts": Entry(
        "coach.cli.commands.accounts:app", "Your accounts, and what is known of each."
    ),
    "users": Entry("coach.cli.people.users:app", "Who uses this coach, and who may sign in."),
    "token": Entry("coach.cli.people.tokens:app", "What your programs show to coach serve."),
    "import": Entry(
        "coach.cli.commands.imports:app", "Bring fills in, from a statement or a broker."
    ),
    "coverage": Entry(
        "coach.cli.fills.coverage:coverage", "Which periods are held, and which are missing."
    ),
    "fills": Entry("coach.cli.fills.group:app", "Fills one by one, and leaving one out."),
    "trades": Entry("coach.cli.commands.trades:trades", "Your round trips, oldest first."),
    "pnl": Entry("coach.cli.commands.pnl:pnl", "Realised profit and open positions, per symbol."),
    "entries": Entry("coach.cli.entries.group:app", "What moved otherwise than by a trade."),
    "reconcile": Entry(
        "coach.cli.entries.reconcile:reconcile", "Whether everything adds up, and where not."
    ),
    "biases": Entry(
        "coach.cli.commands.insights:biases", "Which habits are really there, and their cost."
    ),
    "mappings": Entry(
        "coach.cli.mapping.group:app", "What the columns of files mean that coach reads by them."
    ),
    "tags": Entry("coach.cli.commands.insights:tags", "Single trades that stand out, as facts."),
    "why": Entry("coach.cli.commands.why:why", "What stands behind a trade or a claim."),
    "label": Entry("coach.cli.commands.labels:label", "Say whether a trade was that habit."),
    "note": Entry("coach.cli.notes.group:app", "What you write down about trades and days."),
    "plans": Entry(
        "coach.cli.commands.plans:app", "What you declare or confirm, so that it is no habit."
    ),
    "rules": Entry("coach.cli.rules.group:app", "Promises to yourself, and where you broke them."),
    "check": Entry("coach.cli.commands.check:check", "Which of your rules a trade would break."),
    "watch": Entry(
        "coach.cli.watching.watch:watch", "Your fills as they happen, and which rules they broke."
    ),
    "confidence": Entry(
        "coach.cli.commitments.confidence:confidence", "How sure you are of an open trade."
    ),
    "commit": Entry(
        "coach.cli.commitments.group:app",
        "What you sign while you are calm, to be read at a breach.",
    ),
    "simulate": Entry(
        "coach.cli.commands.simulate:simulate", "Your trades again, under other rules."
    ),
    "experiments": Entry(
        "coach.cli.commands.experiments:app", "Weeks with a rule and weeks without."
    ),
    "digest": Entry("coach.cli.commands.digests:digest", "One week, read back to you."),
    "notify": Entry("coach.cli.notify.group:app", "Where your weekly digest is sent."),
    "reflect": Entry(
        "coach.cli.reflect.group:app",
        "Ask your Rational Future Self, who knows what your trades show.",
    ),
    "candles": Entry(
        "coach.cli.commands.candles:app", "What the market did, from a file or the network."
    ),
    "events": Entry(
        "coach.cli.commands.events:app", "What coach noticed, one JSON object per line."
    ),
    "jobs": Entry("coach.cli.jobs.group:app", "Long works: how far each is, what came of it."),
    "tui": Entry("coach.cli.serving.tui:tui", "Everything on one screen, by keyboard."),
    "serve": Entry("coach.cli.serving.serve:serve", "The same answers over HTTP, on this machine."),
    "worker": Entry(
        "coach.cli.jobs.worker:worker", "Do queued jobs, and what is due by the clock."
    ),
    "engine": Entry("coach.cli.engine.group:app", "Heavy work in a process of its own."),
    "pki": Entry("coach.cli.pki.group:app", "Certificates by which services know each other."),
    "schedule": Entry(
        "coach.cli.schedule.group:app", "What cron or systemd does for coach, and how that went."
    ),
    "status": Entry("coach.cli.commands.health:status", "How things stand."),
    "sandbox": Entry(
        "coach.cli.commands.sandbox:sandbox", "A broker to try things on, on this machine."
    ),
    "lab": Entry("coach.cli.lab.group:app", "How coach does on made-up traders with known habits."),
    "mcp": Entry("coach.cli.agents.mcp:mcp", "What coach knows, read by an agent that speaks MCP."),
    "skill": Entry(
        "coach.cli.agents.skill:skill",
        "A page that teaches agents of other programs to read coach.",
    ),
    "secrets": Entry("coach.cli.secrets.group:app", "Files of secrets, sealed for age recipients."),
    "db": Entry("coach.cli.commands.database:app", "The database behind it."),
    "backup": Entry(
        "coach.cli.backup.group:app", "Everything in one sealed file, verified, and back."
    ),
    "export": Entry(
        "coach.cli.exports.export:export", "Everything that is yours, in files for other programs."
    ),
    "purge": Entry("coach.cli.people.purge:purge", "A person and all that is theirs, removed."),
    "keys": Entry(
        "coach.cli.keys.group:app", "What seals your broker keys: status, rotation, recovery."
    ),
    "audit": Entry("coach.cli.keys.audit:app", "Who did what to your keys, rules and answers."),
    "doctor": Entry("coach.cli.commands.health:doctor", "Check this installation."),
    "healthcheck": Entry(
        "coach.cli.serving.healthcheck:healthcheck", "Whether a process is well; for containers."
    ),
    "config": Entry("coach.cli.commands.config:app", "Settings, and who made them."),
    "completion": Entry(
        "coach.cli.commands.completion:completion", "A completion script for your shell."
    ),
    "help": Entry("coach.cli.help.command:help_", "Explain a topic, or how a command is called."),
    "version": Entry("coach.cli.commands.version:version", "The version."),
}
FORMER = {"experiment": "experiments"}
"""Names that commands had before, and have still."""


class Root(LazyGroup):
    """The whole command line."""

    table: ClassVar = COMMANDS
    former: ClassVar = FORMER
