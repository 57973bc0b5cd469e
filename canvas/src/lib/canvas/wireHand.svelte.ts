// Drawing a wire: from a socket to a socket, to a node, or to empty ground, by drag or by two clicks.

import { createContext } from 'svelte';
import { connectEnds } from './actions/connect';
import type { CanvasStore, Point } from './canvasStore.svelte';
import { Connecting, type WireEnd } from './connecting';

/** Screen pixels in which a wire finds a socket. */
const REACH = 26;
/** A press that moved less than this is a click: the wire then hangs on the pointer. */
const CLICK = 5;

export class WireHand {
  readonly #canvas: CanvasStore;
  /** Where the free end is, on the canvas. */
  end = $state.raw<Point>([0, 0]);
  /** The socket that it would go into now. */
  snap = $state.raw<WireEnd>();
  /** The socket under the free end that does not take it: dropped there, it says why. */
  #blocked: WireEnd | undefined;
  /** The edge that was taken from its input, if this is one. */
  #taken: string | undefined;
  #pressed: Point = [0, 0];
  /** The wire hangs on the pointer until the next click. */
  #hanging = false;

  constructor(canvas: CanvasStore) {
    this.#canvas = canvas;
  }

  get hanging(): boolean {
    return this.#hanging;
  }

  /** A press on a socket. On a taken input it picks up the wire that is there. */
  press(end: WireEnd, at: Point): void {
    const { graph } = this.#canvas.project;
    if (!this.#canvas.project.canEdit) return;
    if (this.#hanging) {
      this.#finish(at);
      return;
    }
    let from = end;
    this.#taken = undefined;
    const wires = end.side === 'in' ? graph.incoming(end.node, end.socket) : [];
    const [last] = wires.slice(-1);
    const many = this.#isMany(end);
    if (last && !many) {
      from = { node: last.source, socket: last.source_socket, side: 'out' };
      this.#taken = last.id;
    }
    this.#pressed = at;
    this.begin(from);
    this.move(at);
  }

  begin(from: WireEnd): void {
    const { project } = this.#canvas;
    this.#canvas.connecting = new Connecting(from, project.graph, project.catalog.registry);
    this.#canvas.repaint();
  }

  move(at: Point): void {
    const { connecting } = this.#canvas;
    if (!connecting) return;
    this.end = this.#canvas.toCanvas(at);
    this.snap = this.#nearest(connecting);
  }

  /** The pointer was let go. */
  release(at: Point): void {
    if (!this.#canvas.connecting || this.#hanging) return;
    const moved = Math.hypot(at[0] - this.#pressed[0], at[1] - this.#pressed[1]);
    if (moved < CLICK && this.#taken === undefined) {
      this.#hanging = true;
      return;
    }
    this.#finish(at);
  }

  /** A click while the wire hangs on the pointer. */
  click(at: Point): void {
    if (this.#hanging) this.#finish(at);
  }

  cancel(): void {
    this.#canvas.connecting = null;
    this.snap = undefined;
    this.#hanging = false;
    this.#taken = undefined;
    this.#canvas.repaint();
  }

  #finish(at: Point): void {
    const { connecting } = this.#canvas;
    const taken = this.#taken;
    if (!connecting) return;
    this.move(at);
    const { snap } = this;
    const blocked = this.#blocked;
    const [x, y] = this.end;
    const under = this.#canvas.model.at(x, y);
    this.cancel();
    const edge = taken === undefined ? undefined : this.#canvas.project.graph.edges.get(taken);
    if (snap) {
      const back =
        edge !== undefined && edge.target === snap.node && edge.target_socket === snap.socket;
      if (back) return;
      if (connectEnds(this.#canvas, connecting.from, snap, at) && taken !== undefined) {
        this.#canvas.submit([{ op: 'edge.remove', ids: [taken] }], 'Disconnect');
      }
    } else if (under !== undefined && under !== connecting.from.node) {
      // Nothing of this node takes it; the rules say why in their own words.
      const to = blocked ?? this.#closest(under, connecting);
      if (to) connectEnds(this.#canvas, connecting.from, to, at);
      else this.#canvas.say('This node has nothing to connect with.', at);
    } else if (taken !== undefined) {
      this.#canvas.submit([{ op: 'edge.remove', ids: [taken] }], 'Disconnect', at);
    } else if (under === undefined) {
      this.#canvas.adding = { at, place: [x, y], from: connecting.from };
    }
  }

  #nearest(connecting: Connecting): WireEnd | undefined {
    const { model, viewport } = this.#canvas;
    const reach = REACH / viewport.zoom;
    const [x, y] = this.end;
    let best = reach;
    let found: WireEnd | undefined;
    this.#blocked = undefined;
    for (const slot of model.touching({ x: x - reach, y: y - reach, w: 2 * reach, h: 2 * reach })) {
      const id = model.ids[slot] as string;
      for (const spot of model.kinds[slot]?.spots.values() ?? []) {
        const left = (model.x[slot] as number) + (spot.side === 'in' ? 0 : (model.w[slot] as number));
        const away = Math.hypot(left - x, (model.y[slot] as number) + spot.y - y);
        if (away >= best) continue;
        const fit = connecting.fits(id, spot);
        const end = { node: id, socket: spot.id, side: spot.side } as const;
        if (fit === 'fits' || fit === 'converts') {
          best = away;
          found = end;
          this.#blocked = undefined;
        } else if (fit === 'not' && away < reach / 2 && end.node !== connecting.from.node) {
          best = away;
          found = undefined;
          this.#blocked = end;
        }
      }
    }
    if (found || this.#blocked) return found;
    const under = model.at(x, y);
    if (under === undefined || under === connecting.from.node) return undefined;
    const slot = model.slots.get(under);
    return connecting.best(under, slot === undefined ? undefined : model.kinds[slot]?.definition);
  }

  /** The socket on which a refusal is best explained. */
  #closest(node: string, connecting: Connecting): WireEnd | undefined {
    const { model } = this.#canvas;
    const slot = model.slots.get(node);
    const side = connecting.from.side === 'out' ? 'in' : 'out';
    let best = Number.POSITIVE_INFINITY;
    let found: WireEnd | undefined;
    for (const spot of (slot === undefined ? undefined : model.kinds[slot])?.spots.values() ?? []) {
      if (spot.side !== side) continue;
      const away = Math.abs((model.y[slot as number] as number) + spot.y - this.end[1]);
      if (away < best) {
        best = away;
        found = { node, socket: spot.id, side };
      }
    }
    return found;
  }

  #isMany({ node, socket }: WireEnd): boolean {
    const { project } = this.#canvas;
    const type = project.catalog.nodeTypes.get(project.graph.nodes.get(node)?.type ?? '');
    return type?.inputs.find(({ id }) => id === socket)?.many ?? false;
  }
}

/** The hand that draws wires, for the sockets. */
export const [useWireHand, provideWireHand] = createContext<WireHand>();
