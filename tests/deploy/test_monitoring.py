"""The alerts and the dashboard in deploy/, by Prometheus's own program."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "director.json"
CASES = Path(__file__).with_name("alert_cases.yml")

# Prometheus puts them into an alert beside those of the measure.
OWN_LABELS = {"DirectorDown": {"job": "director"}}


def promtool(*arguments: str | Path) -> str:
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rules() -> list[dict[str, Any]]:
    return yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]


def test_each_alert_fires_when_it_should_and_not_when_all_is_well(tmp_path: Path) -> None:
    cases = yaml.safe_load(CASES.read_text())

    def case(name: str, series: dict[str, str], *, firing: bool) -> dict[str, Any]:
        return {
            "name": name,
            "interval": "30s",
            "input_series": [{"series": s, "values": str(v)} for s, v in series.items()],
            "alert_rule_test": [
                {
                    "eval_time": "90m",
                    "alertname": rule["alert"],
                    "exp_alerts": [
                        {
                            "exp_labels": OWN_LABELS.get(rule["alert"], {}),
                            "exp_annotations": rule["annotations"],
                        }
                    ]
                    * firing,
                }
                for rule in rules()
            ],
        }

    tests = [case("firing", cases["firing"], firing=True)]
    tests += [case(name, series, firing=False) for name, series in cases["quiet"].items()]
    file = tmp_path / "alerts_test.yml"
    file.write_text(
        json.dumps(
            {"rule_files": [str(ALERTS)], "evaluation_interval": "30s", "tests": tests},
        )
    )
    assert "SUCCESS" in promtool("test", "rules", file)


def expressions() -> list[str]:
    """All that the dashboard asks Prometheus for."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


def test_prometheus_understands_the_dashboard(tmp_path: Path) -> None:
    records = [
        {"record": f"panel:{number}", "expr": re.sub(r"\$__rate_interval", "5m", expression)}
        for number, expression in enumerate(expressions())
    ]
    file = tmp_path / "dashboard.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": records}]}))
    assert f"{len(records)} rules found" in promtool("check", "rules", file)
    assert len(records) > 20
