// A drag of nodes: shown to others while it lasts, stored when it ends, one step of undo.

import type { Operation } from '$lib/graph/operations';
import { between } from './actions/add';
import { FRAME } from './frames';
import type { CanvasStore, Point } from './canvasStore.svelte';
import { wireThrough } from './underHand';

/** A long drag is stored on the way, so that little is lost with a tab. */
const STORE_EVERY = 2_000;

export class DragStep {
  readonly #canvas: CanvasStore;
  readonly #start = new Map<string, Point>();
  #storedAt = 0;
  /** The wire that the node would be put into, if it were let go now. */
  #into: { readonly wire: string; readonly ops: readonly Operation[] } | undefined;

  constructor(canvas: CanvasStore) {
    this.#canvas = canvas;
  }

  get active(): boolean {
    return this.#start.size > 0;
  }

  holds(id: string): boolean {
    return this.#start.has(id);
  }

  /** The slots of what is dragged. */
  get slots(): number[] {
    const { model } = this.#canvas;
    return [...this.#start.keys()].flatMap((id) => model.slots.get(id) ?? []);
  }

  begin(id: string): void {
    const { selection, model } = this.#canvas;
    const ids = new Set(selection.has(id) ? selection : [id]);
    // A frame takes along what lies in it.
    for (const one of [...ids]) {
      const node = this.#canvas.project.graph.nodes.get(one);
      if (node?.type !== FRAME) continue;
      const members = node.data.collapsed === true ? [] : model.inside(one);
      for (const inside of members) ids.add(inside);
    }
    this.#start.clear();
    for (const one of ids) {
      const node = this.#canvas.project.graph.nodes.get(one);
      if (node && model.slots.has(one) && !node.locked) this.#start.set(one, node.pos);
    }
    this.#storedAt = performance.now();
  }

  /** The node under the hand is somewhere else; all others go with it. */
  move(id: string): void {
    const { model, project } = this.#canvas;
    const by = this.#by(id);
    if (!by) return;
    for (const [one, [x, y]] of this.#start) {
      const slot = model.slots.get(one);
      if (slot !== undefined && one !== id) model.move(slot, x + by[0], y + by[1]);
    }
    this.#aim(id);
    project.presence.move({ drag: { ids: [...this.#start.keys()].slice(0, 200), by } });
    if (performance.now() - this.#storedAt > STORE_EVERY) {
      this.#storedAt = performance.now();
      this.#store();
    }
    // Wires follow by themselves; from afar nodes are painted, too.
    this.#canvas.repaint(this.#canvas.far ? 'all' : 'view');
  }

  end(id: string): void {
    this.move(id);
    const into = this.#into;
    if (into) this.#canvas.hoveredWire = undefined;
    this.#into = undefined;
    this.#store(into?.ops);
    this.#start.clear();
    this.#canvas.project.presence.move({ drag: null });
  }

  /** A node without wires of its own, let go on a wire that it fits into, is put between its ends. */
  #aim(id: string): void {
    const { project } = this.#canvas;
    if (this.#start.size !== 1) return;
    if (project.graph.incoming(id).length + project.graph.outgoing(id).length > 0) return;
    const wire = wireThrough(this.#canvas, id);
    if (wire === this.#into?.wire) return;
    const definition = project.catalog.nodeTypes.get(project.graph.nodes.get(id)?.type ?? '');
    const ops = wire === undefined || !definition ? [] : between(this.#canvas, definition, id, wire);
    this.#into = wire !== undefined && ops.length > 0 ? { wire, ops } : undefined;
    this.#canvas.hoveredWire = this.#into?.wire;
  }

  #by(id: string): Point | undefined {
    const start = this.#start.get(id);
    const slot = this.#canvas.model.slots.get(id);
    if (!start || slot === undefined) return undefined;
    const { x, y } = this.#canvas.model;
    return [(x[slot] as number) - start[0], (y[slot] as number) - start[1]];
  }

  #store(more: readonly Operation[] = []): void {
    const { model, project } = this.#canvas;
    const ops: Operation[] = [];
    for (const id of this.#start.keys()) {
      const slot = model.slots.get(id);
      const node = project.graph.nodes.get(id);
      if (slot === undefined || node === undefined) continue;
      const pos = [Math.round(model.x[slot] as number), Math.round(model.y[slot] as number)] as const;
      if (pos[0] !== node.pos[0] || pos[1] !== node.pos[1]) {
        ops.push({ op: 'node.set', id, values: { pos } });
      }
    }
    if (more.length > 0) this.#canvas.submit([...ops, ...more], 'Put a node into a wire');
    else if (ops.length > 0) {
      project.submit(ops, { label: ops.length === 1 ? 'Move a node' : `Move ${ops.length} nodes` });
    }
  }
}
