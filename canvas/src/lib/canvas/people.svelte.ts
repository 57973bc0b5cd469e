// Who else is here: at which node, where their pointer is, what they drag.

import type { Person } from '$lib/protocol/serverEvents';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';

const NOBODY: readonly Person[] = [];

export class PeopleHere {
  readonly #project: ProjectStore;
  /** Others, without this window, with what they point at and drag at this moment. */
  readonly moving = $derived.by((): readonly Person[] => this.#moving());
  /** The same, for whoever need not know that: it stays the same while they only point and drag. */
  readonly others = $derived.by((): readonly Person[] => this.#others());
  #last: readonly Person[] = NOBODY;
  readonly #byNode = $derived.by(() => this.#index());

  constructor(project: ProjectStore) {
    this.#project = project;
  }

  /** Who has this node selected or types in it. */
  at(node: string): readonly Person[] {
    return this.#byNode.get(node) ?? NOBODY;
  }

  /** Everybody else, each once, however many windows they have. */
  get persons(): readonly Person[] {
    const seen = new Map<string, Person>();
    const me = this.#project.session?.user_id;
    for (const person of this.others) {
      // My own window that just closed is nobody else.
      if (person.user_id === me && person.away) continue;
      const before = seen.get(person.user_id);
      if (!before || (before.away && !person.away)) seen.set(person.user_id, person);
    }
    return [...seen.values()];
  }

  #moving(): readonly Person[] {
    const mine = this.#project.session?.session_id;
    return [...this.#project.people.values()].filter(({ session_id: id }) => id !== mine);
  }

  #others(): readonly Person[] {
    const now = this.moving;
    const before = this.#last;
    if (before.length === now.length && now.every((one, place) => alike(one, before[place]))) return before;
    this.#last = now;
    return now;
  }

  #index(): ReadonlyMap<string, readonly Person[]> {
    const found = new Map<string, Person[]>();
    for (const person of this.others) {
      const nodes = new Set(person.selection ?? []);
      if (person.editing) nodes.add(person.editing);
      for (const node of nodes) {
        const there = found.get(node);
        if (there) there.push(person);
        else found.set(node, [person]);
      }
    }
    return found;
  }
}

/** Whether a person differs in no more than what they point at and drag. */
function alike(one: Person, other: Person | undefined): boolean {
  if (one === other) return true;
  if (other === undefined) return false;
  const [old, now] = [other, one].map(({ cursor: _cursor, drag: _drag, ...rest }) => JSON.stringify(rest));
  return old === now;
}
