// One open canvas: which level is shown and how, what is selected, and what is being done with it.
//
// The graph lives in the project's store, the places of nodes in the plain model. Here is what
// components follow. `repaint` asks for one frame of the painted layer.

import { createContext } from 'svelte';
import type { Rejection } from '$lib/graph/apply';
import type { Operation } from '$lib/graph/operations';
import { Questions } from '$lib/queue/questions.svelte';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { type Connecting, sentence, type WireEnd } from './connecting';
import { CanvasModel, type Rect } from './model';
import { PeopleHere } from './people.svelte';
import { type PlannedRun, Runs } from './runs';
import type { View } from './window';

export type Point = readonly [number, number];

/** Where a menu of new nodes was asked for, and what it is to be connected with. */
export interface AddRequest {
  /** On the screen. */
  readonly at: Point;
  /** On the canvas. */
  readonly place: Point;
  readonly from?: WireEnd;
  /** The wire that the node is to be put into. */
  readonly into?: string;
}

/** A few words at a place on the screen, such as why a wire was refused. */
export interface PlaceNote {
  readonly at: Point;
  readonly text: string;
}

/** What is open beside or over the canvas; one at a time of each kind. */
export type Panel = 'inspector' | 'outline' | 'queue' | 'history' | 'problems' | 'rejected';
export type Room = 'script' | 'library' | 'cut' | 'settings';
export type Overlay = 'palette' | 'search' | 'keys' | 'connect' | 'move';

/** Its level is a room: its takes and all that they are made from. */
export const SHOT = 'film.shot';

const NOTHING: ReadonlySet<string> = new Set();
const NOTE_LASTS = 4_000;
export const LEAST_ZOOM = 0.01;
export const MOST_ZOOM = 2.5;

export class CanvasStore {
  readonly project: ProjectStore;
  readonly model: CanvasModel;
  readonly people: PeopleHere;
  readonly runs: Runs;
  readonly questions: Questions;

  level = $state<string | null>(null);
  viewport = $state.raw<View>({ x: 0, y: 0, zoom: 1 });
  /** Whether nodes are painted, being too small to be worked in. */
  far = $state(false);
  width = $state(0);
  height = $state(0);
  selection = $state.raw<ReadonlySet<string>>(NOTHING);
  /** Selected edges, by id; of merged wires all. */
  wires = $state.raw<ReadonlySet<string>>(NOTHING);
  hoveredWire = $state<string>();
  connecting = $state.raw<Connecting | null>(null);
  note = $state.raw<PlaceNote | null>(null);
  adding = $state.raw<AddRequest | null>(null);
  panel = $state<Panel | null>(null);
  overlay = $state<Overlay | null>(null);
  /** Whether the library stands beside the canvas. */
  library = $state(false);
  /** A run that somebody looks at before it begins. */
  planned = $state.raw<PlannedRun | null>(null);
  /** The node that has the keyboard, if it is on the canvas. */
  focused = $state<string>();
  /** Where the pointer was last, on the screen: new nodes and pasted ones come there. */
  pointer: Point = [0, 0];
  /** The node to select and frame once its level is shown. */
  arriving: string | undefined;
  /** The node whose first text is to be written in, as soon as it is mounted. */
  editing = $state<string>();
  /** The session that is followed: its view is this one's. */
  following = $state<string>();
  /** Grows when the model changed; for the few who show all of it. */
  revision = $state(0);
  /** Grows when a node is elsewhere or of another size, or a wire is another. */
  shape = $state(0);

  /** Goes to a level by its address; the page's. */
  navigate: (level: string | null) => void = () => undefined;
  /** Goes to another room of the project; the page's. */
  openRoom: (room: Room) => void = () => undefined;
  /** Gives the canvas the keyboard; the canvas'. */
  takeFocus: () => void = () => undefined;
  /** Asks for one frame of the painted layer, for `'view'` where the layer itself stays; the layer's. */
  repaint: (what?: 'all' | 'view') => void = () => undefined;
  /** Moves the view, at once or within some milliseconds; the flow's. */
  moveView: (view: View, duration?: number) => void = (view) => (this.viewport = view);

  /** Keys that were pressed for an overlay that is still on its way: letters, Enter, Backspace. */
  #ahead: string[] = [];
  #noteEnds: ReturnType<typeof setTimeout> | undefined;

  constructor(project: ProjectStore) {
    this.project = project;
    this.model = new CanvasModel(() => project.graph, project.catalog);
    this.people = new PeopleHere(project);
    this.runs = new Runs(project, (planned) => (this.planned = planned));
    this.questions = new Questions(project);
  }

  /** The shot whose room is shown in place of a level: a shot holds no nodes. */
  get room(): string | undefined {
    const { level } = this;
    return level !== null && this.project.node(level)?.type === SHOT ? level : undefined;
  }

  /** Keep a key for the overlay that was asked for; gives whether it is one that can be kept. */
  keepAhead({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey || altKey || !(key.length === 1 || key === 'Enter' || key === 'Backspace')) return false;
    this.#ahead.push(key);
    return true;
  }

  /** The keys that were kept, once. */
  takeAhead(): readonly string[] {
    const kept = this.#ahead;
    this.#ahead = [];
    return kept;
  }

  // ------------------------------------------------------------------ selection

  select(ids: Iterable<string>, wires: Iterable<string> = []): void {
    const next = new Set(ids);
    if (same(next, this.selection) && same(new Set(wires), this.wires)) return;
    this.selection = next;
    this.wires = new Set(wires);
    this.project.presence.move({ selection: [...next].slice(0, 200) });
    this.repaint();
  }

  toggle(id: string): void {
    const next = new Set(this.selection);
    if (!next.delete(id)) next.add(id);
    this.select(next, this.wires);
  }

  /** Forget what is gone from the graph or from this level. */
  prune(): void {
    const { edges } = this.project.graph;
    const nodes = [...this.selection].filter((id) => this.model.slots.has(id));
    const wires = [...this.wires].filter((id) => edges.has(id));
    if (nodes.length !== this.selection.size || wires.length !== this.wires.size) {
      this.select(nodes, wires);
    }
    if (this.focused !== undefined && !this.model.slots.has(this.focused)) this.focused = undefined;
  }

  // ------------------------------------------------------------------ the graph

  /** Do a step; where it is refused, say why, at a place if one is known. */
  submit(ops: readonly Operation[], label: string, at?: Point): Rejection | null {
    if (ops.length === 0) return null;
    const refusal = this.project.submit(ops, { label, fresh: true });
    if (refusal === null) return null;
    if (at) this.say(sentence(refusal), at);
    else toasts.say(refusal.message, { hint: refusal.hint, tone: 'danger' });
    return refusal;
  }

  /** A few words at a place on the screen, for a while. */
  say(text: string, at: Point): void {
    clearTimeout(this.#noteEnds);
    this.note = { at, text };
    this.#noteEnds = setTimeout(() => (this.note = null), NOTE_LASTS);
  }

  /** Go to a node on whatever level it is: selected, and in the middle of the view. */
  reveal(id: string): void {
    const record = this.project.graph.nodes.get(id);
    if (!record) return;
    const level = record.parent ?? null;
    if (level === this.level) {
      this.select([id]);
      this.frame([id]);
      return;
    }
    this.arriving = id;
    this.navigate(level);
  }

  /** Open a panel, or close it where it is open. */
  togglePanel(panel: Panel): void {
    this.panel = this.panel === panel ? null : panel;
  }

  inspect(id: string): void {
    this.select([id]);
    this.panel = 'inspector';
  }

  // ------------------------------------------------------------------ the view

  toCanvas([x, y]: Point): Point {
    const view = this.viewport;
    return [(x - view.x) / view.zoom, (y - view.y) / view.zoom];
  }

  toScreen([x, y]: Point): Point {
    const view = this.viewport;
    return [x * view.zoom + view.x, y * view.zoom + view.y];
  }

  /** From a pointer's event to a place on the canvas' part of the screen. */
  fromClient: (event: { clientX: number; clientY: number }) => Point = ({ clientX, clientY }) => [
    clientX,
    clientY,
  ];

  /** The middle of what is seen. */
  get middle(): Point {
    return this.toCanvas([this.width / 2, this.height / 2]);
  }

  /** Bring these nodes into view, or all. */
  frame(ids?: Iterable<string>, duration = 260): void {
    const bounds = this.model.bounds(ids);
    if (bounds) this.frameRect(bounds, ids === undefined ? 1 : 1.2, duration);
  }

  frameRect({ x, y, w, h }: Rect, most = 1, duration = 260): void {
    if (this.width === 0 || this.height === 0) return;
    const margin = Math.min(80, this.width * 0.08);
    const zoom = Math.max(
      LEAST_ZOOM,
      Math.min(most, (this.width - 2 * margin) / w, (this.height - 2 * margin) / h),
    );
    this.moveView(
      {
        x: this.width / 2 - (x + w / 2) * zoom,
        y: this.height / 2 - (y + h / 2) * zoom,
        zoom,
      },
      duration,
    );
  }

  zoomBy(factor: number, around: Point = [this.width / 2, this.height / 2], duration = 0): void {
    const { x, y, zoom } = this.viewport;
    const next = Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, zoom * factor));
    const [px, py] = around;
    this.moveView(
      { x: px - ((px - x) * next) / zoom, y: py - ((py - y) * next) / zoom, zoom: next },
      duration,
    );
  }

  // ------------------------------------------------------------------ levels

  /** Enter a container or a shot; any other node is shown in the inspector. */
  enter(id: string): void {
    const { graph, catalog } = this.project;
    const type = graph.nodes.get(id)?.type ?? '';
    const holds = catalog.nodeTypes.get(type)?.kind === 'container' || graph.children(id).length > 0;
    if (holds || type === SHOT) this.navigate(id);
    else this.inspect(id);
  }

  leave(): void {
    if (this.level === null) return;
    const from = this.level;
    this.navigate(this.project.graph.nodes.get(from)?.parent ?? null);
  }
}

function same(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  if (some.size !== others.size) return false;
  for (const one of some) if (!others.has(one)) return false;
  return true;
}

/** The canvas that a component stands on. */
export const [useCanvas, provideCanvas] = createContext<CanvasStore>();
