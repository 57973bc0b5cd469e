// One project, open: the graph with its connection, who is here, and what its nodes do.
//
// The graph is plain (see lib/graph). A component reads `project.node(id)` and is told of that node
// alone; the canvas follows `onGraphChange` and asks nothing twice.

import { createContext } from 'svelte';
import { answer, api, type Schema } from '$lib/api/client';
import type { Rejection } from '$lib/graph/apply';
import type { Edge, Graph, Node } from '$lib/graph/model';
import type { Operation } from '$lib/graph/operations';
import type { Refusal, SubmitOptions } from '$lib/graph/replica';
import type {
  Conflicts,
  NodeStateUpdated,
  Person,
  QueuedTask,
  ServerEvent,
  StorageChanged,
  StaleNodeFound,
  Stored,
  TaskFailed,
  TaskProgressed,
  Undone,
  Welcome,
} from '$lib/protocol/serverEvents';
import { Client, type Status } from '$lib/sync/client';
import { IndexedDbKeeper, WebLocks } from '$lib/sync/indexedDb';
import { emptyOrphans } from '$lib/sync/orphans';
import { openOutboxes } from '$lib/sync/outbox';
import type { RejectedChanges } from '$lib/sync/rejectedChanges';
import type { Socket } from '$lib/sync/connection';
import { type Catalog, loadCatalog, refreshCatalog } from './catalog';
import { Keyed, KeyedMap } from './keyed';
import { followed } from './readable';

export type Project = Schema<'Project'>;

/** What a project tells its page; each is one-off, so none is state. */
export interface ProjectListener {
  refused?(refusal: Refusal): void;
  conflict?(conflicts: Conflicts): void;
  undone?(undone: Undone): void;
  /** Others changed the graph. */
  stored?(transactions: readonly Stored[]): void;
  /** The server closed the door: 4401 no log-in, 4403 no right, 4404 no such project. */
  unauthorized?(code: number, reason: string): void;
  event?(event: ServerEvent): void;
}

export class ProjectStore {
  readonly id: string;
  readonly catalog: Catalog;
  info = $state.raw<Project>() as Project;
  /** Nodes by id: what each does now, how far it is, why it failed, why it is stale. */
  readonly states = new KeyedMap<NodeStateUpdated>();
  readonly progress = new KeyedMap<TaskProgressed>();
  readonly failures = new KeyedMap<TaskFailed>();
  /** The newest picture of what a node is making, by its address. */
  readonly previews = new KeyedMap<string>();
  readonly stale = new KeyedMap<StaleNodeFound>();
  readonly queue = new KeyedMap<QueuedTask>();
  /** Grows with each new take of a node: whoever shows takes asks again. */
  readonly takeCounts = new KeyedMap<number>();
  /** How the studio's storage is, once that was told; files wait for one that is away. */
  storage = $state.raw<StorageChanged | null>(null);
  /** Whether the graph has been here. */
  synced = $state(false);
  /** What this person may do here, as the server said. */
  rights = $state.raw<readonly string[]>([]);
  /** This window's session and the person's colour. */
  session = $state.raw<Pick<Welcome, 'session_id' | 'user_id' | 'name' | 'colour'> | null>(null);

  readonly #client: Client;
  readonly #listeners = new Set<ProjectListener>();
  readonly #followers = new Set<(ids: ReadonlySet<string>) => void>();
  readonly #keyed = new Keyed();
  /** Records as components saw them last. */
  readonly #shown = new Map<string, Node>();
  /** The ends of each edge, for when it is gone. */
  readonly #ends = new Map<string, readonly [source: string, target: string]>();
  /** The container of each node that changed, for when it is gone or elsewhere. */
  readonly #parents = new Map<string, string | null>();
  readonly #status: () => Status;
  readonly #people: () => ReadonlyMap<string, Person>;
  readonly #rejected: () => ReturnType<RejectedChanges['get']>;

  private constructor(info: Project, catalog: Catalog, client: (store: ProjectStore) => Client) {
    this.id = info.id;
    this.info = info;
    this.catalog = catalog;
    this.#client = client(this);
    this.#status = followed(this.#client.status);
    this.#people = followed(this.#client.presence.people);
    this.#rejected = followed(this.#client.rejectedChanges);
    this.#client.status.subscribe(({ state }) => {
      if (state !== 'offline') this.synced = true;
    });
  }

  /** Open a project. Throws a `Problem` where it is not there, or not this person's. */
  static async open(id: string, userId: string): Promise<ProjectStore> {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const connect = (): WebSocket =>
      new WebSocket(`${scheme}://${location.host}/ws/${id}?compression=deflate`);
    // The connection, the project and what is kept here are all begun at once.
    let early: WebSocket | undefined = connect();
    const open = (): Socket => {
      const first = early?.readyState === WebSocket.CONNECTING || early?.readyState === WebSocket.OPEN;
      const socket = (first ? early : undefined) ?? connect();
      early = undefined;
      return socket as Socket;
    };
    const asked = Promise.all([
      answer(api.GET('/api/v1/projects/{project_id}', { params: { path: { project_id: id } } })),
      loadCatalog(),
      openOutboxes({
        keeper: new IndexedDbKeeper(),
        locks: new WebLocks(),
        place: `${userId}/${id}`,
        newId: () => crypto.randomUUID(),
      }),
    ]);
    const [info, catalog, { mine, orphans }] = await asked.catch((error: unknown) => {
      early?.close();
      throw error;
    });
    const common = { registry: catalog.registry, open };
    const store = new ProjectStore(
      info,
      catalog,
      (self) =>
        new Client({
          ...common,
          outbox: mine,
          listener: {
            changed: (ids) => self.#changed(ids),
            refused: (refusal) => self.#tell((one) => one.refused?.(refusal)),
            conflict: (conflicts) => self.#tell((one) => one.conflict?.(conflicts)),
            welcomed: (welcome) => {
              self.rights = welcome.rights;
              self.session = welcome;
              // Told anew to whoever comes while it is away.
              self.storage = null;
            },
            stored: (all) => {
              const others = all.filter(({ client_id: client }) => client !== self.#client.replica.clientId);
              if (others.length > 0) self.#tell((one) => one.stored?.(others));
            },
            undone: (undone) => self.#tell((one) => one.undone?.(undone)),
            onUnauthorized: (code, reason) => self.#tell((one) => one.unauthorized?.(code, reason)),
            onEvent: (event) => self.#onEvent(event),
          },
        }),
    );
    store.#client.start();
    addEventListener('online', store.#comeBack);
    void emptyOrphans(orphans, common);
    return store;
  }

  /** Leave; what is not stored yet stays in the outbox. */
  async close(): Promise<void> {
    removeEventListener('online', this.#comeBack);
    await this.#client.stop();
  }

  readonly #comeBack = (): void => this.#client.start();

  // ------------------------------------------------------------------ the graph

  /** The graph as this person sees it; plain, so nobody is told of its changes by reading it. */
  get graph(): Graph {
    return this.#client.view;
  }

  /** A node's record, followed, but for its place: that the canvas' model has. */
  node(id: string): Node | undefined {
    this.#keyed.track(id);
    const found = this.graph.nodes.get(id);
    if (found) this.#shown.set(id, found);
    return found;
  }

  /** An edge's record, followed. */
  edge(id: string): Edge | undefined {
    this.#keyed.track(id);
    return this.graph.edges.get(id);
  }

  /** The edges that end at a node, followed as long as one of their ends or they change. */
  incoming(id: string, socket?: string): Edge[] {
    this.#keyed.track(`>${id}`);
    return this.graph.incoming(id, socket);
  }

  outgoing(id: string, socket?: string): Edge[] {
    this.#keyed.track(`<${id}`);
    return this.graph.outgoing(id, socket);
  }

  /** What lies in a container (null: on the top level), followed: which, and in which order. */
  children(id: string | null): readonly Node[] {
    this.#keyed.track(`/${id ?? ''}`);
    const found = this.graph.children(id);
    for (const child of found) this.#parents.set(child.id, id);
    return found;
  }

  /** Called after each change with the ids of nodes and edges; gives the way to end that. */
  onGraphChange(follow: (ids: ReadonlySet<string>) => void): () => void {
    this.#followers.add(follow);
    return () => this.#followers.delete(follow);
  }

  /** Do a step at once; gives why not, where it cannot be done. */
  submit(ops: readonly Operation[], options?: SubmitOptions): Rejection | null {
    return this.#client.submit(ops, options);
  }

  undo(): void {
    this.#client.undo();
  }

  redo(): void {
    this.#client.redo();
  }

  get canEdit(): boolean {
    return this.rights.includes('edit');
  }

  // ------------------------------------------------------------------ people and events

  get status(): Status {
    return this.#status();
  }

  get people(): ReadonlyMap<string, Person> {
    return this.#people();
  }

  get rejected(): ReturnType<RejectedChanges['get']> {
    return this.#rejected();
  }

  get rejectedChanges(): RejectedChanges {
    return this.#client.rejectedChanges;
  }

  get presence(): Client['presence'] {
    return this.#client.presence;
  }

  say(event: Parameters<Client['say']>[0]): boolean {
    return this.#client.say(event);
  }

  listen(listener: ProjectListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // ------------------------------------------------------------------ inside

  #changed(ids: ReadonlySet<string>): void {
    const { nodes, edges } = this.graph;
    if (!this.synced) {
      // Hardly anybody follows anything yet: that is told at once, not node by node.
      for (const { id, source, target } of edges.values()) this.#ends.set(id, [source, target]);
      this.#keyed.changedAll();
      for (const follow of [...this.#followers]) follow(ids);
      return;
    }
    for (const id of ids) {
      const node = nodes.get(id);
      const shown = this.#shown.get(id);
      if (node === undefined) this.#shown.delete(id);
      else if (shown) this.#shown.set(id, node);
      // Who shows a node does not show where it is.
      if (node && shown && isMovedOnly(shown, node)) continue;
      this.#keyed.changed(id);
      const edge = edges.get(id);
      const before = this.#ends.get(id);
      if (edge !== undefined) this.#ends.set(id, [edge.source, edge.target]);
      else this.#ends.delete(id);
      const [source, target] = edge ? [edge.source, edge.target] : (before ?? []);
      if (source !== undefined) this.#keyed.changed(`<${source}`);
      if (target !== undefined) this.#keyed.changed(`>${target}`);
      if (!nodes.has(id) && this.states.peek(id)) this.states.delete(id);
      const parent = nodes.get(id)?.parent;
      const held = this.#parents.get(id);
      if (parent !== undefined) this.#keyed.changed(`/${parent ?? ''}`);
      if (held !== undefined && held !== parent) {
        this.#parents.delete(id);
        this.#keyed.changed(`/${held ?? ''}`);
      }
    }
    for (const follow of [...this.#followers]) follow(ids);
  }

  #tell(what: (listener: ProjectListener) => void): void {
    for (const listener of [...this.#listeners]) what(listener);
  }

  #onEvent(event: ServerEvent): void {
    switch (event.event) {
      case 'server:node_state_updated': {
        const { node_id: id, state } = event.payload;
        this.states.set(id, event.payload);
        if (state !== 'generating') {
          this.progress.delete(id);
          this.previews.delete(id);
        }
        if (state !== 'error') this.failures.delete(id);
        break;
      }
      case 'server:task_progress':
        this.progress.set(event.payload.node_id, event.payload);
        break;
      case 'server:task_preview':
        this.previews.set(event.payload.node_id, event.payload.url);
        break;
      case 'server:task_success': {
        const { node_id: id } = event.payload;
        this.progress.delete(id);
        this.takeCounts.set(id, (this.takeCounts.peek(id) ?? 0) + 1);
        break;
      }
      case 'server:task_failed':
        this.progress.delete(event.payload.node_id);
        this.failures.set(event.payload.node_id, event.payload);
        break;
      case 'server:queue':
        this.queue.replace(event.payload.entries.map((entry) => [entry.node_id, entry] as const));
        break;
      case 'server:stale':
        this.stale.replace(event.payload.nodes.map((node) => [node.node_id, node] as const));
        break;
      case 'server:storage_changed':
        this.storage = event.payload;
        break;
      case 'server:node_types_changed':
        void this.#refreshTypes();
        break;
      case 'server:rights':
        this.rights = event.payload.rights;
        this.info = { ...this.info, role: event.payload.role as NonNullable<Project['role']> };
        break;
      case 'server:project_changed':
        void this.#reload();
        break;
    }
    this.#tell((one) => one.event?.(event));
  }

  async #refreshTypes(): Promise<void> {
    const changed = await refreshCatalog();
    const nodes = [...this.graph.nodes.values()].filter(({ type }) => changed.has(type));
    if (nodes.length > 0) this.#changed(new Set(nodes.map(({ id }) => id)));
  }

  async #reload(): Promise<void> {
    const path = { project_id: this.id };
    this.info = await answer(api.GET('/api/v1/projects/{project_id}', { params: { path } }));
  }
}

/** Whether nothing but the place of a node is another. */
function isMovedOnly(before: Node, now: Node): boolean {
  if (before.pos === now.pos) return false;
  const keys = Object.keys(now) as (keyof Node)[];
  return keys.length === Object.keys(before).length && keys.every((key) => key === 'pos' || before[key] === now[key]);
}

/** The project that the components below a project's page stand in. */
export const [useProject, provideProject] = createContext<ProjectStore>();
