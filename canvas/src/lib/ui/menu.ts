// What a menu holds: lines that do something, groups of them, and submenus.

import type { Component } from 'svelte';

export interface MenuAction {
  readonly id: string;
  readonly title: string;
  readonly keys?: string | undefined;
  readonly icon?: Component | undefined;
  readonly danger?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  /** Why it is disabled, told with its title. */
  readonly why?: string | undefined;
  readonly checked?: boolean | undefined;
  readonly items?: readonly MenuAction[];
  run?(): void;
}

export type MenuGroup = readonly MenuAction[];
