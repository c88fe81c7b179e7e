"""What every container of deploy/ has to have, on one machine and on Kubernetes."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.unit.deployment.conftest import DEPLOY

Described = dict[str, Any]
COMPOSE = ("compose.yaml", "compose.demo.yaml")
SECRET_PLACES = re.compile(r"password|secret|_url$|kek|_key$", re.IGNORECASE)
HANDED_OVER = re.compile(r"(_FILE|_COMMAND)$")
VALIDATED_ELSEWHERE = {"COACH_ENGINE_URL"}


def services(file: str) -> dict[str, Described]:
    found: dict[str, Described] = yaml.safe_load((DEPLOY / file).read_text())["services"]
    return found


EVERY_SERVICE = [(file, name) for file in COMPOSE for name in services(file)]


def objects() -> Iterator[Described]:
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        yield from yaml.safe_load_all(file.read_text())


def of_kind(*kinds: str) -> list[Described]:
    return [one for one in objects() if one["kind"] in kinds]


WORKLOADS = of_kind("Deployment", "Job")


@pytest.mark.parametrize(("file", "name"), EVERY_SERVICE)
def test_a_service_may_do_nothing_that_it_need_not(file: str, name: str) -> None:
    service = services(file)[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert set(service.get("cap_add", [])) <= {"NET_BIND_SERVICE"}
    assert "no-new-privileges:true" in service["security_opt"]
    assert any(one.startswith("seccomp=") for one in service["security_opt"])
    assert "privileged" not in service
    assert service["restart"] == "unless-stopped"
    assert service["pids_limit"] <= 200


@pytest.mark.parametrize(("file", "name"), EVERY_SERVICE)
def test_a_secret_is_a_file_and_no_variable(file: str, name: str) -> None:
    variables = services(file)[name].get("environment", {})
    held = [
        key
        for key in variables
        if SECRET_PLACES.search(key)
        and not HANDED_OVER.search(key)
        and key not in {*VALIDATED_ELSEWHERE, "COACH_KEK_PROVIDER"}
    ]
    assert held == []


@pytest.mark.parametrize("name", [*services("compose.yaml")])
def test_a_service_is_asked_whether_it_is_well(name: str) -> None:
    assert services("compose.yaml")[name]["healthcheck"]["test"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    for file in COMPOSE:
        assert [name for name, one in services(file).items() if "ports" in one] == ["caddy"]


def test_the_database_reaches_nobody() -> None:
    networks = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["networks"]
    for name in ("postgres", "redis"):
        assert services("compose.yaml")[name]["networks"] == ["back"]
    assert networks["back"]["internal"] is True


@pytest.mark.parametrize("name", ["COACH_IMAGE", "COACH_DOMAIN", "COACH_SECRETS"])
def test_nothing_starts_without(name: str) -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    uses = re.findall(r"\$\{" + name + r"([^}]*)\}", text)
    assert uses
    assert all(one.startswith(":?") for one in uses)


def test_calls_of_the_kernel_are_refused_unless_they_are_named() -> None:
    profile = json.loads((DEPLOY / "seccomp.json").read_text())
    allowed = {name for rule in profile["syscalls"] for name in rule["names"]}
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert not allowed & {"mount", "umount2", "ptrace", "unshare", "setns", "bpf", "keyctl"}
    assert not allowed & {"init_module", "kexec_load", "reboot", "swapon", "pivot_root"}


@pytest.mark.parametrize("one", WORKLOADS, ids=lambda one: one["metadata"]["name"])
def test_a_pod_may_do_nothing_that_it_need_not(one: Described) -> None:
    pod = one["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"requests", "limits"} <= container["resources"].keys()
    assert not container["image"].endswith(":latest")
    assert "env" not in container  # settings come from the map, secrets as files


@pytest.mark.parametrize("name", ["serve", "worker", "engine"])
def test_what_goes_on_is_several_is_asked_and_is_not_all_moved_at_once(name: str) -> None:
    (one,) = [found for found in of_kind("Deployment") if found["metadata"]["name"] == name]
    (container,) = one["spec"]["template"]["spec"]["containers"]
    assert one["spec"]["replicas"] >= 2
    assert {"startupProbe", "livenessProbe"} <= container.keys()
    budgets = {found["metadata"]["name"]: found["spec"] for found in of_kind("PodDisruptionBudget")}
    assert budgets[name]["minAvailable"] == 1
    assert budgets[name]["selector"] == one["spec"]["selector"]


def test_a_server_that_waits_for_its_database_is_not_started_anew() -> None:
    (serve,) = [one for one in of_kind("Deployment") if one["metadata"]["name"] == "serve"]
    (container,) = serve["spec"]["template"]["spec"]["containers"]
    assert container["readinessProbe"]["exec"]["command"] == ["coach", "healthcheck"]
    assert "/livez" in container["livenessProbe"]["exec"]["command"][-1]


def test_workers_follow_the_queue() -> None:
    (scaler,) = of_kind("HorizontalPodAutoscaler")
    assert scaler["spec"]["scaleTargetRef"]["name"] == "worker"
    (metric,) = scaler["spec"]["metrics"]
    assert metric["external"]["metric"]["name"] == "coach_queue_depth"


def test_nobody_reaches_anybody_unless_that_is_said() -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in of_kind("NetworkPolicy")}
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
