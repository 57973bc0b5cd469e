// Nodes that others move glide to where they are going. The compositor moves them: the model has the
// end of the way at once, Svelte Flow hears of it when all rest, and no frame in between is made by the
// main thread.

import type { Person } from '$lib/protocol/serverEvents';
import type { CanvasModel } from './model';

type Place = readonly [x: number, y: number];

/** Milliseconds that a node is under way. */
const LASTS = 140;
/** Half of a parabola, which `placeOf` computes likewise. */
const EASING = 'cubic-bezier(0.3333, 0.6667, 0.6667, 1)';
/** Milliseconds for which an animation holds its end. */
const HOLDS = 60_000;
/** Milliseconds without a move after which Svelte Flow puts the nodes where they are. */
const RESTS = 3_000;
/** So many nodes are layers while others move some of them. An element that becomes a layer has all
    that is painted sorted into layers anew: so all become layers at once, before the first moves. */
const MOST_LIFTED = 120;
/** More than this at once are put in place. */
const MOST = 400;
/** Milliseconds that a node stays where it was let go, until what was stored says where it is. */
const LET_GO = 1_000;

/** What a mounted node shows, and where Svelte Flow has it. */
export interface Mounted {
  readonly element: Element;
  readonly at: Place;
}

interface Glide extends Mounted {
  readonly from: Place;
  readonly to: Place;
  readonly begun: number;
}

interface Drag {
  /** Where the node was when the drag began: it is stored on the way, too. */
  readonly from: Place;
  readonly by: Place;
}

export class Glides {
  /** The element of a mounted node; undefined where it is painted. */
  mounted: (slot: number) => Mounted | undefined = () => undefined;
  /** The elements of all mounted nodes. */
  elements: () => readonly Element[] = () => [];
  /** All rest: Svelte Flow is to have them where the model has them. */
  rested: () => void = () => undefined;
  readonly #model: CanvasModel;
  readonly #glides = new Map<number, Glide>();
  #drags = new Map<string, Drag>();
  readonly #letGo = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #lifted = new Map<Element, Animation>();
  #rests: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  readonly #still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  readonly #mine: (id: string) => boolean;

  /** `mine` says of a node whether this person drags it. */
  constructor(model: CanvasModel, mine: (id: string) => boolean) {
    this.#model = model;
    this.#mine = mine;
  }

  /** These slots have other places in the model now: let their elements glide there. Gives those of
   * nodes that are not mounted. */
  go(slots: Iterable<number>): number[] {
    const all = [...slots];
    const painted: number[] = [];
    const now = performance.now();
    for (const slot of all) {
      if (!this.#go(slot, now, this.#still || all.length > MOST)) painted.push(slot);
    }
    return painted;
  }

  /** Where Svelte Flow still has a node that is held elsewhere. */
  base(slot: number): Place | undefined {
    return this.#glides.get(slot)?.at;
  }

  /** The slots of nodes that are held elsewhere. */
  get slots(): number[] {
    return [...this.#glides.keys()];
  }

  /** The node is where Svelte Flow has it: it was taken away, or was put there. */
  drop(slot: number): void {
    const element = this.#glides.get(slot)?.element;
    this.#glides.delete(slot);
    if (element) this.#animate(element);
  }

  /** Put all in place at once; before a hand takes hold of one. */
  rest(): void {
    clearTimeout(this.#rests);
    this.#rests = undefined;
    if (this.#glides.size > 0) this.rested();
    this.#letDown();
  }

  /** Other nodes are mounted now. */
  readonly remounted = (): void => {
    if (this.#lifted.size > 0) this.#lift();
  };

  clear(): void {
    for (const slot of [...this.#glides.keys()]) this.drop(slot);
    this.#letDown();
    for (const timer of this.#letGo.values()) clearTimeout(timer);
    this.#letGo.clear();
    clearTimeout(this.#rests);
    this.#rests = undefined;
  }

  // ------------------------------------------------------------------ drags of others

  /** What others drag now, each by how far; gives the slots that this put in other places. */
  follow(people: Iterable<Person>): number[] {
    const drags = new Map<string, Drag>();
    const { nodes } = this.#model.graph();
    for (const { drag } of people) {
      for (const id of drag?.ids ?? []) {
        const from = this.#drags.get(id)?.from ?? nodes.get(id)?.pos;
        if (drag && from) drags.set(id, { from, by: drag.by });
      }
    }
    const before = this.#drags;
    this.#drags = drags;
    const moved: number[] = [];
    for (const [id, { by }] of drags) {
      const last = before.get(id)?.by;
      if (last?.[0] !== by[0] || last[1] !== by[1]) moved.push(...this.#follow(id));
    }
    for (const id of before.keys()) if (!drags.has(id)) this.#wait(id);
    return moved;
  }

  /** A node that somebody drags was stored on the way: it stays in their hand. */
  hold(id: string): void {
    this.#follow(id);
  }

  /** Called with the slot of a node that was let go and not stored anywhere else. */
  returned: (slot: number) => void = () => undefined;

  #follow(id: string): number[] {
    const slot = this.#model.slots.get(id);
    const drag = this.#drags.get(id);
    if (slot === undefined || drag === undefined || this.#mine(id)) return [];
    this.#model.move(slot, drag.from[0] + drag.by[0], drag.from[1] + drag.by[1]);
    return [slot];
  }

  #wait(id: string): void {
    clearTimeout(this.#letGo.get(id));
    this.#letGo.set(id, setTimeout(() => {
      this.#letGo.delete(id);
      const slot = this.#model.slots.get(id);
      const node = this.#model.graph().nodes.get(id);
      if (slot === undefined || node === undefined || this.#drags.has(id) || this.#mine(id)) return;
      if (this.#model.x[slot] === node.pos[0] && this.#model.y[slot] === node.pos[1]) return;
      this.#model.move(slot, ...node.pos);
      this.returned(slot);
    }, LET_GO));
  }

  // ------------------------------------------------------------------ the way of one element

  #lift(): void {
    const elements = this.elements();
    for (const element of this.#lifted.keys()) if (!element.isConnected) this.#animate(element);
    if (elements.length > MOST_LIFTED) return;
    for (const element of elements) {
      if (this.#lifted.has(element)) continue;
      const animation = element.animate({ translate: ['0px', '0px'] }, HOLDS);
      animation.pause();
      this.#animate(element, animation);
    }
  }

  #letDown(): void {
    for (const element of this.#lifted.keys()) this.#animate(element);
  }

  /** Give an element this animation, or none, in place of the one that it has. */
  #animate(element: Element, animation?: Animation): void {
    this.#lifted.get(element)?.cancel();
    if (animation) this.#lifted.set(element, animation);
    else this.#lifted.delete(element);
  }

  #go(slot: number, now: number, atOnce: boolean): boolean {
    const last = this.#glides.get(slot);
    const mounted = last ?? this.mounted(slot);
    if (mounted === undefined) return false;
    if (this.#lifted.size === 0) this.#lift();
    const { element, at } = mounted;
    const to: Place = [this.#model.x[slot] as number, this.#model.y[slot] as number];
    const from = atOnce ? to : last ? placeOf(last, now) : at;
    const shift = ([x, y]: Place): string => `${x - at[0]}px ${y - at[1]}px`;
    const way = [
      { translate: shift(from), easing: EASING },
      { translate: shift(to), offset: LASTS / HOLDS },
      { translate: shift(to) },
    ];
    this.#animate(element, element.animate(way, { duration: HOLDS, fill: 'forwards' }));
    this.#glides.set(slot, { element, at, from, to, begun: now });
    this.#last = now;
    this.#rests ??= setTimeout(() => this.#look(), RESTS);
    return true;
  }

  #look(): void {
    const left = this.#last + RESTS - performance.now();
    if (left > 0) this.#rests = setTimeout(() => this.#look(), left);
    else this.rest();
  }
}

/** Where a node is on its way. */
function placeOf({ from, to, begun }: Glide, now: number): Place {
  const rest = 1 - Math.min(1, (now - begun) / LASTS);
  const part = 1 - rest * rest;
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
}
