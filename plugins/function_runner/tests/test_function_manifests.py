"""Manifests: the examples hold, and what is wrong in one is named with its key."""

from __future__ import annotations

from pathlib import Path

import pytest
from director_function_runner.node_types import node_types
from director_function_runner.reading import LARGEST, read_manifest
from hypothesis import given, settings
from hypothesis import strategies as st

from node_registry import DirectorError

MANIFESTS = Path(__file__).parents[3] / "examples/functions"
PLAIN = (MANIFESTS / "infiniteyou.yaml").read_text()
SERVICE = (MANIFESTS / "dreamo.yaml").read_text()
WORKFLOW = (MANIFESTS / "loraedit.yaml").read_text()
# What turns one kind of value into another, or breaks the line that it lands in.
SHARDS = [
    "\n",
    " ",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    '"',
    "null",
    "1e999",
    "true",
    "{x}",
    "!!int ",
    "&a ",
]


def refusal(text: str | bytes) -> str:
    with pytest.raises(DirectorError) as caught:
        read_manifest(text if isinstance(text, bytes) else text.encode())
    error = caught.value
    assert error.code == "function.bad_manifest"
    assert error.hint, error
    assert len(str(error)) < 900
    return f"{error.message} {error.hint}"


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize("path", sorted(MANIFESTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_examples_hold(path: Path) -> None:
    manifest = read_manifest(path.read_bytes())
    assert manifest.each_function()
    assert all(function.outputs for function in manifest.each_function().values())


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (PLAIN, "schema: function/v0", "schema: function/v9", "function/v9"),
        (PLAIN, "name: infiniteyou-flux", "name: Infinite You", "name: write small letters"),
        (PLAIN, "kind: oneshot", "kind: twoshot", "kind:"),
        (PLAIN, "timeout_s: 1800", "time_out: 1800", "Did you mean timeout_s?"),
        (PLAIN, "required: true, des", "requried: true, des", "Did you mean required?"),
        (PLAIN, "command: [python, -u, test.py]", "command: python test.py", "as a list"),
        (PLAIN, "commit: aaa6ea5f75ba2ff58b9025fa7df45e4a139ed717", "commit: main", "40 digits"),
        (PLAIN, "git: https://github.com", "git: ssh://github.com", "source.git"),
        (PLAIN, "  base: nvidia", "  ref: nvidia", "image.ref: pin it"),
        (PLAIN, "source: hf://ByteDance", "source: ftp://ByteDance", "weights.0.source"),
        (PLAIN, "secrets: [HF_TOKEN]", "secrets: [hf token]", "no variable"),
        (PLAIN, '"{seed}"', '"{sede}"', "{sede} stands for nothing"),
        (PLAIN, "{weights.flux1-dev}", "{weights.flux}", "{weights.flux} stands for nothing"),
        (PLAIN, "{job.out}", "{service.port}", "{service.port} stands for nothing"),
        (PLAIN, "when: cpu_offload", "when: gpu_offload", "no input 'gpu_offload'"),
        (PLAIN, "when: cpu_offload", 'when: "rm -rf /"', "write an input's name"),
        (PLAIN, "total: num_steps", "total: steps", "no input 'steps'"),
        (PLAIN, "set: {cpu_offload: true}", "set: {cpu_ofload: true}", "no input 'cpu_ofload'"),
        (PLAIN, "set: {cpu_offload: true}", "set: {cpu_offload: 3}", "write true or false"),
        (PLAIN, "default: false, hidden: true", "hidden: true", "nobody sees a hidden input"),
        (PLAIN, "default: 30, min: 1", "default: 0, min: 1", "0 is below min"),
        (PLAIN, "min: 1, max: 100", "min: 100, max: 1", "above max"),
        (PLAIN, "default: aes_stage2", "default: aes", "none of the choices"),
        (PLAIN, "default: 3.5", "default: .nan", "63 bits"),
        (PLAIN, "default: 3.5", 'default: "3.5"', "write a number"),
        (PLAIN, "type: float, default: 3.5", "type: float, choices: [a]", "choices"),
        (PLAIN, "glob: \"{job.out}/*.png\"", "type_: image", "outputs"),
        (PLAIN, 'match: "CUDA out of memory"', 'match: "(CUDA"', "no regular expression"),
        (PLAIN, "code: gpu.oom", "code: OOM", "write area.reason"),
        (PLAIN, "kind: oneshot", "kind: service", "describes its server"),
        (SERVICE, "kind: service", "kind: workflow", "service"),
        (SERVICE, "returns: [image,", "returns: [picture,", "no 'image'"),
        (SERVICE, "ready: {http: /config", "ready: {http: config", "service.ready.http"),
        (WORKFLOW, 'from: "render.video"', 'from: "rendr.video"', "no 'rendr.video'"),
        (WORKFLOW, "id: extra_train", "id: train", "stands there twice"),
        (WORKFLOW, "default: 49, min: 5", "default: 50, min: 5", "50 is not 4n+1"),
        (WORKFLOW, "kind: workflow", "kind: oneshot", "only a workflow waits for people"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(text: str, old: str, new: str, message: str) -> None:
    assert message in refusal(changed(text, old, new))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no keys"),
        ("- a\n- b", "no keys"),
        ("schema: [function/v0", "line"),
        ("a: &x [1]\nb: *x", "an alias"),
        ("a: 1\na: 2", "'a' twice in line 2"),
        ("<<: {a: 1}", "no plain word"),
        ("? [a]\n: b", "no plain word"),
        ("a: !!python/object/apply:os.system [true]", "a tag"),
        ("a: !!int ''", "a tag"),
        ("a: !own b", "a tag"),
        ("a: " + "[" * 5000, "levels"),
        ("a: " + "{b: " * 5000, "levels"),
        ("a: " + "9" * 9000, "a value that cannot be"),
        ("a: 2026-02-31", "a value that cannot be"),
        ("a: \x07", "character"),
        (b"a: \xff\xfe", "UTF-8"),
        (b"a: 1\n" + b"#" * LARGEST, "larger than"),
        (changed(PLAIN, "python: \"3.10\"", "python: 3.10"), "quotes"),
        (changed(PLAIN, "code: Apache-2.0", "code: 2026-01-01"), "quotes"),
    ],
)  # fmt: skip
def test_text_that_is_no_plain_yaml(text: str | bytes, message: str) -> None:
    assert message in refusal(text)


def test_many_faults_are_told_in_few_words() -> None:
    text = changed(PLAIN, "id_image:", "other:")
    text = changed(text, "control_image:", "another:")
    text = changed(text, "  seed: {type: int", "  sead: {type: int")
    text = changed(text, "num_steps:", "steps:")
    assert "more)" in refusal(text)


@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_whatever_is_done_to_a_file_is_answered_in_a_sentence(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([PLAIN, SERVICE, WORKFLOW]))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 12))
        new = data.draw(st.sampled_from(SHARDS) | st.text(max_size=4))
        text = text[:at] + new + text[at + gone :]
    bytes_of_it = text.encode("utf-8", "surrogatepass")
    try:
        manifest = read_manifest(bytes_of_it)
    except DirectorError:
        refusal(bytes_of_it)
    else:
        # What holds can also be drawn.
        assert node_types(manifest, "0" * 64)
