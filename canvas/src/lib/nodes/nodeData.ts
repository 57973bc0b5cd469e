// A node's own values for its component: read with their defaults, written as one step.

import type { CanvasStore } from '$lib/canvas/canvasStore.svelte';
import { fieldsOf, type FormField } from '$lib/schema/form';

export class NodeData {
  readonly id: string;
  readonly #canvas: CanvasStore;

  constructor(canvas: CanvasStore, id: string) {
    this.#canvas = canvas;
    this.id = id;
  }

  /** Whether nobody may change it here. */
  get fixed(): boolean {
    const { project } = this.#canvas;
    return !project.canEdit || (project.node(this.id)?.locked ?? true);
  }

  /** A value as it is stored, or else its default. */
  read(name: string): unknown {
    const stored = this.#canvas.project.node(this.id)?.data[name];
    return stored === undefined ? this.field(name)?.default : stored;
  }

  number(name: string, otherwise = 0): number {
    const value = this.read(name);
    return typeof value === 'number' ? value : otherwise;
  }

  text(name: string): string {
    const value = this.read(name);
    return typeof value === 'string' ? value : '';
  }

  list(name: string): readonly unknown[] {
    const value = this.read(name);
    return Array.isArray(value) ? value : [];
  }

  /** The form's field, with its limits and choices. */
  field(name: string): FormField | undefined {
    const { project } = this.#canvas;
    const definition = project.catalog.nodeTypes.get(project.node(this.id)?.type ?? '');
    return definition && fieldsOf(definition.params).find((field) => field.name === name);
  }

  /** Store values in one step, named for people. */
  set(values: Readonly<Record<string, unknown>>, label: string): void {
    const paths = Object.entries(values).map(([name, value]) => [`data.${name}`, value] as const);
    this.#canvas.submit([{ op: 'node.set', id: this.id, values: Object.fromEntries(paths) }], label);
  }
}
