"""Each column names a field of its row, and the rows of a module are the noun's JSON."""

import pytest

from coach.views import (
    accounts,
    calibrations,
    candles,
    evidence,
    experiments,
    health,
    imports,
    insights,
    labels,
    notes,
    plans,
    profit,
    rule_checks,
    rules,
    simulations,
    trades,
)
from coach.views.promises import checks, commitments
from coach.views.table import Column

TABLES: list[tuple[tuple[Column, ...], type]] = [
    (accounts.ACCOUNTS, accounts.AccountRow),
    (calibrations.CALIBRATIONS, calibrations.CalibrationRow),
    (calibrations.PROPOSALS, calibrations.ProposalRow),
    (candles.ARRIVALS, candles.ArrivalRow),
    (candles.COVERAGE, candles.CoverageRow),
    (candles.SOURCES, candles.SourceRow),
    (candles.DELETIONS, candles.DeletionRow),
    (experiments.EXPERIMENTS, experiments.ExperimentRow),
    (experiments.WEEKS, experiments.ExperimentWeekRow),
    (health.ACCOUNTS, health.AccountStatusRow),
    (health.CHECKS, health.HealthCheckRow),
    (imports.RESULT, imports.ImportResultRow),
    (imports.IMPORTS, imports.ImportRow),
    (imports.UNDONE, imports.UndoneImportRow),
    (labels.LABELS, labels.LabelRow),
    (labels.EVERY_LABEL, labels.ListedLabelRow),
    (labels.QUESTIONS, labels.QuestionRow),
    (notes.NOTES, notes.NoteRow),
    (commitments.COMMITMENTS, commitments.CommitmentRow),
    (checks.CONFIDENCES, checks.TradeConfidenceRow),
    (checks.CHECKS, checks.KeptCheckRow),
    (plans.PLANS, plans.PlanRow),
    (rules.RULES, rules.RuleRow),
    (rules.STANDINGS, rules.StandingRow),
    (rules.BREACHES, rules.BreachRow),
    (rules.REVISIONS, rules.RevisionRow),
    (rules.DIFFERENCES, rules.DifferenceRow),
    (rules.PRESETS, rules.PresetRow),
    (rule_checks.DRY_RUNS, rule_checks.DryRunRow),
    (rule_checks.CHECKED_RULES, rule_checks.BrokenRuleRow),
    (evidence.FILLS, evidence.FillRow),
    (evidence.CITED_TRADES, evidence.CitedTradeRow),
    (insights.FINDINGS, insights.FindingRow),
    (insights.TAGS, insights.TagRow),
    (profit.SYMBOL_PROFITS, profit.SymbolProfitRow),
    (experiments.RESULT_WEEKS, experiments.ResultWeek),
    (simulations.SAMPLES, simulations.SampleRow),
    (trades.TRADES, trades.TradeRow),
    (trades.OPEN_TRADES, trades.OpenTradeRow),
]


@pytest.mark.parametrize(("columns", "row"), TABLES)
def test_a_column_names_a_field_of_its_row(columns: tuple[Column, ...], row: type) -> None:
    assert {column.key for column in columns} <= row.__annotations__.keys()


@pytest.mark.parametrize(("columns", "row"), TABLES)
def test_no_field_has_two_columns(columns: tuple[Column, ...], row: type) -> None:
    keys = [column.key for column in columns]
    assert len(keys) == len(set(keys)), row
