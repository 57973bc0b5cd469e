// What is done with selected nodes: take away, copy, paste, duplicate, lock, group.

import type { Edge, Node } from '$lib/graph/model';
import type { Operation } from '$lib/graph/operations';
import { keyBetween } from '$lib/graph/orderKeys';
import { toasts } from '$lib/ui/toasts.svelte';
import type { CanvasStore, Point } from '../canvasStore.svelte';
import { newId } from '../ids';

/** The form in which nodes lie on the clipboard, also between projects. */
interface Clip {
  readonly kind: 'director.nodes';
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

const MOST = 4_000;

export function remove(canvas: CanvasStore): void {
  const nodes = [...canvas.selection];
  const wires = [...canvas.wires].flatMap((id) => canvas.model.wires.of(id)?.edges ?? [id]);
  const ops: Operation[] = [];
  if (wires.length > 0) ops.push({ op: 'edge.remove', ids: wires });
  if (nodes.length > 0) ops.push({ op: 'node.remove', ids: nodes });
  const label = nodes.length > 0 ? `Delete ${count(nodes.length, 'node')}` : 'Disconnect';
  if (canvas.submit(ops, label) === null) canvas.select([]);
}

/** Mute or bypass what is selected; where all of it is so already, switch it on again. */
export function switchOff(canvas: CanvasStore, how: 'muted' | 'bypassed'): void {
  const { nodes } = canvas.project.graph;
  const ids = [...canvas.selection];
  const on = ids.every((id) => nodes.get(id)?.data.switch === how);
  canvas.submit(
    ids.map((id) => ({ op: 'node.set', id, values: { 'data.switch': on ? 'on' : how } })),
    on ? 'Switch on' : how === 'muted' ? 'Mute' : 'Bypass',
  );
}

export function lock(canvas: CanvasStore): void {
  const { nodes } = canvas.project.graph;
  const ids = [...canvas.selection];
  const locked = ids.every((id) => nodes.get(id)?.locked);
  canvas.submit(
    ids.map((id) => ({ op: 'node.set', id, values: { locked: !locked } })),
    locked ? 'Unlock' : 'Lock',
  );
}

/** Selected nodes with all that lies in them, and the edges among these (or into them, too). */
function clip(canvas: CanvasStore): Clip {
  const { graph } = canvas.project;
  const nodes: Node[] = [];
  const open = [...canvas.selection].flatMap((id) => graph.nodes.get(id) ?? []);
  for (let node = open.shift(); node; node = open.shift()) {
    nodes.push(node);
    open.push(...graph.children(node.id));
  }
  const ids = new Set(nodes.map(({ id }) => id));
  const edges = [...graph.edges.values()].filter(({ target }) => ids.has(target));
  return { kind: 'director.nodes', nodes, edges };
}

/** The selected nodes as text for the clipboard; undefined where none are. */
export function clipText(canvas: CanvasStore): string | undefined {
  if (canvas.selection.size === 0) return undefined;
  toasts.say(`Copied ${count(canvas.selection.size, 'node')}.`);
  return JSON.stringify(clip(canvas));
}

/** Paste at the pointer; `keepInputs` connects to what the originals were connected to. */
export function pasteText(canvas: CanvasStore, text: string, keepInputs: boolean): boolean {
  const found = parse(text);
  if (found) put(canvas, found, canvas.toCanvas(canvas.pointer), keepInputs, 'Paste');
  return found !== undefined;
}

/** From a menu: the keys use the browser's own events, which ask for no permission. */
export async function copy(canvas: CanvasStore): Promise<void> {
  const text = clipText(canvas);
  if (text !== undefined) await clipboard((board) => board.writeText(text));
}

export async function cut(canvas: CanvasStore): Promise<void> {
  await copy(canvas);
  remove(canvas);
}

export async function paste(canvas: CanvasStore, keepInputs = false): Promise<void> {
  const text = await clipboard((board) => board.readText());
  if (text !== undefined && !pasteText(canvas, text, keepInputs)) {
    toasts.say('There are no nodes on the clipboard.');
  }
}

async function clipboard<T>(use: (board: Clipboard) => Promise<T>): Promise<T | undefined> {
  try {
    return await use(navigator.clipboard);
  } catch {
    // No permission, or a page that came without HTTPS, where there is no clipboard to ask.
    toasts.say('This browser keeps the clipboard from the menu.', {
      hint: 'The keys work: Ctrl+C, Ctrl+X and Ctrl+V.',
      tone: 'danger',
    });
    return undefined;
  }
}

export function duplicate(canvas: CanvasStore): void {
  if (canvas.selection.size === 0) return;
  const bounds = canvas.model.bounds(canvas.selection);
  if (!bounds) return;
  put(canvas, clip(canvas), [bounds.x + 40, bounds.y + 40], true, 'Duplicate', 'corner');
}

function parse(text: string): Clip | undefined {
  try {
    const found = JSON.parse(text) as Partial<Clip>;
    if (found.kind === 'director.nodes' && Array.isArray(found.nodes) && Array.isArray(found.edges)) {
      return found as Clip;
    }
  } catch {
    // Not ours: an ordinary text.
    return undefined;
  }
  return undefined;
}

function put(
  canvas: CanvasStore,
  { nodes, edges }: Clip,
  at: Point,
  keepInputs: boolean,
  label: string,
  by: 'middle' | 'corner' = 'middle',
): void {
  if (nodes.length === 0 || nodes.length + edges.length > MOST) return;
  const { project, level } = canvas;
  const ids = new Map(nodes.map(({ id }) => [id, newId()]));
  const roots = nodes.filter(({ parent }) => parent === null || !ids.has(parent));
  const left = Math.min(...roots.map(({ pos }) => pos[0]));
  const top = Math.min(...roots.map(({ pos }) => pos[1]));
  const right = Math.max(...roots.map(({ pos, type }) => pos[0] + canvas.model.kindOf(type).layout.width));
  const bottom = Math.max(...roots.map(({ pos, type }) => pos[1] + canvas.model.kindOf(type).layout.height));
  const dx = at[0] - (by === 'corner' ? left : (left + right) / 2);
  const dy = at[1] - (by === 'corner' ? top : (top + bottom) / 2);
  let order = project.graph.children(level).at(-1)?.order ?? null;
  const ops: Operation[] = nodes.map((node) => {
    const isRoot = roots.includes(node);
    if (isRoot) order = keyBetween(order, null);
    return {
      op: 'node.add',
      id: ids.get(node.id) as string,
      type: node.type,
      type_version: node.type_version,
      parent: isRoot ? level : (ids.get(node.parent as string) as string),
      order: isRoot ? (order as string) : node.order,
      pos: isRoot ? [Math.round(node.pos[0] + dx), Math.round(node.pos[1] + dy)] : node.pos,
      size: node.size,
      data: written(canvas, node),
      text: node.text,
    };
  });
  for (const edge of edges) {
    const source = ids.get(edge.source);
    const target = ids.get(edge.target);
    if (target === undefined) continue;
    if (source === undefined && !(keepInputs && project.graph.nodes.has(edge.source))) continue;
    ops.push({
      op: 'edge.add',
      id: newId(),
      source: source ?? edge.source,
      source_socket: edge.source_socket,
      target,
      target_socket: edge.target_socket,
      order: edge.order,
      strength: edge.strength,
      label: edge.label,
    });
  }
  if (canvas.submit(ops, `${label} ${count(roots.length, 'node')}`) !== null) return;
  canvas.select(roots.map(({ id }) => ids.get(id) as string));
}

/** A node's data without what only the server writes, such as its takes. */
function written({ project }: CanvasStore, node: Node): Record<string, unknown> {
  const fields = project.catalog.registry.fields(node.type);
  return Object.fromEntries(
    Object.entries(node.data).filter(([name]) => fields?.get(name)?.system !== true),
  );
}

export const count = (number: number, one: string): string =>
  `${number} ${number === 1 ? one : `${one}s`}`;

