// What is on the canvas now: the nodes of one level and the wires between them, in plain arrays.
//
// It is not reactive. Whoever draws asks it once a frame; `revision` says whether anything changed.

import type { Edge, Graph, Node } from '$lib/graph/model';
import { layoutOf, UNKNOWN } from '$lib/nodes/plans';
import { NEUTRAL } from '$lib/schema/sockets';
import { collapsedHeight, HEADER, type NodeLayout, type SocketSpot } from '$lib/schema/layout';
import type { Catalog, NodeDefinition } from '$lib/stores/catalog';
import { FRAME_HEADER, foldState, hiddenBy, isFrame } from './frames';
import { Grid } from './grid';
import { type External, type Wire, Wires } from './wires';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** What all nodes of one type have in common. */
export interface Kind {
  readonly type: string;
  readonly definition: NodeDefinition | undefined;
  readonly layout: NodeLayout;
  readonly color: string;
  readonly spots: ReadonlyMap<string, SocketSpot>;
}

export class CanvasModel {
  readonly graph: () => Graph;
  readonly catalog: Catalog;
  level: string | null = null;
  /** Grows with each change of what is seen. */
  revision = 0;
  /** Grows with each change of places, sizes and wires: what a node contains does not count. */
  shape = 0;
  /** Grows with each node that is put in another place: where it alone grew, nothing else changed. */
  moves = 0;
  /** Node ids by slot; a free slot holds ''. */
  readonly ids: string[] = [];
  readonly slots = new Map<string, number>();
  x = new Float64Array(256);
  y = new Float64Array(256);
  w = new Float64Array(256);
  h = new Float64Array(256);
  readonly kinds: Kind[] = [];
  readonly grid = new Grid();
  readonly wires = new Wires();
  /** Nodes that a collapsed frame stands for, with that frame. */
  #hidden = new Map<string, string>();
  readonly #folds = new Map<string, string>();
  readonly #free: number[] = [];
  readonly #kindOf = new Map<string, Kind>();

  constructor(graph: () => Graph, catalog: Catalog) {
    this.graph = graph;
    this.catalog = catalog;
  }

  get size(): number {
    return this.slots.size;
  }

  /** Show another level, all of it anew. */
  show(level: string | null): void {
    this.level = level;
    this.ids.length = 0;
    this.slots.clear();
    this.kinds.length = 0;
    this.#free.length = 0;
    this.grid.clear();
    const children = this.graph().children(level);
    this.#hidden = hiddenBy(children);
    this.#folds.clear();
    for (const node of children) {
      if (isFrame(node.type)) this.#folds.set(node.id, foldState(this.graph(), node.id));
      if (!this.#hidden.has(node.id)) this.#put(node);
    }
    this.#rewire();
    this.revision += 1;
    this.shape += 1;
  }

  /** Take in changed nodes and edges; gives whether anything that is seen changed. */
  take(ids: ReadonlySet<string>): boolean {
    const { nodes, edges } = this.graph();
    for (const id of ids) {
      const fold = foldState(this.graph(), id);
      if (fold !== (this.#folds.get(id) ?? '')) {
        this.show(this.level);
        return true;
      }
    }
    const before = this.revision;
    let rewire = false;
    for (const id of ids) {
      const node = nodes.get(id);
      const slot = this.slots.get(id);
      if (node && node.parent === this.level && !this.#hidden.has(id)) {
        if (slot === undefined) rewire = true;
        this.#put(node);
      } else if (slot !== undefined) {
        this.#drop(id, slot);
        rewire = true;
      } else if (node) {
        // Deeper than this level, or no node of it: wires may end elsewhere now.
        rewire ||= this.wires.touches(id);
      }
      if (edges.has(id) || this.wires.has(id)) {
        const edge = edges.get(id);
        if (edge === undefined || !this.#simple(edge) || this.wires.isMerged(id)) rewire = true;
        else this.#wire(edge);
        this.revision += 1;
        this.shape += 1;
      }
    }
    if (rewire) {
      this.#rewire();
      this.revision += 1;
      this.shape += 1;
    }
    return this.revision !== before;
  }

  /** Move a node on the canvas alone: while it is dragged or on its way. */
  move(slot: number, x: number, y: number): void {
    this.x[slot] = x;
    this.y[slot] = y;
    this.grid.put(slot, x, y, this.w[slot] ?? 0, this.h[slot] ?? 0);
    this.revision += 1;
    this.shape += 1;
    this.moves += 1;
  }

  kindOf(type: string): Kind {
    let kind = this.#kindOf.get(type);
    const definition = this.catalog.nodeTypes.get(type);
    if (kind === undefined || kind.definition !== definition) {
      const layout = definition ? layoutOf(definition) : UNKNOWN;
      const spots = new Map(layout.sockets.map((spot) => [`${spot.side}:${spot.id}`, spot]));
      kind = { type, definition, layout, color: definition?.color ?? '#5c5c5c', spots };
      this.#kindOf.set(type, kind);
    }
    return kind;
  }

  rect(slot: number): Rect {
    return {
      x: this.x[slot] ?? 0,
      y: this.y[slot] ?? 0,
      w: this.w[slot] ?? 0,
      h: this.h[slot] ?? 0,
    };
  }

  /** The slots that a rectangle touches. */
  touching({ x, y, w, h }: Rect): number[] {
    const found: number[] = [];
    for (const slot of this.grid.near(x, y, w, h)) {
      const left = this.x[slot] ?? 0;
      const top = this.y[slot] ?? 0;
      if (left > x + w || top > y + h) continue;
      if (left + (this.w[slot] ?? 0) < x || top + (this.h[slot] ?? 0) < y) continue;
      found.push(slot);
    }
    return found;
  }

  /** The node at a point; the one that was drawn last. Of a frame only its header counts. */
  at(x: number, y: number): string | undefined {
    let found = -1;
    for (const slot of this.touching({ x, y, w: 0, h: 0 })) {
      const frame = isFrame(this.kinds[slot]?.type ?? '');
      if (frame && (found >= 0 || y > (this.y[slot] as number) + FRAME_HEADER)) continue;
      found = frame ? slot : Math.max(found, slot);
    }
    return this.ids[found];
  }

  /** The nodes whose middle lies in a frame. */
  inside(frame: string): string[] {
    const slot = this.slots.get(frame);
    if (slot === undefined) return [];
    const box = this.rect(slot);
    return this.touching(box).flatMap((other) => {
      const { x, y, w, h } = this.rect(other);
      const within =
        x + w / 2 >= box.x && x + w / 2 <= box.x + box.w && y + h / 2 >= box.y && y + h / 2 <= box.y + box.h;
      return other !== slot && within ? [this.ids[other] as string] : [];
    });
  }

  /** What holds some nodes, or all; undefined where there are none. */
  bounds(ids?: Iterable<string>): Rect | undefined {
    let left = Number.POSITIVE_INFINITY;
    let top = Number.POSITIVE_INFINITY;
    let right = Number.NEGATIVE_INFINITY;
    let bottom = Number.NEGATIVE_INFINITY;
    for (const id of ids ?? this.slots.keys()) {
      const slot = this.slots.get(id);
      if (slot === undefined) continue;
      const { x, y, w, h } = this.rect(slot);
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x + w);
      bottom = Math.max(bottom, y + h);
    }
    if (left > right) return undefined;
    return { x: left, y: top, w: right - left, h: bottom - top };
  }

  /** The node of this level that an id stands for: itself, or what it lies in; else undefined. */
  ownerOf(id: string): string | undefined {
    const { nodes } = this.graph();
    let node = nodes.get(id);
    while (node !== undefined) {
      if (node.parent === this.level) return this.#hidden.get(node.id) ?? node.id;
      node = node.parent === null ? undefined : nodes.get(node.parent);
    }
    return undefined;
  }

  #put(node: Node): void {
    let slot = this.slots.get(node.id);
    const kind = this.kindOf(node.type);
    let [w, h] = node.size ?? [kind.layout.width, kind.layout.height];
    if (node.data.collapsed === true) {
      if (isFrame(node.type)) [w, h] = [Math.min(w, 280), FRAME_HEADER];
      else if (kind.definition?.kind === 'container') h = collapsedHeight(kind.layout);
    }
    const [x, y] = node.pos;
    if (slot === undefined) {
      slot = this.#free.pop() ?? this.ids.length;
      this.ids[slot] = node.id;
      this.slots.set(node.id, slot);
      if (slot >= this.x.length) this.#grow();
    } else if (
      this.x[slot] === x && this.y[slot] === y &&
      this.w[slot] === w && this.h[slot] === h && this.kinds[slot] === kind
    ) {
      this.revision += 1;
      return;
    } else if (this.w[slot] !== w || this.h[slot] !== h || this.kinds[slot] !== kind) {
      this.revision += 1;
      this.shape += 1;
    }
    this.kinds[slot] = kind;
    this.w[slot] = w;
    this.h[slot] = h;
    this.move(slot, x, y);
  }

  #drop(id: string, slot: number): void {
    this.slots.delete(id);
    this.ids[slot] = '';
    this.grid.delete(slot);
    this.#free.push(slot);
  }

  #grow(): void {
    const larger = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const next = new Float64Array(old.length * 2);
      next.set(old);
      return next;
    };
    this.x = larger(this.x);
    this.y = larger(this.y);
    this.w = larger(this.w);
    this.h = larger(this.h);
  }

  /** Both ends are nodes of this level themselves. */
  #simple(edge: Edge): boolean {
    return this.slots.has(edge.source) && this.slots.has(edge.target);
  }

  #rewire(): void {
    this.wires.clear();
    const { edges } = this.graph();
    for (const edge of edges.values()) this.#wire(edge);
  }

  #wire(edge: Edge): void {
    const source = this.slots.has(edge.source) ? edge.source : this.ownerOf(edge.source);
    const target = this.slots.has(edge.target) ? edge.target : this.ownerOf(edge.target);
    if (source === undefined && target === undefined) return;
    if (source === target) return;
    const from = source === undefined ? undefined : this.#end(source, edge.source, 'out', edge.source_socket);
    const to = target === undefined ? undefined : this.#end(target, edge.target, 'in', edge.target_socket);
    const type = from?.type ?? to?.type ?? '';
    const color = this.catalog.socketTypes.get(type)?.color ?? NEUTRAL;
    if (from && to) {
      const wire: Wire = {
        id: edge.id,
        edges: [edge.id],
        source: from.slot,
        target: to.slot,
        fromX: from.x,
        fromY: from.y,
        toX: to.x,
        toY: to.y,
        type,
        color,
        strength: edge.strength,
        label: edge.label,
      };
      this.wires.put(wire, source === edge.source && target === edge.target);
      return;
    }
    // One end lies outside this level: a short wire with the name of what is there.
    const end = from ?? to;
    if (end === undefined || (from ? source !== edge.source : target !== edge.target)) return;
    const external: External = {
      id: edge.id,
      slot: end.slot,
      x: end.x,
      y: end.y,
      side: from ? 'out' : 'in',
      other: from ? edge.target : edge.source,
      color,
      type,
    };
    this.wires.putExternal(external);
  }

  #end(owner: string, node: string, side: 'in' | 'out', socket: string): { slot: number; x: number; y: number; type: string } | undefined {
    const slot = this.slots.get(owner);
    const kind = slot === undefined ? undefined : this.kinds[slot];
    if (slot === undefined || kind === undefined) return undefined;
    const inner = owner === node ? kind : this.kindOf(this.graph().nodes.get(node)?.type ?? '');
    const spot = inner.spots.get(`${side}:${socket}`);
    const width = this.w[slot] ?? 0;
    const type = spot?.type ?? '';
    if (owner === node && spot) {
      return { slot, x: side === 'in' ? spot.x : width, y: spot.y, type };
    }
    // Something inside a container: at the container's side.
    return { slot, x: side === 'in' ? 0 : width, y: HEADER / 2, type };
  }
}
