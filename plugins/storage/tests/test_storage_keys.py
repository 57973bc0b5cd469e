"""Keys and paths: one to one on every disk, never outside the root, and walked in order."""

from __future__ import annotations

import tempfile
from pathlib import Path

from director_storage.keys import check_key, path_of
from director_storage.walk import walk
from hypothesis import given, settings
from hypothesis import strategies as st

from node_registry import DirectorError

ROOT = Path("/root")

# Long, alike and awkward on purpose: cuts fall into them, and they differ in case alone.
part = st.one_of(
    st.text("aAbB.-_0", min_size=1, max_size=4),
    st.sampled_from(
        ["f" * 64, "F" * 64, "objects", "keys", "incoming", "a@", "n" * 200, "n" * 199]
    ),
    st.builds(
        lambda n, tail: "n" * n + tail, st.integers(195, 205), st.sampled_from(["", ".", "A"])
    ),
)
key = st.lists(part, min_size=1, max_size=3).map("/".join)


def allowed(text: str) -> bool:
    try:
        return check_key(text) == text
    except DirectorError:
        return False


@given(st.lists(key.filter(allowed), unique=True, max_size=20))
def test_different_keys_lie_at_different_paths_on_any_disk(keys: list[str]):
    paths = [path_of(ROOT, each) for each in keys]
    assert len({str(path).lower() for path in paths}) == len(keys)
    for path in paths:
        assert ROOT in path.parents
        assert ".." not in path.parts
        assert all(len(name.encode()) + len(".json") <= 255 for name in path.parts)
    folders = {str(parent).lower() for path in paths for parent in path.parents}
    assert not folders & {str(path).lower() for path in paths}


@settings(max_examples=60, deadline=None)
@given(st.lists(key.filter(allowed), unique=True, max_size=12), key, st.integers(0, 210))
def test_a_walk_finds_every_key_in_order(keys: list[str], other: str, cut: int):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for each in keys:
            path = path_of(root, each)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(each)
        found = list(walk(root, ""))
        assert [name for name, _ in found] == sorted(keys)
        assert all(path.read_text() == name for name, path in found)
        for prefix in (other[:cut], *(each[:cut] for each in keys)):
            wanted = sorted(each for each in keys if each.startswith(prefix))
            assert [name for name, _ in walk(root, prefix)] == wanted


@given(st.text(max_size=12))
def test_whatever_is_asked_stays_below_the_root(text: str):
    if allowed(text):
        assert ROOT in path_of(ROOT, text).parents
        assert not set(text) & set("\\:*\0\n ~%")
