// Makes operations, sound and unsound ones, from one source of chance.

import type { Graph } from '../../src/lib/graph/model';
import type { Operation } from '../../src/lib/graph/operations';
import { FILM, uid } from './film';
import { textOf } from '../../src/lib/graph/textRules';

export type Chance = () => number;

/** A source of chance that gives the same numbers for the same seed. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TYPES = ['film.scene', 'film.shot', 'film.shot', 'film.character', 'film.composite'];
const PIECES = ['x', '🌊', 'ö', '👩‍🚀', 'sea ', ''];

export class Hand {
  readonly #chance: Chance;
  readonly #ids: readonly string[];
  readonly #edges: readonly string[];

  constructor(chance: Chance, idOf: (number: number) => string = uid, size = 12) {
    this.#chance = chance;
    this.#ids = Array.from({ length: size }, (_, number) => idOf(number + 1));
    this.#edges = Array.from({ length: size }, (_, number) => idOf(number + 0x1000));
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#chance() * from.length)] as T;
  }

  /** A node that is there, if there is one. */
  #there(view: Graph): string {
    const found = [...view.nodes.keys()];
    return found.length > 0 && this.#chance() < 0.9 ? this.pick(found) : this.pick(this.#ids);
  }

  operation(view: Graph): Operation {
    const kind = this.pick(
      'add add edge edge edge set set pos pos move text text text text remove cut wire graph'.split(
        ' ',
      ),
    );
    const id = this.#there(view);
    switch (kind) {
      case 'add':
        return {
          op: 'node.add',
          id: this.pick(this.#ids),
          type: this.pick(TYPES),
          parent: this.pick([null, null, this.#scene(view)]),
          data: this.pick([{}, { seed: 4 }]),
          text: {},
        };
      case 'edge':
        return {
          op: 'edge.add',
          id: this.pick(this.#edges),
          source: id,
          ...this.#sockets(view.nodes.get(id)?.type),
          target: this.#there(view),
          replace: this.#chance() < 0.5,
        };
      case 'set':
        return {
          op: 'node.set',
          id,
          values: this.pick<Record<string, unknown>>([
            { 'data.code': this.pick(['010', '020']) },
            { 'data.seed': Math.floor(this.#chance() * 9) },
            { 'text.prompt': this.pick(['a new prompt', '🌊🌊', '']) },
            { locked: this.#chance() < 0.2 },
          ]),
        };
      case 'pos':
        return {
          op: 'node.set',
          id,
          values: { pos: [Math.floor(this.#chance() * 99), Math.floor(this.#chance() * 99)] },
        };
      case 'move':
        return {
          op: 'node.move',
          id,
          parent: this.pick([null, this.#scene(view)]),
          order: this.pick(['a0', 'a1', 'a0V']),
        };
      case 'text':
        return this.edit(view, id, this.pick(['prompt', 'prompt', 'dialogue_content']));
      case 'remove':
        return { op: 'node.remove', ids: [id] };
      case 'cut':
        return { op: 'edge.remove', ids: [this.pick([...view.edges.keys(), this.#edges[0] ?? ''])] };
      case 'wire':
        return {
          op: 'edge.set',
          id: this.pick([...view.edges.keys(), this.#edges[0] ?? '']),
          strength: this.pick([0, 0.25, 1]),
        };
      default:
        return {
          op: 'graph.set',
          values: { [this.pick(['zoom', 'theme'])]: Math.floor(this.#chance() * 5) },
          clear: this.pick([[], ['grid']]),
        };
    }
  }

  /** An edit of a text as it is seen, which never cuts a character in two. */
  edit(view: Graph, id: string, field: string): Operation {
    const node = view.nodes.get(id);
    const characters = [...(node ? textOf(node, field, FILM) : '')];
    const at = Math.floor(this.#chance() * (characters.length + 1));
    const gone = characters.slice(at, at + this.pick([0, 0, 1, 3])).join('').length;
    const start = characters.slice(0, at).join('').length;
    return { op: 'text.edit', id, field, base: 0, delta: [start, this.pick(PIECES), -gone] };
  }

  /** Mostly sockets that fit, so that more than the refusal of those that do not is seen. */
  #sockets(type: string | undefined): { source_socket: string; target_socket: string } {
    if (this.#chance() < 0.1) return { source_socket: 'video', target_socket: 'layers' };
    return type === 'film.character'
      ? { source_socket: 'character', target_socket: 'characters' }
      : { source_socket: 'next', target_socket: 'previous' };
  }

  #scene(view: Graph): string | null {
    const scenes = [...view.nodes.values()].filter(({ type }) => type === 'film.scene');
    return scenes.length > 0 ? this.pick(scenes).id : null;
  }
}
