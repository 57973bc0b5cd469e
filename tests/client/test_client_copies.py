"""What the client keeps of the wire in forms of its own is what the studio says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from director_client import SetNode, StudioError, new_id, texts
from director_client.operations import listed
from director_client.studio import is_loopback
from director_client.wire.client_events import CLIENT_EVENTS
from director_client.wire.server_events import SERVER_EVENTS
from hypothesis import example, given
from hypothesis import strategies as st

from app.gateway.protocol import PAYLOADS, Inbound
from app.graph import text as server_text

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "client" / "scripts" / "wire_types.py"
LONGER, DARKER = SetNode(id="a", values={"data.duration": 4}), SetNode(id="a", values={})


def test_the_wire_types_are_made_from_the_protocol_as_it_is() -> None:
    checked = subprocess.run(
        [sys.executable, GENERATOR, "--check"], capture_output=True, text=True, cwd=ROOT
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_file_that_is_not_current_is_named(tmp_path: Path) -> None:
    """The check can fail: on a copy of the client in which somebody wrote by hand."""
    client = tmp_path / "client"
    (tmp_path / "docs").mkdir()
    schema = (ROOT / "docs" / "protocol.schema.json").read_text()
    (tmp_path / "docs" / "protocol.schema.json").write_text(schema)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    (client / "scripts").mkdir(parents=True)
    copy = client / "scripts" / GENERATOR.name
    copy.write_text(GENERATOR.read_text())
    (client / "src" / "director_client").mkdir(parents=True)
    subprocess.run([sys.executable, copy], check=True, cwd=tmp_path)
    written = client / "src" / "director_client" / "wire" / "graph.py"
    written.write_text(written.read_text().replace("locked: bool", "locked: int"))
    checked = subprocess.run([sys.executable, copy, "--check"], capture_output=True, text=True)
    assert checked.returncode == 1
    assert "graph.py is not current" in checked.stdout


def test_every_event_is_known() -> None:
    inbound = {name: kind.__name__ for name, kind in PAYLOADS.items() if issubclass(kind, Inbound)}
    outbound = {name: kind.__name__ for name, kind in PAYLOADS.items() if name not in inbound}
    assert {name: kind.__name__ for kind, name in CLIENT_EVENTS.items()} == inbound
    assert {name: kind.__name__ for name, kind in SERVER_EVENTS.items()} == outbound


@pytest.mark.parametrize("given", [(LONGER, DARKER), ([LONGER, DARKER],), (LONGER, (DARKER,))])
def test_operations_come_one_by_one_or_in_lists(given: tuple[object, ...]) -> None:
    assert listed(given) == (LONGER, DARKER)


@pytest.mark.parametrize("wrong", [{"op": "node.set"}, None, "node.set", [LONGER, {}], SetNode])
def test_what_is_no_operation_is_told_what_to_pass(wrong: object) -> None:
    with pytest.raises(StudioError, match="is no operation") as refused:
        listed((wrong,))
    assert refused.value.code == "client.bad_operation"
    assert "submit(first, second)" in refused.value.hint


letters = st.text(alphabet="ab é😀\n", max_size=12)


@given(letters, letters)
def test_the_difference_of_two_texts_leads_from_one_to_the_other(before: str, after: str) -> None:
    delta = texts.diff(before, after)
    assert texts.apply_delta(before, delta) == after
    assert delta == server_text.replacement(before, after)


@given(letters, st.lists(st.one_of(st.integers(-4, 4), letters), max_size=5))
@example("aa😀a😀", [3, -3])
def test_an_edit_does_what_the_studios_does(text: str, delta: list[int | str]) -> None:
    change = server_text.normalise(delta)
    try:
        expected = server_text.apply_delta(text, change)
    except server_text.BadDelta:
        with pytest.raises(texts.InvalidDelta):
            texts.apply_delta(text, change)
    else:
        assert texts.apply_delta(text, change) == expected


def test_new_ids_are_ids_of_the_studio_and_sort_by_their_making() -> None:
    from app.graph.records import is_id

    ids = [new_id() for _ in range(200)]
    assert all(is_id(one) for one in ids)
    assert len(set(ids)) == 200
    assert [one[:13] for one in ids] == sorted(one[:13] for one in ids)


def test_only_this_machine_is_here() -> None:
    assert is_loopback("http://127.0.0.1:8700")
    assert not is_loopback("http://127.0.0.1.example.org")
