// A server made of the same core, for tests: it orders, remembers and answers as the real one.

import { apply } from '../../src/lib/graph/apply';
import { type Edge, Graph, type LastWrite, type Node } from '../../src/lib/graph/model';
import type { Operation } from '../../src/lib/graph/operations';
import { parentsFirst, wholeEdge, wholeNode } from '../../src/lib/graph/records';
import type { ClientEvent } from '../../src/lib/protocol/clientEvents';
import type { Rejected, ServerEvent, Stored } from '../../src/lib/protocol/serverEvents';
import { FILM } from './film';

type Send = (event: ServerEvent) => void;

interface Session {
  readonly send: Send;
  readonly user: string;
  client: string;
}

interface Undoable {
  readonly version: number;
  readonly inverse: readonly Operation[];
}

export class MemoryServer {
  readonly graph = new Graph();
  readonly log: Stored[] = [];
  /** Undos that found nothing to take back: `client seq`. */
  readonly idle = new Set<string>();
  readonly refused: { client: string; rejected: Rejected }[] = [];
  /** Answer with the difference rather than with transactions. */
  differences = false;
  #sessions = new Set<Session>();
  #settled = new Map<string, number>();
  #answers = new Map<string, Map<number, number | Rejected>>();
  #done = new Map<string, Undoable[]>();
  #undone = new Map<string, Undoable[]>();

  connect(user: string, send: Send): { say(event: ClientEvent): void; leave(): void } {
    const session: Session = { send, user, client: '' };
    return {
      say: (event) => this.#onEvent(session, JSON.parse(JSON.stringify(event)) as ClientEvent),
      leave: () => this.#sessions.delete(session),
    };
  }

  /** Forget what is only in memory, as a crash does: refusals and the numbers they used up. */
  crash(): void {
    this.#settled.clear();
    for (const answers of this.#answers.values()) {
      for (const [seq, answer] of answers) if (typeof answer !== 'number') answers.delete(seq);
    }
    this.#sessions.clear();
  }

  /** Use up a client's number, as a refusal does whose reason was forgotten. */
  use(client: string, seq: number): void {
    this.#settled.set(client, seq);
  }

  /** A write by somebody who is not connected. */
  write(user: string, ...ops: Operation[]): void {
    const done = apply(this.graph, { ops }, FILM, user);
    if (done.rejection !== null) throw new Error(done.rejection.message);
    this.#store({ client: '', seq: 0, user, label: '' }, done.effects);
  }

  whole(): ServerEvent {
    const { id, version, nodes, edges, settings } = this.graph;
    return wire({
      event: 'server:full_sync',
      payload: {
        graph: {
          id,
          version,
          epoch: 1,
          nodes: [...nodes.values()],
          edges: [...edges.values()],
          settings: Object.fromEntries(settings),
        },
      },
    });
  }

  missed(since: number): ServerEvent {
    const news = this.differences
      ? { ops: difference(this.graph, since) }
      : { transactions: this.log.filter(({ version }) => version > since) };
    const { id, version } = this.graph;
    return wire({
      event: 'server:catch_up',
      payload: { graph_id: id, since, version, epoch: 1, ...news },
    });
  }

  #onEvent(session: Session, event: ClientEvent): void {
    switch (event.event) {
      case 'client:hello': {
        const { client_id: client = '', next_seq: next = 1, since } = event.payload;
        session.client = client.includes('@') ? client : `${client}@${session.user}`;
        const settled = Math.max(this.#last(session.client), next - 1);
        this.#settled.set(session.client, settled);
        session.send(this.#welcome(session, settled, next));
        session.send(since === undefined ? this.whole() : this.missed(since ?? 0));
        this.#sessions.add(session);
        return;
      }
      case 'client:sync_request': {
        const { since } = event.payload;
        session.send(since == null ? this.whole() : this.missed(since));
        return;
      }
      case 'client:ops':
      case 'client:undo':
      case 'client:redo':
        this.#step(session, event);
        return;
      case 'client:ping':
        session.send({ event: 'server:pong', payload: { t: event.payload.t ?? 0 } });
        return;
      default:
    }
  }

  #last(client: string): number {
    return Math.max(this.#settled.get(client) ?? 0, this.graph.seqs.get(client) ?? 0);
  }

  #welcome(session: Session, settled: number, next: number): ServerEvent {
    const accepted: Record<string, number> = {};
    const refused: Rejected[] = [];
    for (const [seq, answer] of this.#answers.get(session.client) ?? []) {
      if (seq < next) continue;
      if (typeof answer === 'number') accepted[seq] = answer;
      else refused.push(answer);
    }
    const { version } = this.graph;
    return wire({
      event: 'server:welcome',
      payload: {
        session_id: 's',
        client_id: session.client,
        user_id: session.user,
        name: session.user,
        colour: '#888888',
        graph_id: this.graph.id,
        version,
        epoch: 1,
        rights: ['read', 'edit'],
        settled,
        accepted,
        refused,
      },
    });
  }

  #step(
    session: Session,
    event: Extract<ClientEvent, { event: 'client:ops' | 'client:undo' | 'client:redo' }>,
  ): void {
    const { seq } = event.payload;
    const { client, user } = session;
    const last = this.#last(client);
    if (seq <= last) {
      const answer = this.#answers.get(client)?.get(seq);
      if (answer === undefined || typeof answer === 'number') {
        // One that is forgotten was refused; the server does not know that any more.
        const version = answer ?? this.graph.version;
        session.send({ event: 'server:ack', payload: { seq, version } });
      } else session.send({ event: 'server:rejected', payload: answer });
      return;
    }
    if (seq !== last + 1) {
      session.send({ event: 'server:gap', payload: { expected: last + 1 } });
      return;
    }
    const answers = this.#answers.get(client) ?? new Map<number, number | Rejected>();
    this.#answers.set(client, answers);
    this.#settled.set(client, seq);
    if (event.event !== 'client:ops') {
      this.#undo(session, seq, event.event === 'client:redo', answers);
      return;
    }
    const done = apply(this.graph, { ...event.payload, client_id: client }, FILM, user);
    if (done.rejection !== null) {
      const rejected = { seq, ...done.rejection };
      answers.set(seq, rejected);
      this.refused.push({ client, rejected });
      session.send({ event: 'server:rejected', payload: rejected });
      return;
    }
    answers.set(seq, done.graphVersion);
    const { inverse } = done;
    this.#history(this.#done, user).push({ version: done.graphVersion, inverse });
    this.#undone.delete(user);
    const label = event.payload.label ?? '';
    this.#store({ client, seq, user, label }, done.effects);
    if (done.conflicts.length > 0) {
      const fields = done.conflicts.map(({ user: other, ...rest }) => ({
        ...rest,
        user_id: other,
      }));
      session.send({
        event: 'server:conflict',
        payload: { seq, version: done.graphVersion, fields },
      });
    }
  }

  #undo(
    session: Session,
    seq: number,
    redo: boolean,
    answers: Map<number, number | Rejected>,
  ): void {
    const { user, client } = session;
    const from = this.#history(redo ? this.#undone : this.#done, user);
    const step = from.pop();
    const undone = { seq, undo_of: step?.version ?? 0, redo };
    const done =
      step &&
      apply(
        this.graph,
        { client_id: client, seq, ops: step.inverse, undo_of: step.version },
        FILM,
        user,
        { system: true },
      );
    if (!done || done.rejection !== null) {
      answers.set(seq, this.graph.version);
      this.idle.add(`${client} ${seq}`);
      session.send({ event: 'server:undone', payload: undone });
      return;
    }
    answers.set(seq, done.graphVersion);
    const { inverse } = done;
    const to = this.#history(redo ? this.#done : this.#undone, user);
    to.push({ version: done.graphVersion, inverse });
    this.#store({ client, seq, user, label: '', undo_of: undone.undo_of }, done.effects);
    const version = done.graphVersion;
    session.send({ event: 'server:undone', payload: { ...undone, version } });
  }

  #history(table: Map<string, Undoable[]>, user: string): Undoable[] {
    const found = table.get(user) ?? [];
    table.set(user, found);
    return found;
  }

  #store(
    by: { client: string; seq: number; user: string; label: string; undo_of?: number },
    ops: readonly Operation[],
  ): void {
    const { client: client_id, seq, user: user_id, label, undo_of = null } = by;
    const { version, id } = this.graph;
    this.log.push({ version, client_id, seq, user_id, label, undo_of, ops });
    const event = wire({
      event: 'server:ops',
      payload: { graph_id: id, epoch: 1, transactions: this.log.slice(-1) },
    });
    for (const session of this.#sessions) session.send(event);
  }
}

/** What travels is JSON, never a shared record. */
const wire = (event: ServerEvent): ServerEvent => JSON.parse(JSON.stringify(event)) as ServerEvent;

/** The operations that lead from a version to the graph as it is, as the server makes them. */
export function difference(graph: Graph, since: number): Operation[] {
  const recent = (id: string): Map<string, LastWrite> =>
    new Map([...(graph.lastWrites.get(id) ?? [])].filter(([, [version]]) => version > since));
  const added = new Map<string, Node>();
  const wires: Edge[] = [];
  const moved: Operation[] = [];
  const changed: Operation[] = [];
  const gone: string[] = [];
  const ids = new Set([...graph.nodes.keys(), ...graph.edges.keys(), ...graph.removed.keys()]);
  for (const id of [...ids].sort()) {
    const written = recent(id);
    const node = graph.nodes.get(id);
    const edge = graph.edges.get(id);
    if (node) {
      if (written.has('*')) added.set(id, node);
      else if (written.size > 0) {
        const { parent, order } = node;
        if (written.delete('parent')) moved.push({ op: 'node.move', id, parent, order });
        if (written.size > 0) changed.push(fieldsOf(node, [...written.keys()]));
      }
    } else if (edge) {
      if (written.has('*')) wires.push(edge);
      else if (written.size > 0) {
        const fields = [...written.keys()].map((name) => [name, edge[name as keyof Edge]]);
        changed.push({ op: 'edge.set', id, ...Object.fromEntries(fields) });
      }
    } else if ((graph.removed.get(id) ?? 0) > since) gone.push(id);
  }
  const ops: Operation[] = [];
  if (gone.length > 0) ops.push({ op: 'edge.remove', ids: gone }, { op: 'node.remove', ids: gone });
  ops.push(...parentsFirst(added).map(wholeNode), ...moved, ...changed, ...wires.map(wholeEdge));
  const settings = [...recent('').keys()];
  if (settings.length > 0) {
    const there = settings.filter((key) => graph.settings.has(key));
    ops.push({
      op: 'graph.set',
      values: Object.fromEntries(there.map((key) => [key, graph.settings.get(key)])),
      clear: settings.filter((key) => !graph.settings.has(key)),
    });
  }
  return ops;
}

function fieldsOf(node: Node, written: readonly string[]): Operation {
  const values: Record<string, unknown> = {};
  const clear: string[] = [];
  for (const path of written) {
    const [place = '', name] = path.split(/\.(.*)/s);
    const kept: Readonly<Record<string, unknown>> =
      place === 'data' ? node.data : place === 'text' ? node.text : { ...node };
    const key = name ?? place;
    if (Object.hasOwn(kept, key)) values[path] = kept[key];
    else clear.push(path);
  }
  return { op: 'node.set', id: node.id, values, clear };
}
