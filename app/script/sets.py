"""Which environment node shows a set: its own, or one that serves all sets of its place."""

from __future__ import annotations

from app.graph import Graph

from . import provenance

ENVIRONMENT = "film.environment"


class Sets:
    """The environments of a graph by the names that the script gives them.

    A person who wants one environment for all of a place marks it (`whole_place`): the sets of
    that place then get no node of their own.
    """

    def __init__(self, graph: Graph) -> None:
        self._own: dict[str, str] = {}
        self._whole: dict[str, str] = {}
        for node in sorted(graph.nodes.values(), key=lambda node: node.id):
            if node.type != ENVIRONMENT:
                continue
            name = provenance.link_of(node).get("name") or node.data.get("name")
            if not isinstance(name, str) or not name:
                continue
            self._own.setdefault(place_key(name), node.id)
            if node.data.get("whole_place") is True:
                place = node.data.get("place") or name
                self._whole.setdefault(place_key(str(place)), node.id)

    def of(self, location: str) -> str:
        """The node of a set itself; "" if it has none."""
        return self._own.get(place_key(location), "")

    def is_whole(self, node_id: str) -> bool:
        """Whether a node serves all sets of its place."""
        return node_id in self._whole.values()

    def serving(self, location: str, place: str) -> str:
        """The node that shows a set of a place; "" if there is none."""
        return self._whole.get(place_key(place)) or self.of(location)

    def is_served(self, location: str, place: str) -> bool:
        """Whether some node shows this set."""
        return bool(self.serving(location, place))

    def add(self, location: str, node_id: str) -> None:
        """Remember the new node of a set."""
        self._own[place_key(location)] = node_id


def place_key(name: str) -> str:
    """What two ways of writing one place have in common."""
    return " ".join(name.split()).casefold()
