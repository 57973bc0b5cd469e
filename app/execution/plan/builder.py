"""Builds a plan: from sorted nodes to steps with their bases, values evaluated on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from hashlib import sha256
from typing import Any, Literal

import msgspec

from app.graph import ASSEMBLY, SHOT, TRANSITION, Edge, Graph, Node, Registry, label_of, place_of
from node_registry import Converter, DirectorError, RenderSettings, Tier, sockets

from .closure import Closure, reached
from .conversions import convert_value, in_parts, plain_value
from .digests import encode, is_media, value_digest
from .loops import LOOP, Loops
from .steps import ActiveTake, InputRef, Iteration, Plan, PlanStep
from .type_table import TypeTable

CONDITIONAL = "film.conditional"


class PlanBuilder:
    """One compilation: walks over the sorted nodes and gives each its steps or its values."""

    def __init__(
        self,
        graph: Graph,
        registry: Registry,
        settings: RenderSettings,
        takes: Mapping[Any, ActiveTake],
        tier: Tier,
    ) -> None:
        self.graph = graph
        self.registry = registry
        self.takes = takes
        self.tier = tier
        self.forced: Set[str] = frozenset()
        self.reused: Set[str] = frozenset()
        self.closure = Closure(graph, registry, settings)
        self.errors = self.closure.errors
        self.steps: dict[str, PlanStep] = {}
        self.given: dict[tuple[str, str], InputRef] = {}
        self.loops: Loops | None = None
        self.choosing = False
        self.voices = _voices_of(graph)

    def run(self, wanted: list[str]) -> None:
        closure = self.closure
        closure.gather(wanted)
        types = {table.node_type.id for table in closure.tables.values()}
        self.choosing = CONDITIONAL in types
        if LOOP in types:
            self.loops = Loops(closure.order, closure.edges, closure.tables)
        for node_id in closure.order:
            if self.loops is None:
                try:
                    self._evaluate(node_id, node_id, (), {})
                except DirectorError as error:
                    self.errors[node_id] = error
                continue
            for context in self.loops.contexts(node_id):
                iteration = self.loops.iteration(node_id, context)
                key = key_of(node_id, iteration)
                try:
                    self._evaluate(node_id, key, iteration, context)
                except DirectorError as error:
                    self.errors[key] = error

    def plan(self, wanted: list[str]) -> Plan:
        steps = list(self.steps.values())
        if self.choosing:
            # What hangs on the branches that were not chosen is needed by nobody.
            targets = set(wanted)
            ends = [step.key for step in steps if step.node_id in targets]
            ends += [
                ref.step
                for (key, _), ref in self.given.items()
                if ref.step and key.partition("#")[0] in targets
            ]
            needed = reached(ends, lambda key: self.steps[key].dependencies)
            steps = [step for step in steps if step.key in needed]
        return Plan(steps, {key.partition("#")[0]: error for key, error in self.errors.items()})

    def raise_first_error(self, wanted: list[str]) -> None:
        targets = set(wanted)
        for key, error in self.errors.items():
            node_id = key.partition("#")[0]
            # A loop that cannot count leaves nothing behind it that could name the fault.
            if node_id in targets or self.graph.nodes[node_id].type == LOOP:
                raise error

    def _evaluate(
        self, node_id: str, key: str, iteration: Iteration, context: Mapping[str, int]
    ) -> None:
        node = self.graph.nodes[node_id]
        table = self.closure.tables[node_id]
        kind = table.node_type.kind
        own = table.set_params(node)
        params = {**table.defaults, **own}
        if kind == "control":
            self._control(node, key, params, iteration, context)
            return
        inputs = self._inputs(node_id, table, context)
        for wanted in table.required:
            if wanted.id not in inputs:
                raise DirectorError(
                    "plan.input_missing",
                    f"{place_of(self.graph, node)} needs something at its input "
                    f"{wanted.title or wanted.id}.",
                    hint="Connect it, or make what is connected give something.",
                )
        if kind == "value":
            self._value(node, key, table, params, inputs)
        elif kind == "task":
            self._task(node, key, table, params, table.basis_params(own), inputs, iteration)

    def _inputs(
        self, node_id: str, table: TypeTable, context: Mapping[str, int]
    ) -> dict[str, list[InputRef]]:
        found: dict[str, list[InputRef]] = {}
        given, types = self.given, table.input_types
        # A graph without loops and faults is nearly every graph: it takes the short way.
        plain = self.loops is None and not self.errors
        for edge in self.closure.edges[node_id]:
            socket = edge.target_socket
            if plain and edge.strength == 1:
                ref = given.get((edge.source, edge.source_socket))
                if ref is None:
                    continue
                if ref.type == types[socket]:
                    if socket in found:
                        found[socket].append(ref)
                    else:
                        found[socket] = [ref]
                    continue
            for ref in self._arriving(edge, table, context):
                found.setdefault(socket, []).append(ref)
        return found

    def _task(
        self,
        node: Node,
        key: str,
        table: TypeTable,
        params: dict[str, Any],
        basis_params: dict[str, Any],
        inputs: dict[str, list[InputRef]],
        iteration: Iteration,
    ) -> None:
        if node.type == SHOT and self.voices is not None and params.get("dialogue_content"):
            # Of the film, and so of no field of the shot: the lines of its shots are spoken.
            params = {**params, "voices": self.voices}
            basis_params = {**basis_params, "voices": self.voices}
        part: dict[str, Any] = {
            "type": node.type,
            "params": basis_params,
            "settings": table.settings,
            "iteration": iteration,
        }
        if node.type == SHOT:
            scene = self.graph.nodes.get(node.parent) if node.parent else None
            part["slate"] = (scene.data.get("code", "") if scene else "", params.get("code", ""))
        elif node.type == ASSEMBLY:
            part["cut"] = self._assemble(node, inputs)
        elif node.type == TRANSITION and inputs.keys() != {"a", "b"}:
            raise DirectorError(
                "plan.input_missing",
                f"{place_of(self.graph, node)} renders only with two videos connected.",
                hint="In a sequence it needs none: the film's assembly makes it.",
            )
        self._add_step(node, key, table, "task", params, inputs, part)

    def _add_step(
        self,
        node: Node,
        key: str,
        table: TypeTable,
        kind: Literal["task", "convert"],
        params: dict[str, Any],
        inputs: dict[str, list[InputRef]],
        part: dict[str, Any],
    ) -> None:
        iteration: Iteration = part["iteration"]
        digests: dict[str, list[tuple[float, str]]] = {}
        dependencies: dict[str, None] = {}
        for socket, refs in inputs.items():
            listed = digests[socket] = []
            for ref in refs:
                listed.append((ref.strength, ref.digest))
                if ref.step is not None:
                    dependencies[ref.step] = None
        part["inputs"] = digests
        basis = sha256(encode(part)).hexdigest()
        del part["inputs"]
        steps = self.steps
        take = self.takes.get((node.id, iteration) if iteration else key)
        name = label_of(node)
        label = name if node.parent is None else place_of(self.graph, node)
        if iteration:
            label += f" ({'.'.join(str(index + 1) for index in iteration)})"
        data = node.data
        tier: Any = data.get("quality") or self.tier
        seed = data.get("seed") if data.get("seed_locked") else None
        current = False
        if take is not None and node.id not in self.forced:
            current = node.id in self.reused or (
                take.basis == basis
                and take.tier in (None, tier)
                and (seed is None or take.seed in (None, seed))
                and all(steps[before].current for before in dependencies)
            )
        steps[key] = PlanStep(
            key=key,
            node_id=node.id,
            node_type=table.node_type.id,
            label=label,
            iteration=iteration,
            kind=kind,
            params=params,
            inputs=inputs,
            part=part,
            basis=basis,
            tier=tier,
            seed=seed,
            current=current,
            take=take,
            dependencies=tuple(dependencies),
        )
        stands_for = take.output if take is not None else basis
        for socket, type, part_name in table.output_types:
            self.given[key, socket] = InputRef(
                node.id, name, socket, type, stands_for + part_name, 1.0, key
            )

    def _value(
        self,
        node: Node,
        key: str,
        table: TypeTable,
        params: dict[str, Any],
        inputs: dict[str, list[InputRef]],
    ) -> None:
        evaluate = table.node_type.evaluate
        if evaluate is None:
            outputs: Mapping[str, Any] = dict.fromkeys(table.outputs, params)
        else:
            values = {socket: [plain_value(ref) for ref in refs] for socket, refs in inputs.items()}
            try:
                outputs = evaluate(params, values)
            except Exception as error:
                raise DirectorError(
                    "plan.evaluate_failed",
                    f"{place_of(self.graph, node)} could not be evaluated: "
                    f"{type(error).__name__}: {str(error)[:200]}.",
                    hint=f"This is a fault of the plugin that brings {node.type}.",
                ) from error
        for socket in table.outputs.values():
            value = outputs.get(socket.id)
            if value is not None:
                keys = table.default_keys(value)
                self._give_value(node, key, socket.id, socket.type, value, keys)

    def _give_value(
        self,
        node: Node,
        key: str,
        socket: str,
        type: str,
        value: Any,
        default_keys: tuple[str, ...] = (),
    ) -> None:
        media = value if is_media(value) else None
        self.given[key, socket] = InputRef(
            node.id,
            label_of(node),
            socket,
            type,
            media["digest"] if media else value_digest(node.type, value, default_keys),
            1.0,
            None,
            media,
            None if media else value,
            default_keys,
        )

    def _control(
        self,
        node: Node,
        key: str,
        params: dict[str, Any],
        iteration: Iteration,
        context: Mapping[str, int],
    ) -> None:
        table = self.closure.tables[node.id]
        edges = {edge.target_socket: edge for edge in self.closure.edges[node.id]}
        asked = "condition" if node.type == CONDITIONAL else "count"
        value = params.get(asked)
        for ref in self._arriving(edges[asked], table, context) if asked in edges else ():
            if ref.step is not None or ref.media is not None:
                raise DirectorError(
                    "plan.not_known_yet",
                    f"The {asked} of {place_of(self.graph, node)} comes from {ref.label}, "
                    "whose result is only known after it has run.",
                    hint="Connect a value that is set on the canvas.",
                )
            value = ref.value
        if node.type == CONDITIONAL:
            chosen = edges.get("if_true" if value else "if_false")
            if chosen is not None:
                for ref in self._arriving(chosen, table, context):
                    self.given[key, "result"] = ref
            return
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
            raise DirectorError(
                "plan.bad_count",
                f"{place_of(self.graph, node)} counts to {value!r}.",
                hint="Give it a whole number.",
            )
        count = max(0, int(value))
        assert self.loops is not None
        self.loops.go_round(node.id, iteration, count)
        for index in range(min(count, 10_000)):
            given = key_of(node.id, (*iteration, index))
            self._give_value(node, given, "index", sockets.NUMBER, index)
            self._give_value(node, given, "count", sockets.NUMBER, count)

    def _arriving(
        self, edge: Edge, table: TypeTable, context: Mapping[str, int]
    ) -> Iterable[InputRef]:
        """What an edge brings into one run of its target: nothing, one thing, or many."""
        socket = table.inputs[edge.target_socket]
        for key in self._keys(edge.source, context):
            if self.errors and key in self.errors:
                raise self.errors[key]
            ref = self.given.get((key, edge.source_socket))
            if ref is None:
                continue
            if ref.type != socket.type:
                ref = self._convert(ref, socket.type)
            yield (
                ref
                if edge.strength == 1
                else msgspec.structs.replace(ref, strength=float(edge.strength))
            )

    def _keys(self, source: str, context: Mapping[str, int]) -> Iterable[str]:
        if self.loops is None:
            return (source,)
        return [key_of(source, one) for one in self.loops.gathered(source, context)]

    def _convert(self, ref: InputRef, wanted: str) -> InputRef:
        path = self.registry.convert_path(ref.type, wanted)
        if path is None:
            raise DirectorError(
                "plan.incompatible",
                f"{ref.type} from {ref.label} does not fit an input of type {wanted}.",
                hint="Take this connection away.",
            )
        for converter in path:
            if converter.convert is not None:
                ref = convert_value(ref, converter)
            else:
                ref = self._convert_media(ref, converter)
        return ref

    def _convert_media(self, ref: InputRef, converter: Converter) -> InputRef:
        table = self.closure.converting_table(converter)
        origin = ref.step or f"{ref.node_id}.{ref.digest[:12]}"
        key = f"{origin}.{ref.socket}>{table.node_type.id}"
        if (key, table.main_output) not in self.given:
            refs = in_parts(ref)
            entry = next(iter(table.inputs))
            node = self.graph.nodes[ref.node_id]
            params = dict(table.defaults)
            part = {
                "type": table.node_type.id,
                "params": {},
                "settings": table.settings,
                "iteration": (),
            }
            self._add_step(node, key, table, "convert", params, {entry: refs}, part)
        return self.given[key, table.main_output]

    def _assemble(self, node: Node, inputs: dict[str, list[InputRef]]) -> list[tuple[Any, ...]]:
        """Put the shots into the inputs of an assembly, in their order; the cut, as JSON."""
        refs: list[InputRef] = []
        cut: list[tuple[Any, ...]] = []
        for scene, element in self.closure.cuts[node.id]:
            if element.type == TRANSITION:
                params = self.closure.params_of(element)
                facts = [params.get(name) for name in ("kind", "frames", "direction")]
                cut.append(("transition", *facts))
                continue
            code = scene.data.get("code", "") if scene else ""
            for key in self._keys(element.id, {}):
                if key in self.errors:
                    raise self.errors[key]
                ref = self.given.get((key, "video"))
                if ref is not None:
                    refs.append(ref)
                    cut.append(("shot", code, element.data.get("code", "")))
        if not refs:
            raise DirectorError(
                "plan.empty_film",
                f"{place_of(self.graph, node)} has no shot to put into the film.",
                hint="Add a shot, or connect the sequence of shots to it.",
            )
        inputs["shots"] = refs
        return cut


def key_of(node_id: str, iteration: Iteration) -> str:
    """The key of a step: its node's id, and its iteration where it has one."""
    return f"{node_id}#{'.'.join(map(str, iteration))}" if iteration else node_id


def _voices_of(graph: Graph) -> dict[str, Any] | None:
    """What an Assembly of the graph says of voices, where one wants them."""
    for node in graph.nodes.values():
        if node.type == ASSEMBLY and node.data.get("voices"):
            return {"language": str(node.data.get("voice_language") or "")}
    return None
