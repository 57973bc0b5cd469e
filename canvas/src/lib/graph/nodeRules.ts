// The rules of `node.add`, `node.remove`, `node.set` and `node.move`.

import { type Change, Refused, splitPath } from './changes';
import type { Edge, Node } from './model';
import type { AddNode, MoveNode, RemoveNodes, SetNode } from './operations';
import { extent, parentsFirst, point, register, wholeNode } from './records';
import { checkText, withEntry, withoutEntry } from './values';

const MAX_NODES = 50_000;

export function addNode(change: Change, op: AddNode): void {
  change.checkNewId(op.id);
  if (change.graph.nodes.size >= MAX_NODES) {
    throw new Refused('too_large', 'A graph holds at most 50,000 nodes.', op.id);
  }
  const type = change.registry.nodeType(op.type);
  if (type === undefined && !change.restoring) {
    throw new Refused(
      'invalid',
      `There is no node type '${op.type.slice(0, 80)}' here.`,
      op.id,
      'Install the plugin that brings it, or choose another type.',
    );
  }
  const parent = op.parent ?? null;
  const order = op.order ?? 'a0';
  change.checkParent(parent, op.id);
  change.checkOrder(order, op.id);
  const node: Node = {
    id: op.id,
    type: op.type,
    parent,
    order,
    pos: point(op.pos ?? [0, 0]),
    size: op.size == null ? null : extent(op.size),
    data: checkedAll(change, op, 'data', op.data ?? {}),
    text: checkedAll(change, op, 'text', op.text ?? {}) as Readonly<Record<string, string>>,
    locked: op.locked === true,
    type_version: op.type_version ?? type?.version ?? '1.0.0',
  };
  if (checkText(node.type_version).length >= 64) {
    throw new Refused('invalid', "The version of a node's type is a short text.", op.id);
  }
  change.journal.putNode(node);
  change.revive(node);
  change.found(op.id);
  change.done(wholeNode(node), { op: 'node.remove', ids: [op.id] }, op.id);
}

function checkedAll(
  change: Change,
  op: AddNode,
  place: string,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      change.checked(op.type, op.id, place, name, value),
    ]),
  );
}

export function removeNodes(change: Change, op: RemoveNodes): void {
  const { graph } = change;
  const found = new Map<string, Node>();
  const waiting = op.ids.toReversed().filter((id) => change.isThere(graph.nodes, id));
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = graph.nodes.get(id);
    if (node === undefined || found.has(id)) continue;
    change.checkUnlocked(node);
    found.set(id, node);
    for (const child of graph.children(id).reverse()) waiting.push(child.id);
  }
  if (found.size === 0) return;
  const edges = new Map<string, Edge>();
  for (const id of found.keys()) {
    for (const edge of graph.adjacency.incoming.get(id)?.values() ?? []) edges.set(edge.id, edge);
    for (const edge of graph.adjacency.outgoing.get(id)?.values() ?? []) edges.set(edge.id, edge);
  }
  // What is put back is put back in this order, so it is undone in the opposite one.
  change.dropEdges([...edges.values()]);
  const removed = parentsFirst(found).reverse();
  for (const node of removed) {
    change.journal.dropNode(node);
    change.bury(node.id);
    change.buryTexts(node);
    change.touched.add(node.id);
    change.inverse.push(wholeNode(node));
  }
  change.effects.push({ op: 'node.remove', ids: [...found.keys()] });
}

export function setNode(change: Change, op: SetNode): void {
  const node = change.graph.nodes.get(op.id);
  if (node === undefined) {
    change.dropped.add(op.id);
    return;
  }
  const given = op.values ?? {};
  const clear = op.clear ?? [];
  const paths = [...Object.keys(given), ...clear];
  if (paths.length === 0 || paths.some((path) => path !== 'locked')) change.checkUnlocked(node);
  let { data, text } = node;
  const plain: Record<string, unknown> = {};
  const before = new Map<string, unknown>();
  const absent: string[] = [];
  const values = new Map<string, unknown>();
  for (const path of paths) {
    const [place, name] = splitPath(path);
    if (name && (place === 'data' || place === 'text')) {
      const kept: Readonly<Record<string, unknown>> = place === 'data' ? data : text;
      if (Object.hasOwn(kept, name)) before.set(path, kept[name]);
      else absent.push(path);
      let changed: Readonly<Record<string, unknown>>;
      if (Object.hasOwn(given, path)) {
        const value = change.checked(node.type, op.id, place, name, given[path]);
        changed = withEntry(kept, name, value);
        values.set(path, value);
      } else {
        change.checkedField(node.type, op.id, place, name);
        changed = withoutEntry(kept, name);
      }
      if (place === 'data') data = changed;
      else {
        const typed = changed as Readonly<Record<string, string>>;
        change.overwriteText(op.id, name, entry(text, name), entry(typed, name));
        text = typed;
      }
    } else if (isRegister(path) && Object.hasOwn(given, path)) {
      before.set(path, node[path]);
      plain[path] = register(path, given[path]);
      values.set(path, plain[path]);
    } else {
      const shown = path.slice(0, 80);
      throw new Refused('invalid', `${change.name(op.id)} has no field '${shown}'.`, op.id);
    }
    change.noteWrite(node, path, before.get(path));
  }
  if (paths.length === 0) return;
  change.journal.putNode({ ...node, ...plain, data, text });
  change.done(
    { op: 'node.set', id: op.id, values: Object.fromEntries(values), clear },
    { op: 'node.set', id: op.id, values: Object.fromEntries(before), clear: absent },
    op.id,
  );
}

const entry = (text: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(text, name) ? (text[name] as string) : '';

const isRegister = (path: string): path is 'pos' | 'size' | 'locked' =>
  path === 'pos' || path === 'size' || path === 'locked';

export function moveNode(change: Change, op: MoveNode): void {
  const node = change.graph.nodes.get(op.id);
  if (node === undefined) {
    change.dropped.add(op.id);
    return;
  }
  change.checkUnlocked(node);
  change.checkParent(op.parent, op.id);
  change.checkOrder(op.order, op.id);
  if (op.parent !== null && op.parent !== node.parent) change.checkNoCycle(op.id, op.parent);
  change.noteWrite(node, 'parent', [node.parent, node.order]);
  change.journal.putNode({ ...node, parent: op.parent, order: op.order });
  change.done(op, { op: 'node.move', id: op.id, parent: node.parent, order: node.order }, op.id);
}
