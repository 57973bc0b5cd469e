// The commands of one canvas: found by key, asked whether they can be done, and done.

import { createContext } from 'svelte';
import type { CanvasStore } from '$lib/canvas/canvasStore.svelte';
import { Problem } from '$lib/api/problem';
import { toasts } from '$lib/ui/toasts.svelte';
import { bindings } from './bindings.svelte';
import type { Command } from './command';
import { keysOf } from './keys';
import { COMMANDS } from './table';

/** The commands that each key calls, with the choices of a person. */
function byKey(_chosen: typeof bindings.chosen): ReadonlyMap<string, readonly Command[]> {
  const found = new Map<string, Command[]>();
  for (const command of COMMANDS) {
    if (command.byEvent) continue;
    for (const key of bindings.of(command)) {
      const there = found.get(key);
      if (there) there.push(command);
      else found.set(key, [command]);
    }
  }
  return found;
}

export class Commands {
  readonly #canvas: CanvasStore;
  readonly #byKey = $derived(byKey(bindings.chosen));

  constructor(canvas: CanvasStore) {
    this.#canvas = canvas;
  }

  /** Whether a command can be done now: true, false, or why not. */
  can(command: Command): boolean | string {
    return command.when?.(this.#canvas) ?? true;
  }

  /** Do a command, where it can be done; gives whether it was. */
  run(command: Command): boolean {
    if (this.can(command) !== true) return false;
    void Promise.resolve(command.run(this.#canvas)).catch((error: unknown) => {
      const { message, hint } = Problem.from(error);
      toasts.say(message, { hint, tone: 'danger' });
    });
    return true;
  }

  /** Do what these keys mean; gives whether they meant anything. */
  press(event: KeyboardEvent): boolean {
    return this.#byKey.get(keysOf(event))?.some((command) => this.run(command)) ?? false;
  }
}

/** Whether keys typed there belong to a field and not to the canvas. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role=combobox], [role=menu], [role=listbox]') !== null)
  );
}

export const [useCommands, provideCommands] = createContext<Commands>();
