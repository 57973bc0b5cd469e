// The commands of one canvas: found by key, asked whether they can be done, and done.

import { createContext } from 'svelte';
import type { CanvasStore } from '$lib/canvas/canvasStore.svelte';
import { Problem } from '$lib/api/problem';
import { PLAYER_KEYS } from '$lib/media/playerKeys';
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
    if (belongsToFocus(event)) return false;
    if (this.#canvas.room !== undefined && isPlayers(event)) return false;
    return this.#byKey.get(keysOf(event))?.some((command) => this.run(command)) ?? false;
  }
}

/** The name of a command's own key on this machine, for the tooltip of the button that does the same. */
export function keysFor(id: string): string {
  const command = COMMANDS.find((one) => one.id === id);
  return command ? bindings.shown(command) : '';
}

/** Keys that press or leave what has the focus; the canvas has them only where it is in focus itself. */
function belongsToFocus(event: KeyboardEvent): boolean {
  if (!['Tab', 'Enter', ' '].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return false;
  const { target } = event;
  return target instanceof HTMLElement && target !== document.body && target.getAttribute('role') !== 'application';
}

/** In the room of a shot the keys of an editor are the player's. */
const isPlayers = (event: KeyboardEvent): boolean =>
  !event.ctrlKey && !event.metaKey && !event.altKey && (event.key === 'Tab' || PLAYER_KEYS.has(event.key.toLowerCase()));

/** Whether keys typed there belong to a field and not to the canvas. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role=combobox], [role=menu], [role=listbox]') !== null)
  );
}

export const [useCommands, provideCommands] = createContext<Commands>();
