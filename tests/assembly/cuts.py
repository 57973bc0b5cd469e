"""Cuts for tests: drawn at random by hypothesis, or written in a line."""

from __future__ import annotations

from hypothesis import strategies as st

from app.assembly import Cut, OrderedShot, OrderedTransition, SourceTake, build_cut

RATES = ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60")
DROP = ("30000/1001", "60000/1001")

# The studio takes no text with NUL, and OpenTimelineIO keeps none.
TITLES = st.characters(exclude_characters="\0", exclude_categories=["Cs"])


def shot(number: int, frames: int = 48, scene: str = "01", **more: object) -> OrderedShot:
    return OrderedShot(
        node=f"shot{number}", scene=scene, code=f"{number:02d}0", frames=frames, **more
    )


def take(number: int, frames: int = 48, **more: object) -> SourceTake:
    return SourceTake(
        id=f"take{number}",
        media=f"{number:064x}",
        frames=frames,
        name=f"SHOT-{number:02d}0_v01_take01",
        **more,
    )


def joined(*frames: int, kind: str = "dissolve", overlap: int = 0, rate: str = "24", **more) -> Cut:
    """Shots of these lengths, each joined to the next by the same transition."""
    order: list = []
    for number, length in enumerate(frames, start=1):
        if order and overlap:
            order.append(OrderedTransition(node=f"t{number}", kind=kind, frames=overlap))
        order.append(shot(number, length))
    takes = {f"shot{n}": take(n, length) for n, length in enumerate(frames, start=1)}
    return build_cut(order, takes, rate, title="Lighthouse", **more)


@st.composite
def cuts(draw: st.DrawFn, kinds: tuple[str, ...] = ("cut", "dissolve")) -> Cut:
    """Any cut: every rate, drop-frame where it exists, trims, takes used twice, short shots."""
    rate = draw(st.sampled_from(RATES))
    order: list = []
    takes: dict[str, SourceTake] = {}
    for number in range(1, draw(st.integers(1, 12)) + 1):
        if draw(st.booleans()):
            order.append(
                OrderedTransition(
                    node=f"t{number}",
                    kind=draw(st.sampled_from(kinds)),
                    frames=draw(st.integers(0, 40)),
                    direction=draw(st.sampled_from(("left", "right", "up", "down"))),
                )
            )
        length = draw(st.integers(1, 4000))
        order.append(shot(number, length, scene=f"{number // 3:02d}", fixed=draw(st.booleans())))
        if draw(st.integers(0, 4)):
            takes[f"shot{number}"] = take(number, draw(st.integers(1, 4000)))
    return build_cut(
        order,
        takes,
        rate,
        title=draw(st.text(TITLES, max_size=90)),
        drop_frame=rate in DROP and draw(st.booleans()),
        start_timecode=draw(st.sampled_from(("01:00:00:00", "00:00:00:00", "10:59:58:00"))),
    )
