"""Which failures are tried again, how often; and runs that give no sign of themselves."""

from __future__ import annotations

import asyncio

import pytest

from app.execution import retry_policy, runner
from app.execution.retry_policy import policy_for
from node_registry import BackendError, DirectorError, OutOfMemory
from tests.brush import painting


@pytest.mark.parametrize(
    ("error", "retryable", "attempts", "blames"),
    [
        (DirectorError("x.y", "Bad."), False, 1, False),
        (DirectorError("disk.full", "Full."), True, 12, False),
        (BackendError("x.away", "Away.", retryable=True), True, 5, True),
        (DirectorError("x.y", "Passing."), True, 5, False),
        (OutOfMemory("Too much."), True, 3, False),
        (DirectorError(retry_policy.TIMED_OUT, "Silent."), True, 2, True),
    ],
)
def test_each_kind_of_failure_has_its_policy(error, retryable, attempts, blames) -> None:
    policy = policy_for(error, retryable=retryable)
    assert policy.blames_backend is blames
    pauses = [policy.pause_after(failures) for failures in range(1, 7)]
    assert [pause is not None for pause in pauses] == [n < attempts for n in range(1, 7)]
    given = [pause for pause in pauses if pause is not None]
    assert given == sorted(given)


async def test_a_run_that_gives_no_sign_is_ended_and_tried_once_more(
    own_studio, monkeypatch
) -> None:
    studio = own_studio
    monkeypatch.setattr(runner, "TIMEOUTS", dict.fromkeys(("low", "standard", "high"), 0.5))
    monkeypatch.setattr(runner, "LONGER_THAN_USUAL", 0.0)
    silent = retry_policy.RetryPolicy(attempts=2, pauses=(0.1,))
    monkeypatch.setattr(retry_policy, "SILENT", silent)
    project = await studio.project()
    node = await studio.shot(project)
    async with painting(studio, monkeypatch) as brush:
        brush.go.clear()
        begun = await studio.generate(project, node)
        run = await asyncio.wait_for(studio.run_ends(begun["run_id"]), 60)
    assert brush.runs == 2
    error = run["tasks"][0]["error"]
    assert error["code"] == "task.tried_enough"
    assert "gave no sign of itself" in error["message"]
