"""The conditions of a list: only those that were asked for, each value in its place."""

from __future__ import annotations

from app.platform.conditions import Conditions


def test_each_value_has_its_place() -> None:
    wanted = Conditions()
    wanted.add("project_id = ?", "p")
    wanted.add("(name, id) > (?, ?)", "b?", 7)
    limit = wanted.value(51)
    assert wanted.sql == "project_id = $1 AND (name, id) > ($2, $3)"
    assert (limit, wanted.values) == ("$4", ["p", "b?", 7, 51])
