// Which keys call a command: its own, or those that a person chose, kept on this machine.

import type { Command } from './command';
import { shown } from './keys';

const KEY = 'director.keys';

type Chosen = Readonly<Record<string, readonly string[]>>;

function read(): Chosen {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    const sound = Object.entries(kept).filter(
      ([, keys]) => Array.isArray(keys) && keys.every((one) => typeof one === 'string'),
    );
    return Object.fromEntries(sound) as Chosen;
  } catch {
    // What somebody else wrote there is no choice of keys.
    return {};
  }
}

class Bindings {
  /** Another object with each choice, so that what was drawn from it is drawn anew. */
  chosen = $state.raw<Chosen>(read());

  /** The keys of a command, each any of them. */
  of({ id, keys = [] }: Pick<Command, 'id' | 'keys'>): readonly string[] {
    return this.chosen[id] ?? keys;
  }

  /** The first of them as this machine's keyboard calls them; empty where there is none. */
  shown(command: Pick<Command, 'id' | 'keys'>): string {
    const [first] = this.of(command);
    return first === undefined ? '' : shown(first);
  }

  choose(id: string, keys: readonly string[]): void {
    this.#keep({ ...this.chosen, [id]: keys });
  }

  reset(id: string): void {
    const { [id]: _, ...rest } = this.chosen;
    this.#keep(rest);
  }

  resetAll(): void {
    this.#keep({});
  }

  #keep(chosen: Chosen): void {
    this.chosen = chosen;
    localStorage.setItem(KEY, JSON.stringify(chosen));
  }
}

export const bindings = new Bindings();
