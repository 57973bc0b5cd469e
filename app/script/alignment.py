"""What of a changed script is the same as before: keys and codes carried over, none renumbered."""

from __future__ import annotations

import bisect
import itertools
import re
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from app.graph import rising

from . import codes
from .model import Breakdown, Scene, Shot

_WORD = re.compile(r"[^\W_]+")
_NEAR = 0.3
_FAR = 0.6
_MAX_PAIRS = 40_000
_MAX_BLOCKS = 1500


class KnownShot(msgspec.Struct, kw_only=True):
    """A shot of the last import: its key, its code and what the script said then."""

    key: str
    code: str
    prompt: str
    dialogue: str


class KnownScene(msgspec.Struct, kw_only=True):
    """A scene of the last import, with its shots in the order of the script then."""

    key: str
    code: str
    heading: str
    number: str = ""
    shots: list[KnownShot] = []


class Trait(msgspec.Struct):
    """What is compared: equal `exact` is equal; `kind` must agree, `near` speaks for it."""

    exact: str
    kind: str
    near: str
    words: Counter[str]


def known(breakdown: Breakdown) -> list[KnownScene]:
    """A breakdown as the next import will remember it."""
    return [
        KnownScene(
            key=scene.key,
            code=scene.code,
            heading=scene.heading,
            number=scene.number,
            shots=[
                KnownShot(
                    key=shot.key,
                    code=shot.code,
                    prompt=shot.prompt,
                    dialogue=shot.dialogue_content,
                )
                for shot in scene.shots
            ],
        )
        for scene in breakdown.scenes
    ]


def align(old: Sequence[KnownScene], breakdown: Breakdown) -> None:
    """Give the scenes and shots of a new breakdown the keys and codes that they had before.

    What is new gets a key that none had and a code between its neighbours': a scene after 02 is
    02A, a shot between 010 and 020 is 015. What moved keeps its code.
    """
    if not old:
        return
    found = _match_scenes(old, breakdown.scenes)
    keys = codes.Keys({scene.key for scene in old})
    for scene, index in zip(breakdown.scenes, found, strict=True):
        if index is None:
            scene.key = keys.new_key(scene.fingerprint)
        else:
            scene.key = old[index].key
            _align_shots(old[index].shots, scene)
    _carry_codes(
        breakdown.scenes,
        [old[i].code if i is not None else None for i in found],
        {scene.code for scene in old},
        scenes=True,
    )


def _match_scenes(old: Sequence[KnownScene], new: Sequence[Scene]) -> list[int | None]:
    """As `match`; but a scene that was taken out, or put back, is known by its number alone."""
    by_number = {codes.from_number(s.number) or s.code: at for at, s in enumerate(old)}
    pairs: dict[int, int] = {}
    for index, scene in enumerate(new):
        known = by_number.get(codes.from_number(scene.number)) if scene.number else None
        if known is not None and (scene.omitted or not old[known].shots):
            pairs[index] = known
    taken = set(pairs.values())
    left = [at for at in range(len(old)) if at not in taken]
    fresh = [index for index in range(len(new)) if index not in pairs]
    matched = match([_scene_trait(old[at]) for at in left], [_new_trait(new[at]) for at in fresh])
    for index, at in zip(fresh, matched, strict=True):
        if at is not None:
            pairs[index] = left[at]
    return [pairs.get(index) for index in range(len(new))]


def match(old: Sequence[Trait], new: Sequence[Trait]) -> list[int | None]:
    """For each new one the index of the old one that it is, or None; each old one at most once."""
    found: list[int | None] = [None] * len(new)
    free = set(range(len(old)))
    _match_equal(old, new, found, free)
    _match_near(old, new, found, free)
    _match_far(old, new, found, free)
    return found


def _match_equal(
    old: Sequence[Trait], new: Sequence[Trait], found: list[int | None], free: set[int]
) -> None:
    start = 0
    while start < min(len(old), len(new)) and old[start].exact == new[start].exact:
        _take(found, free, start, start)
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end].exact == new[-1 - end].exact:
        _take(found, free, len(new) - 1 - end, len(old) - 1 - end)
        end += 1
    before = [trait.exact for trait in old[start : len(old) - end]]
    after = [trait.exact for trait in new[start : len(new) - end]]
    if max(len(before), len(after)) <= _MAX_BLOCKS:
        blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        for block in blocks:
            for step in range(block.size):
                _take(found, free, start + block.b + step, start + block.a + step)
    # What is left and equal has moved.
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for index in sorted(free):
        waiting[old[index].exact].append(index)
    for index, trait in enumerate(new):
        if found[index] is None and waiting.get(trait.exact):
            _take(found, free, index, waiting[trait.exact].popleft())


def _match_near(
    old: Sequence[Trait], new: Sequence[Trait], found: list[int | None], free: set[int]
) -> None:
    """Between two neighbours that stayed, the changed ones in their order, the most alike first."""
    anchors = [-1, *rising(found), len(new)]
    for left, right in itertools.pairwise(anchors):
        low = found[left] if left >= 0 else -1
        high = found[right] if right < len(new) else len(old)
        assert low is not None
        assert high is not None
        incoming = [index for index in range(left + 1, right) if found[index] is None]
        gone = [index for index in range(low + 1, high) if index in free]
        if not incoming or not gone:
            continue
        if len(incoming) * len(gone) > _MAX_PAIRS:
            pairs = zip(incoming, gone, strict=False)
            chosen = [(a, b) for a, b in pairs if _alike(old[b], new[a]) >= _NEAR]
        else:
            chosen = _best_in_order(old, new, incoming, gone)
        for at, index in chosen:
            _take(found, free, at, index)


def _best_in_order(
    old: Sequence[Trait], new: Sequence[Trait], incoming: list[int], gone: list[int]
) -> list[tuple[int, int]]:
    width = len(gone) + 1
    alike = [[_alike(old[b], new[a]) for b in gone] for a in incoming]
    best = [[0.0] * width for _ in range(len(incoming) + 1)]
    for i in range(len(incoming) - 1, -1, -1):
        for j in range(len(gone) - 1, -1, -1):
            value = max(best[i + 1][j], best[i][j + 1])
            if alike[i][j] >= _NEAR:
                value = max(value, best[i + 1][j + 1] + alike[i][j])
            best[i][j] = value
    chosen: list[tuple[int, int]] = []
    i = j = 0
    while i < len(incoming) and j < len(gone):
        if alike[i][j] >= _NEAR and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            chosen.append((incoming[i], gone[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return chosen


def _match_far(
    old: Sequence[Trait], new: Sequence[Trait], found: list[int | None], free: set[int]
) -> None:
    """What moved and changed a little at the same time."""
    incoming = [index for index, at in enumerate(found) if at is None]
    if not incoming or not free or len(incoming) * len(free) > _MAX_PAIRS:
        return
    pairs = [
        (likeness, a, b)
        for a in incoming
        for b in sorted(free)
        if (likeness := _alike(old[b], new[a])) >= _FAR
    ]
    for _, a, b in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if found[a] is None and b in free:
            _take(found, free, a, b)


def _take(found: list[int | None], free: set[int], at: int, index: int) -> None:
    found[at] = index
    free.discard(index)


def _alike(one: Trait, other: Trait) -> float:
    if one.kind != other.kind:
        return 0.0
    total = one.words.total() + other.words.total()
    shared = sum(min(count, other.words[word]) for word, count in one.words.items())
    # Words alone cannot reach the threshold by an "and" or a "the" that both have.
    likeness = 2 * shared / total if total else 0.5
    return likeness * 0.7 + (0.3 if one.near == other.near else 0.0)


def _align_shots(old: Sequence[KnownShot], scene: Scene) -> None:
    found = match([_shot_trait(shot) for shot in old], [_new_shot_trait(s) for s in scene.shots])
    keys = codes.Keys({shot.key for shot in old})
    for shot, index in zip(scene.shots, found, strict=True):
        content = f"{shot.prompt}\0{shot.dialogue_content}"
        shot.key = old[index].key if index is not None else keys.new_key(content)
    _carry_codes(
        scene.shots,
        [old[i].code if i is not None else None for i in found],
        {shot.code for shot in old},
        scenes=False,
    )


def _carry_codes(
    incoming: Sequence[Scene] | Sequence[Shot],
    carried: Sequence[str | None],
    taken: set[str],
    *,
    scenes: bool,
) -> None:
    insert = codes.insert_scenes if scenes else codes.insert_shots
    ranked = sorted(taken, key=codes.order)
    ranks = [codes.order(code) for code in ranked]
    low = ""
    index = 0
    while index < len(incoming):
        code = carried[index]
        if code is not None:
            incoming[index].code = low = code
            index += 1
            continue
        end = index
        while end < len(incoming) and carried[end] is None:
            end += 1
        high = (carried[end] if end < len(incoming) else "") or ""
        if high and low and codes.order(high) <= codes.order(low):
            # A neighbour has moved: then only the code before it says where this is.
            place = bisect.bisect_right(ranks, codes.order(low))
            high = ranked[place] if place < len(ranked) else ""
        if not high and ranked and codes.order(low) < ranks[-1] and low:
            last = end == len(incoming) and low == _last_kept(carried)
            if not last:
                place = bisect.bisect_right(ranks, codes.order(low))
                high = ranked[place] if place < len(ranked) else ""
        made = insert(low, high, end - index, taken)
        for shot, code in zip(incoming[index:end], made, strict=True):
            shot.code = code
        taken = taken.union(made)
        low = made[-1]
        index = end


def _last_kept(carried: Sequence[str | None]) -> str:
    return max((code for code in carried if code), key=codes.order, default="")


def _words(text: str) -> Counter[str]:
    return Counter(word.casefold() for word in _WORD.findall(text[:20000]))


def _shot_trait(shot: KnownShot) -> Trait:
    return _trait(shot.prompt, shot.dialogue)


def _new_shot_trait(shot: Shot) -> Trait:
    return _trait(shot.prompt, shot.dialogue_content)


def _trait(prompt: str, dialogue: str) -> Trait:
    speaker = dialogue.split(":", 1)[0].split("(", 1)[0].strip()
    text = dialogue or prompt
    return Trait(f"{prompt}\0{dialogue}", "speech" if dialogue else "action", speaker, _words(text))


def _scene_trait(scene: KnownScene) -> Trait:
    texts = [f"{shot.prompt}\n{shot.dialogue}" for shot in scene.shots]
    return Trait(
        "\0".join([scene.heading, *texts]), "scene", scene.heading, _words("\n".join(texts))
    )


def _new_trait(scene: Scene) -> Trait:
    texts = [f"{shot.prompt}\n{shot.dialogue_content}" for shot in scene.shots]
    return Trait(
        "\0".join([scene.heading, *texts]), "scene", scene.heading, _words("\n".join(texts))
    )
