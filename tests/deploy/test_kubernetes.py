"""The manifests in deploy/kubernetes: by the schemas, by each other, by what the studio has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import msgspec
import pytest
import yaml

from app import settings
from app.cli import director
from tests.deploy.test_monitoring import promtool

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
SCALED_OBJECT = json.loads(Path(__file__).with_name("scaled_object.json").read_text())
VERSIONS = ("1.28", "1.37")
SECRETS = {
    "director-api": {"DIRECTOR_DATABASE_URL", "DIRECTOR_REDIS_URL", "DIRECTOR_METRICS_TOKEN"},
    "director-worker": {"DIRECTOR_DATABASE_WORKER_URL", "DIRECTOR_REDIS_URL"},
    "director-storage": {
        "DIRECTOR_PLUGIN_STORAGE__ACCESS_KEY",
        "DIRECTOR_PLUGIN_STORAGE__SECRET_KEY",
    },
}


def objects(kind: str | None = None) -> list[dict[str, Any]]:
    """What `kubectl apply -k` would apply, in order."""
    files = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    assert {*files, "kustomization.yaml"} == {path.name for path in FOLDER.iterdir()}
    found = [one for name in files for one in yaml.safe_load_all((FOLDER / name).read_text())]
    return [one for one in found if kind in (None, one["kind"])]


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for one in objects("Deployment"):
        yield one["metadata"]["name"], one["spec"]["template"]["spec"]


def test_each_object_is_as_kubernetes_wants_it() -> None:
    for one in objects():
        if one["kind"] == "ScaledObject":
            jsonschema.validate(one, SCALED_OBJECT)
            behaviour = one["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
            scaler = {
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": "x"},
                "spec": {
                    "maxReplicas": 1,
                    "scaleTargetRef": {"kind": "Deployment", "name": "x", "apiVersion": "apps/v1"},
                    "behavior": behaviour,
                },
            }
            one = scaler
        for version in VERSIONS:
            kubernetes_validate.validate(one, version, strict=True)


def test_a_misspelt_field_would_be_found() -> None:
    (wrong,) = [one for one in objects("Deployment") if one["metadata"]["name"] == "director-api"]
    wrong["spec"]["template"]["spec"]["containers"][0]["livenessprobe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="livenessprobe"):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_objects_name_each_other_rightly() -> None:
    deployments = {one["metadata"]["name"]: one for one in objects("Deployment")}
    for one in deployments.values():
        labels = one["spec"]["template"]["metadata"]["labels"]
        assert one["spec"]["selector"]["matchLabels"] == labels
    workers = deployments.keys() - {"director-api"}
    assert {one["spec"]["scaleTargetRef"]["name"] for one in objects("ScaledObject")} == workers
    for budget in objects("PodDisruptionBudget"):
        name = budget["metadata"]["name"]
        assert budget["spec"]["selector"] == deployments[name]["spec"]["selector"]
    (service,) = objects("Service")
    api = deployments["director-api"]["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"] == api
    (ingress,) = objects("Ingress")
    path = ingress["spec"]["rules"][0]["http"]["paths"][0]
    assert path["backend"]["service"]["name"] == service["metadata"]["name"]
    claims = {one["metadata"]["name"] for one in objects("PersistentVolumeClaim")}
    for _, pod in pods():
        volumes = {one["name"]: one for one in pod["volumes"]}
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            assert {one["name"] for one in container["volumeMounts"]} <= volumes.keys()
        used = [
            one["persistentVolumeClaim"]["claimName"]
            for one in volumes.values()
            if "persistentVolumeClaim" in one
        ]
        assert {*used} <= claims


def test_every_pod_is_confined() -> None:
    for name, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["automountServiceAccountToken"] is False, name
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            confined = container["securityContext"]
            assert confined["allowPrivilegeEscalation"] is False, name
            assert confined["readOnlyRootFilesystem"] is True, name
            assert confined["capabilities"] == {"drop": ["ALL"]}, name


def test_commands_and_variables_are_the_studios() -> None:
    fields = {f"DIRECTOR_{f.name.upper()}" for f in msgspec.structs.fields(settings.Settings)}
    fields |= {"DIRECTOR_DATABASE_WORKER_URL"}
    (shared,) = objects("ConfigMap")
    for _, pod in pods():
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            command = director.commands[container["args"][0]]
            command.make_context(command.name, list(container["args"][1:]), resilient_parsing=False)
            named = {one["name"] for one in container.get("env", [])} | set(shared["data"])
            for source in container["envFrom"]:
                if "secretRef" in source:
                    named |= SECRETS[source["secretRef"]["name"]]
            plugins = {name for name in named if name.startswith("DIRECTOR_PLUGIN_")}
            assert named - plugins <= fields


def test_a_worker_has_time_to_finish_before_it_is_killed() -> None:
    for name, pod in pods():
        for container in pod["containers"]:
            arguments = container["args"]
            if "--drain" in arguments:
                drain = int(arguments[arguments.index("--drain") + 1])
                assert pod["terminationGracePeriodSeconds"] > drain, name


def test_prometheus_understands_what_scales_the_workers(tmp_path: Path) -> None:
    queries = [one["spec"]["triggers"][0]["metadata"]["query"] for one in objects("ScaledObject")]
    rules = [{"record": f"q:{n}", "expr": query} for n, query in enumerate(queries)]
    waiting = {
        'director_queue_depth{tier="high",device="gpu"}': "5x10",
        'director_queue_depth{tier="high",device="cpu"}': "1x10",
        'director_queue_depth{tier="low",device="gpu"}': "0x10",
        'director_queue_depth{tier="low",device="cpu"}': "0x10",
        'director_device_busy{worker="director-worker-high-6d/gpu0",kind="gpu"}': "1x10",
        'director_device_busy{worker="director-worker-high-6e/gpu0",kind="gpu"}': "1x10",
        'director_device_busy{worker="director-worker-cpu-1/cpu0",kind="cpu"}': "0x10",
    }
    wanted = {"cpu": 1, "low": 0, "standard": None, "high": 5}
    names = [one["metadata"]["name"].rpartition("-")[2] for one in objects("ScaledObject")]
    rule_file, test_file = tmp_path / "rules.json", tmp_path / "test.json"
    rule_file.write_text(json.dumps({"groups": [{"name": "scaling", "rules": rules}]}))
    checks = [
        {
            "expr": query,
            "eval_time": "2m",
            "exp_samples": []
            if wanted[name] is None
            else [{"labels": "{}", "value": wanted[name]}],
        }
        for name, query in zip(names, queries, strict=True)
    ]
    series = [{"series": one, "values": values} for one, values in waiting.items()]
    test = {"interval": "30s", "input_series": series, "promql_expr_test": checks}
    test_file.write_text(json.dumps({"rule_files": [str(rule_file)], "tests": [test]}))
    assert "SUCCESS" in promtool("test", "rules", test_file)
    assert all(re.search(r"director_\w+", query) for query in queries)
