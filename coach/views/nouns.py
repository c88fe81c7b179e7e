"""Every noun by its name, and which noun the JSON of a command holds.

`.ci/schemas.py` writes a JSON Schema of each noun from here.
"""

from collections.abc import Mapping
from typing import Final

from coach.views.accounts import AccountRow, DisconnectionRow
from coach.views.brokers.pairs import AccountPairRow
from coach.views.calibrations import CalibrationRow, ProposalRow
from coach.views.candles import (
    CandleFetchRow,
    CandleImportRow,
    CoverageRow,
    DeletionRow,
    SourceChoiceRow,
)
from coach.views.digests import DigestVerificationRow
from coach.views.events import (
    DevicePositionRow,
    EventEpochRow,
    EventMonthRow,
    EventRow,
    ForgottenDeviceRow,
)
from coach.views.evidence import BiasEvidenceRow, TradeEvidenceRow
from coach.views.experiments import (
    ExperimentResultRow,
    ExperimentRow,
    ExperimentWeeksRow,
    RegisteredExperimentRow,
)
from coach.views.health import DoctorRow, StatusRow
from coach.views.imports import ImportResultRow, ImportRow, UndoneImportRow
from coach.views.insights import FindingRow, TagRow
from coach.views.jobs import JobRow
from coach.views.labels import LabelRow, ListedLabelRow, QuestionRow
from coach.views.notes import NoteRow
from coach.views.plans import PlanRow
from coach.views.profit import ProfitReport
from coach.views.promises.waiting import ZoneSettingRow
from coach.views.reasons import ReasonQuestionRow
from coach.views.reflections.reflection import PromptRow, ReflectionRow
from coach.views.reflections.usage import ModelUsageRow
from coach.views.rule_checks import CheckRow, DryRunRow
from coach.views.rules import BreachRow, DifferenceRow, PresetRow, RevisionRow, RuleRow, StandingRow
from coach.views.secrets.sealed_files import (
    EditedFileRow,
    EncryptedFileRow,
    NamesRow,
    SealedFileRow,
    VerifiedFileRow,
)
from coach.views.security.access import NewTokenRow, TokenRow
from coach.views.security.audit import AuditHeadRow, AuditRow, AuditVerificationRow
from coach.views.security.keys import (
    KeyStatusRow,
    RecoveryRow,
    RewrapRow,
    RotationRow,
    SealedKeyRow,
)
from coach.views.simulations import SimulationRow
from coach.views.trades import OpenTradeRow, TradeRow
from coach.views.users import UserRow

NOUNS: Final[Mapping[str, type]] = {
    "account": AccountRow,
    "account-pair": AccountPairRow,
    "disconnection": DisconnectionRow,
    "audit": AuditRow,
    "audit-head": AuditHeadRow,
    "audit-verification": AuditVerificationRow,
    "bias-evidence": BiasEvidenceRow,
    "breach": BreachRow,
    "calibration": CalibrationRow,
    "candle-coverage": CoverageRow,
    "candle-deletion": DeletionRow,
    "candle-fetch": CandleFetchRow,
    "candle-import": CandleImportRow,
    "candle-sources": SourceChoiceRow,
    "check": CheckRow,
    "digest-verification": DigestVerificationRow,
    "device-position": DevicePositionRow,
    "doctor": DoctorRow,
    "dry-run": DryRunRow,
    "event": EventRow,
    "event-epoch": EventEpochRow,
    "event-month": EventMonthRow,
    "experiment": ExperimentRow,
    "experiment-result": ExperimentResultRow,
    "experiment-weeks": ExperimentWeeksRow,
    "finding": FindingRow,
    "forgotten-device": ForgottenDeviceRow,
    "import": ImportRow,
    "import-result": ImportResultRow,
    "import-undo": UndoneImportRow,
    "job": JobRow,
    "key-recovery": RecoveryRow,
    "key-rewrap": RewrapRow,
    "key-rotation": RotationRow,
    "keys": KeyStatusRow,
    "sealed-key": SealedKeyRow,
    "label": LabelRow,
    "listed-label": ListedLabelRow,
    "new-token": NewTokenRow,
    "model-usage": ModelUsageRow,
    "note": NoteRow,
    "open-trade": OpenTradeRow,
    "plan": PlanRow,
    "preset": PresetRow,
    "profit": ProfitReport,
    "proposal": ProposalRow,
    "question": QuestionRow,
    "reason-question": ReasonQuestionRow,
    "registered-experiment": RegisteredExperimentRow,
    "reflection": ReflectionRow,
    "reflection-prompt": PromptRow,
    "revision": RevisionRow,
    "revision-difference": DifferenceRow,
    "rule-view": RuleRow,
    "rule-standing": StandingRow,
    "sealed-file": SealedFileRow,
    "sealed-file-edit": EditedFileRow,
    "sealed-file-names": NamesRow,
    "sealed-file-encryption": EncryptedFileRow,
    "sealed-file-verification": VerifiedFileRow,
    "simulation": SimulationRow,
    "status": StatusRow,
    "tag": TagRow,
    "trade": TradeRow,
    "trade-evidence": TradeEvidenceRow,
    "token": TokenRow,
    "user": UserRow,
    "zone-setting": ZoneSettingRow,
}
"""The row of each noun. A digest and a rule to be made have schemas of their own."""

COMMANDS: Final[Mapping[str, str]] = {
    "accounts": "account",
    "accounts pairs": "account-pair",
    "accounts remove": "account",
    "accounts set": "account",
    "audit": "audit",
    "audit head": "audit-head",
    "audit verify": "audit-verification",
    "biases": "finding",
    "candles fetch": "candle-fetch",
    "candles import": "candle-import",
    "candles list": "candle-coverage",
    "candles prune": "candle-deletion",
    "candles sources": "candle-sources",
    "check": "check",
    "connect binance": "account",
    "connect coinbase": "account",
    "connect kraken": "account",
    "disconnect": "disconnection",
    "config set zone": "zone-setting",
    "db epoch": "event-epoch",
    "db partitions": "event-month",
    "digest --verify": "digest-verification",
    "doctor": "doctor",
    "events": "event",
    "events devices": "device-position",
    "events forget": "forgotten-device",
    "experiments list": "experiment",
    "experiments result": "experiment-result",
    "experiments show": "experiment-weeks",
    "experiments start": "registered-experiment",
    "experiments stop": "experiment-result",
    "import csv": "import-result",
    "import list": "import",
    "import sync": "import-result",
    "import sync --due": "import",
    "import undo": "import-undo",
    "jobs": "job",
    "jobs list": "job",
    "jobs retry": "job",
    "jobs show": "job",
    "keys abandon": "key-recovery",
    "keys export-recovery": "key-recovery",
    "keys restore": "key-recovery",
    "keys rewrap": "key-rewrap",
    "keys rotate": "key-rotation",
    "keys seal": "sealed-key",
    "keys status": "keys",
    "label": "label",
    "label --list": "listed-label",
    "label questions": "question",
    "note": "note",
    "note add": "note",
    "note edit": "note",
    "note list": "note",
    "note remove": "note",
    "note restore": "note",
    "note search": "note",
    "plans": "plan",
    "plans add": "plan",
    "plans answer": "reason-question",
    "plans list": "plan",
    "plans questions": "reason-question",
    "plans remove PLAN": "plan",
    "plans remove QUESTION": "reason-question",
    "pnl": "profit",
    "rules accept": "proposal",
    "reflect": "reflection",
    "reflect --show-prompt": "reflection-prompt",
    "reflect list": "reflection",
    "reflect usage": "model-usage",
    "rules add": "rule-view",
    "rules breaches": "breach",
    "rules calibrate": "calibration",
    "rules status": "rule-standing",
    "rules diff": "revision-difference",
    "rules dismiss": "proposal",
    "rules dry-run": "dry-run",
    "rules edit": "rule-view",
    "rules history": "revision",
    "rules list": "rule-view",
    "rules pause": "rule-view",
    "rules presets": "preset",
    "rules proposals": "proposal",
    "rules remove": "rule-view",
    "rules resume": "rule-view",
    "rules rollback": "rule-view",
    "rules show": "rule-view",
    "secrets decrypt": "sealed-file-names",
    "secrets edit": "sealed-file-edit",
    "secrets encrypt": "sealed-file-encryption",
    "secrets rotate-recipients": "sealed-file",
    "secrets verify": "sealed-file-verification",
    "simulate": "simulation",
    "status": "status",
    "tags": "tag",
    "trades": "trade",
    "trades --open": "open-trade",
    "token create": "new-token",
    "token list": "token",
    "token revoke": "token",
    "users add": "user",
    "users allow": "user",
    "users disallow": "user",
    "users disable": "user",
    "users enable": "user",
    "users link": "user",
    "users list": "user",
    "users password": "user",
    "users remove": "user",
    "users unlink": "user",
    "why BIAS": "bias-evidence",
    "why TRADE": "trade-evidence",
}
"""The noun of which the `data` of a command is one, or a list."""
