"""What `coach help` can explain: each topic, its words, and the page or sections that it shows.

Habits and kinds of rules have a page each, and the glossary has a line for every term; those are
found in the pages themselves.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its line in the list, its page, and the sections shown (empty: the whole page).

    `also` are other words for it.
    """

    about: str
    page: str
    sections: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


HAPPENED = {
    "accounts": Topic("who, and what coach may read", "accounts.md"),
    "candles": Topic("what the market did, and where that comes from", "candles.md"),
    "clock": Topic(
        "on which clock a file's times are",
        "statements.md",
        ("The clock of a file",),
        ("times of a file",),
    ),
    "connections": Topic("which brokers coach reads, and how to leave", "connections.md"),
    "coinbase": Topic("how an account is read over the network", "coinbase.md"),
    "csv formats": Topic(
        "which files coach reads, and a template",
        "statements.md",
        ("Which export to download", "The template", "What may differ without harm"),
        ("formats", "csv", "statement formats", "template", "generic"),
    ),
    "coverage": Topic(
        "which periods are held, which are missing, how to get them",
        "coverage.md",
        (),
        ("gaps", "missing", "complete"),
    ),
    "doubtful positions": Topic(
        "open in the books, and perhaps over", "trades.md", ("Doubtful positions",)
    ),
    "excursions": Topic(
        "MAE, MFE and R: how far a trade went",
        "trades.md",
        ("How far it went",),
        ("mae", "mfe", "r"),
    ),
    "fees": Topic("which count, and in which coin", "trades.md", ("Fees",)),
    "fills": Topic(
        "one fill at a time: what was reported of it, leaving it out",
        "fills.md",
        (),
        ("leave-out", "take-back", "left out"),
    ),
    "mappings": Topic(
        "how coach reads a file that it does not know",
        "mappings.md",
        (),
        ("mapper", "map", "columns", "contract sizes"),
    ),
    "outcomes": Topic(
        "win, loss, break-even",
        "trades.md",
        ("Win, loss, break-even",),
        ("win", "loss", "break even"),
    ),
    "partial closes": Topic("part of a position is closed", "trades.md", ("Partial closes",)),
    "profit": Topic(
        "gross, fees and net, to the cent",
        "trades.md",
        ("The result, to the cent",),
        ("pnl", "gross", "net", "gross, fees, net"),
    ),
    "reconcile": Topic(
        "what moved otherwise than by a trade, and whether everything adds up",
        "reconcile.md",
        (),
        ("entries", "deposits", "withdrawals", "balances", "transfers"),
    ),
    "shorts": Topic("accounts that can be short", "accounts.md", ("Shorts",), ("spot", "margin")),
    "skipped rows": Topic(
        "what cannot be read, and what is no trade",
        "statements.md",
        ("What is not a trade", "What cannot be read"),
        ("skipped",),
    ),
    "statements": Topic("what coach makes of each row of a file", "statements.md", (), ("import",)),
    "trades": Topic("fills, lots and round trips", "trades.md", (), ("round trips",)),
    "twins": Topic(
        "one fill that two sources tell",
        "statements.md",
        ("Which fills are twins",),
        ("duplicates",),
    ),
    "unknown basis": Topic("a sale whose purchase is missing", "trades.md", ("Unknown basis",)),
}
CONCLUDED = {
    "costs": Topic("what a habit costs, and how that is told", "insights.md", ("What it costs",)),
    "error rates": Topic(
        "how often coach is right on made-up traders", "evidence.md", (), ("proof",)
    ),
    "evidence": Topic(
        "what stands behind a claim",
        "insights.md",
        ("Evidence", "The evidence of a year"),
        ("evidence of the year",),
    ),
    "habits": Topic(
        "what coach looks for, how sure it is, what it costs",
        "insights.md",
        (),
        ("insights", "biases", "bias", "traits", "findings", "tags", "levels", "score"),
    ),
    "labels": Topic(
        "you say whether a trade was that habit", "labels.md", (), ("precision", "recall")
    ),
    "notes": Topic("what you write down about trades and days", "notes.md", (), ("journal",)),
    "plans": Topic("what you declare, so that it is no habit", "plans.md"),
    "questions": Topic(
        "what coach asks about rules of yours", "plans.md", ("Questions and styles",), ("patterns",)
    ),
    "styles": Topic("how a rule is told from a habit", "styles.md", (), ("reasons",)),
}
PROMISED = {
    "calibration": Topic(
        "thresholds that learn from your answers", "calibration.md", (), ("proposals",)
    ),
    "check": Topic(
        "which rules a trade would break, before it", "rules.md", ("Before a trade: check",)
    ),
    "commitments": Topic(
        "what you asked before trades, how sure you were, and what you signed",
        "check.md",
        (),
        ("confidence", "brier score", "check history", "commit"),
    ),
    "dry run": Topic("a rule held against the past", "rules.md", ("Trying a rule: dry-run",)),
    "experiments": Topic("weeks with a rule and weeks without", "experiments.md"),
    "from a habit to a rule": Topic(
        "the rules that answer a habit", "rules.md", ("From a habit to a rule",), ("suggestions",)
    ),
    "presets": Topic("rules to begin with", "presets.md", (), ("prop firms",)),
    "kinds": Topic("what a rule can limit", "rules.md", ("The kinds",), ("kinds of rules",)),
    "locks": Topic(
        "binding yourself to a rule", "rules.md", ("Binding yourself: the lock",), ("lock hours",)
    ),
    "revisions": Topic(
        "every change of a rule, and the way back",
        "rules.md",
        ("Changing a rule: revisions",),
        ("rollback", "history"),
    ),
    "rules": Topic("what you promised yourself", "rules.md", (), ("promises", "breaches")),
    "rules as json": Topic("a rule in a file", "rules.md", ("As JSON",), ("schema",)),
    "simulate": Topic("the same trades under other rules", "simulate.md", (), ("what if", "luck")),
    "watch": Topic(
        "your fills as they happen, and which rules they broke", "watch.md", (), ("live guard",)
    ),
    "values": Topic(
        "how the numbers of a rule are written",
        "rules.md",
        ("How to write a value",),
        ("params", "parameters"),
    ),
}
READ = {
    "reflect": Topic(
        "what your Rational Future Self says",
        "reflect.md",
        (),
        ("reflections", "future self", "tone"),
    ),
    "digests": Topic("the week on one page", "digests.md"),
    "notify": Topic(
        "your digest by mail, ntfy or webhook", "notify.md", (), ("channels", "notifications")
    ),
    "events": Topic("what changed, in order", "events.md"),
    "error codes": Topic(
        "what each code of an error means, and what to do", "errors.md", (), ("errors", "codes")
    ),
    "exit codes": Topic("what a command ended with", "command-line.md", ("Exit codes",), ("exit",)),
    "glossary": Topic("every word that coach uses", "glossary.md", (), ("words", "terms")),
    "screen readers": Topic(
        "ACCESSIBLE=1: sentences and lines, no charts, no columns",
        "command-line.md",
        ("For screen readers",),
        ("accessible", "accessibility"),
    ),
    "agents": Topic(
        "how another program reads coach for you, and only reads", "agents.md", (), ("skill", "mcp")
    ),
    "json": Topic("what scripts may rely on", "command-line.md", ("JSON",), ("tsv", "output")),
    "options": Topic(
        "those of every command", "command-line.md", ("Options of every command",), ("flags",)
    ),
    "streams": Topic("tables, TSV, stdout and stderr", "command-line.md", ("Streams",), ("pipes",)),
    "times": Topic(
        "days, weeks and moments as you type them",
        "command-line.md",
        ("Times and rules as you type them",),
        ("dates", "since", "until"),
    ),
}
INSTALLED = {
    "backup": Topic("everything in one sealed file, and back", "backup.md", (), ("restore",)),
    "export": Topic(
        "what is yours, in files for other programs", "export.md", (), ("archive", "notebooks")
    ),
    "commands": Topic("every command in one table", "command-line.md", (), ("command line",)),
    "audit": Topic("who did what to your keys, rules and answers", "audit.md"),
    "chaos": Topic("how coach is tried while its processes are killed", "chaos.md"),
    "database": Topic("where all of it lives", "database.md", (), ("postgresql", "postgres", "db")),
    "asvs": Topic("the security standard of OWASP, one requirement after the other", "asvs.md"),
    "decisions": Topic(
        "what became of each record, and when it is looked at again", "decisions.md", (), ("adr",)
    ),
    "testing": Topic("how coach is tested, and which test walks each way", "testing.md"),
    "scale": Topic(
        "how far one machine goes, what breaks first, spreading by user",
        "scale.md",
        (),
        ("capacity", "shards", "citus"),
    ),
    "upgrades": Topic("what to know before an upgrade, and what is yours to do", "upgrades.md"),
    "doctor": Topic("what goes wrong, and what to do", "doctor.md", (), ("troubles", "health")),
    "detectors": Topic("how to add a habit of your own", "detectors.md", (), ("plugins",)),
    "environment": Topic(
        "settings, variables and files", "config.md", (), ("config", "settings", "variables")
    ),
    "folders": Topic(
        "where things are kept", "config.md", ("The folders",), ("home", "coach home")
    ),
    "by the clock": Topic(
        "what happens by itself, and when", "periodic.md", (), ("cron", "periodic")
    ),
    "schedule": Topic(
        "what cron or systemd does, and how that went",
        "schedule.md",
        (),
        ("crontab", "systemd", "timers", "heartbeat"),
    ),
    "engine": Topic("heavy work in a process of its own", "engine.md", (), ("engine service",)),
    "jobs": Topic("how far a long work is", "jobs.md"),
    "keys": Topic(
        "what is secret, how it is sealed and handed over",
        "keys.md",
        (),
        ("secret settings", "recovery file"),
    ),
    "lab": Topic("coach tried on made-up traders", "lab.md"),
    "rule kinds": Topic("how to add a kind of rule", "rule-kinds.md"),
    "serve": Topic("the same answers over HTTP, for a browser and for scripts", "serve.md"),
    "server security": Topic(
        "what stands between the server and those who ask it",
        "security.md",
        (),
        ("security", "security of the server", "fail2ban", "proxy"),
    ),
    "signing in": Topic(
        "friends who use a server, their sessions and tokens",
        "users.md",
        (),
        ("sign in", "friends", "sessions", "tokens"),
    ),
    "runbooks": Topic(
        "when a key, a certificate or the data is due, known or lost",
        "runbooks.md",
        (),
        ("emergency",),
    ),
    "trust between services": Topic(
        "by what services know each other over TLS", "engine.md", ("Certificates",), ("mtls",)
    ),
    "deployment": Topic(
        "on a server, in containers, on Kubernetes; healthchecks",
        "deployment.md",
        (),
        ("deploy", "containers", "docker", "podman", "kubernetes", "healthcheck"),
    ),
    "sandbox": Topic("a broker to try things on", "sandbox.md"),
    "tui": Topic(
        "everything on one screen, by keyboard", "tui.md", (), ("panel", "screens", "terminal")
    ),
    "web": Topic("coach in a browser", "web.md", (), ("browser", "web client")),
    "sealed files": Topic(
        "settings in a file that sops and age seal",
        "keys.md",
        ("Settings in a sops file",),
        ("secrets", "sops", "age"),
    ),
    "users": Topic("several people, one installation", "accounts.md", ("Users",)),
    "zone": Topic("where your day begins", "config.md", ("The zone",), ("time zone", "timezone")),
}
GROUPS = {
    "What happened": HAPPENED,
    "What coach concludes": CONCLUDED,
    "Rules": PROMISED,
    "Reading and scripts": READ,
    "This installation": INSTALLED,
}
TOPICS = {name: topic for group in GROUPS.values() for name, topic in group.items()}
