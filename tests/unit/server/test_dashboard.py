"""The dashboard in deploy/ asks for metrics that there are, in queries that Prometheus reads."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from coach.server.observed.metrics import ServerMetrics

ROOT = Path(__file__).parents[3]
DASHBOARD = ROOT / "deploy" / "grafana" / "coach.json"
METRIC = re.compile(r"\bcoach_\w+")
GROUPED = re.compile(r"\bby \(([^)]*)\)")


def queries() -> list[str]:
    """Return every query, with an interval in the place of the one that Grafana fills in."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    return [query.replace("$__rate_interval", "5m") for query in asked]


def samples() -> dict[str, set[str]]:
    """Return the names that a registry can show, each with its labels."""
    metrics, found = ServerMetrics(), dict[str, set[str]]()
    labelled = (one for one in vars(metrics).values() if hasattr(one, "_labelnames"))
    labels = {one._name: set(one._labelnames) for one in labelled}
    for family in metrics.registry.collect():
        own = labels.get(family.name, set())
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
        for end in ends.get(family.type, ("",)):
            found[family.name + end] = own | ({"le"} if end == "_bucket" else set())
    return found


@pytest.mark.parametrize("query", queries())
def test_every_metric_and_label_of_a_query_is_one_that_there_is(query: str) -> None:
    names, there = set(METRIC.findall(query)), samples()
    assert names
    assert names <= set(there)
    labels = {one.strip() for group in GROUPED.findall(query) for one in group.split(",")}
    assert labels <= set.union(*(there[name] for name in names))


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {name for query in queries() for name in METRIC.findall(query)}
    bare = {re.sub("_(bucket|sum|count)$", "", name) for name in shown}
    assert {re.sub("_(bucket|sum|count)$", "", name) for name in samples()} == bare


@pytest.mark.skipif(shutil.which("promtool") is None, reason="prometheus is not here")
def test_prometheus_reads_every_query(tmp_path: Path) -> None:
    rules = [{"record": f"query:{number}", "expr": one} for number, one in enumerate(queries())]
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    checked = subprocess.run(["promtool", "check", "rules", file], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr.decode()
    assert f"{len(rules)} rules found" in checked.stdout.decode()


@pytest.mark.skipif(shutil.which("promtool") is None, reason="prometheus is not here")
def test_prometheus_refuses_a_query_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    rules = [{"record": "query:0", "expr": "sum by (le (coach_sockets)"}]
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    checked = subprocess.run(["promtool", "check", "rules", file], capture_output=True, check=False)
    assert checked.returncode != 0
