// A command: what it is called, which keys call it, when it can be done, and what it does.

import type { Component } from 'svelte';
import type { CanvasStore } from '$lib/canvas/canvasStore.svelte';

export type CommandGroup =
  | 'Add'
  | 'Edit'
  | 'Select'
  | 'Arrange'
  | 'Generate'
  | 'View'
  | 'Go'
  | 'Help';

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: CommandGroup;
  /** `Mod` is Ctrl, and Cmd on a Mac; several keys mean any of them. */
  readonly keys?: readonly string[];
  /** The keys are the browser's own, which tells by an event of its own: copy, cut, paste. */
  readonly byEvent?: boolean;
  readonly icon?: Component;
  readonly danger?: boolean;
  /** Where it appears in menus: on a node, a wire, the ground. */
  readonly menu?: readonly ('node' | 'wire' | 'ground')[];
  /** True when it can be done; false hides it; a sentence says why it cannot. */
  when?(canvas: CanvasStore): boolean | string;
  run(canvas: CanvasStore): void | Promise<void>;
}
