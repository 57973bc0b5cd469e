// Putting new nodes on the canvas, connected where that was asked for.

import { keyBetween } from '$lib/graph/orderKeys';
import type { Operation } from '$lib/graph/operations';
import { layoutOf } from '$lib/nodes/plans';
import { HEADER } from '$lib/schema/layout';
import type { NodeDefinition } from '$lib/stores/catalog';
import type { AddRequest, CanvasStore } from '../canvasStore.svelte';
import { Connecting } from '../connecting';
import { newId } from '../ids';
import type { Rect } from '../model';

/** Add a node where a request says; gives its id, or undefined where it was refused. */
export function addNode(
  canvas: CanvasStore,
  definition: NodeDefinition,
  { at, place, from, into }: AddRequest,
  data: Readonly<Record<string, unknown>> = {},
): string | undefined {
  const { project, level } = canvas;
  const id = newId();
  const layout = layoutOf(definition);
  const last = project.graph.children(level).at(-1);
  const ops: Operation[] = [
    {
      op: 'node.add',
      id,
      type: definition.id,
      parent: level,
      order: keyBetween(last?.order ?? null, null),
      pos: [Math.round(place[0] - (from?.side === 'in' ? layout.width : from ? 0 : layout.width / 2)), Math.round(place[1] - HEADER / 2)],
      data,
    },
  ];
  if (from) {
    const connecting = new Connecting(from, project.graph, project.catalog.registry);
    const to = connecting.best(id, definition);
    if (to) {
      const target = from.side === 'out' ? to : from;
      const before = project.graph.incoming(target.node, target.socket).at(-1);
      ops.push(connecting.edge(to, newId(), keyBetween(before?.order ?? null, null)));
    }
  } else if (into) ops.push(...between(canvas, definition, id, into));
  if (canvas.submit(ops, `Add ${definition.title.toLowerCase()}`, at) !== null) return undefined;
  canvas.select([id]);
  canvas.focused = id;
  return id;
}

/** The operations that put a node between the ends of a wire, as far as it fits there. */
export function between(
  { project }: CanvasStore,
  definition: NodeDefinition,
  id: string,
  wire: string,
): Operation[] {
  const edge = project.graph.edges.get(wire);
  if (!edge) return [];
  const { registry } = project.catalog;
  const source = { node: edge.source, socket: edge.source_socket, side: 'out' } as const;
  const target = { node: edge.target, socket: edge.target_socket, side: 'in' } as const;
  const behind = new Connecting(source, project.graph, registry);
  const ahead = new Connecting(target, project.graph, registry);
  const into = behind.best(id, definition);
  const out = ahead.best(id, definition);
  if (!into || !out) return [];
  return [
    { op: 'edge.remove', ids: [wire] },
    behind.edge(into, newId(), 'a0'),
    ahead.edge(out, newId(), edge.order),
  ];
}

/** The types that can be added, and that fit a wire if one is given. */
export function addable(canvas: CanvasStore, { from }: AddRequest): NodeDefinition[] {
  const all = [...canvas.project.catalog.nodeTypes.values()];
  if (!from) return all;
  const connecting = new Connecting(from, canvas.project.graph, canvas.project.catalog.registry);
  return all.filter((definition) => connecting.takes(definition));
}

/** Add a node of a type beside another and connect it to an input of that; gives its id. */
export function addSource(canvas: CanvasStore, to: string, socket: string, type: string): string | undefined {
  const definition = canvas.project.catalog.nodeTypes.get(type);
  const record = canvas.project.graph.nodes.get(to);
  if (!definition || !record) return undefined;
  const { width, height } = layoutOf(definition);
  const [x, y] = record.pos;
  const left = x - 80 - width;
  const place = [x - 80, freeBelow(canvas, { x: left, y, w: width, h: height }) + HEADER / 2] as const;
  return addNode(canvas, definition, { at: canvas.toScreen(place), place, from: { node: to, socket, side: 'in' } });
}

/** From a place on downwards, where a node of this size covers none of the level. */
function freeBelow({ model }: CanvasStore, { x, y, w, h }: Rect): number {
  const GAP = 40;
  const rects = [...model.slots.values()]
    .map((slot) => model.rect(slot))
    .filter((one) => one.x < x + w && one.x + one.w > x)
    .sort((a, b) => a.y - b.y);
  let free = y;
  for (const one of rects) if (one.y < free + h && one.y + one.h > free) free = one.y + one.h + GAP;
  return free;
}
