// Who else is here: at which node, where their pointer is, what they drag.

import type { Person } from '$lib/protocol/serverEvents';
import type { ProjectStore } from '$lib/stores/projectStore.svelte';

const NOBODY: readonly Person[] = [];

export class PeopleHere {
  readonly #project: ProjectStore;
  /** Others, without this window. */
  readonly others = $derived.by((): readonly Person[] => this.#others());
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

  #others(): readonly Person[] {
    const mine = this.#project.session?.session_id;
    return [...this.#project.people.values()].filter(({ session_id: id }) => id !== mine);
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
