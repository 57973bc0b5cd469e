// Real clients without a browser, at a real server: random edits, broken connections, closed tabs.
// Prints one JSON object when all is at rest; ends with 1 when not all hold the same graph.

import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import WebSocket from 'ws';
import { canonical } from '../src/lib/graph/digests';
import type { Graph } from '../src/lib/graph/model';
import { type NodeType, Registry, type SocketType, type Converter } from '../src/lib/graph/registry';
import { Client } from '../src/lib/sync/client';
import type { Socket } from '../src/lib/sync/connection';
import { MemoryKeeper, Outbox } from '../src/lib/sync/outbox';
import { chanceOf, Hand } from '../tests/graph/hand';

const HELP = `node drive/drive.mjs --url ws://HOST/ws/PROJECT --token TOKEN [--token ANOTHER …]
  --clients 4     how many at once; they take the tokens in turn
  --steps 50      how many edits each makes, on the average
  --seed 1        what chance begins with
  --pause 20      milliseconds between two edits, on the average
  --drops 0.04    how often an edit is followed by a broken connection
  --patience 60   seconds to wait for rest`;

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    token: { type: 'string', multiple: true },
    clients: { type: 'string', default: '4' },
    steps: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    pause: { type: 'string', default: '20' },
    drops: { type: 'string', default: '0.04' },
    patience: { type: 'string', default: '60' },
  },
});
if (!options.url || !options.token) {
  console.error(HELP);
  process.exit(2);
}
const address = new URL(options.url);
const tokens = options.token;
const seed = Number(options.seed);
const chance = chanceOf(seed);
const patience = Number(options.patience) * 1000;
const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** What the tests compare: SHA-256 of the graph's canonical JSON. */
const digest = (graph: Graph): string => createHash('sha256').update(canonical(graph)).digest('hex');

const faults: string[] = [];
const acknowledged: [client: string, seq: number, version: number][] = [];
const refused: [client: string, seq: number, reason: string][] = [];

/** One person's tab, which may be closed and opened again. */
class Tab {
  readonly #registry: Registry;
  readonly #token: string;
  readonly #name: string;
  readonly #keeper = new MemoryKeeper();
  #socket: WebSocket | undefined;
  client: Client;

  constructor(registry: Registry, name: string, token: string) {
    this.#registry = registry;
    this.#name = name;
    this.#token = token;
    this.client = this.#open();
  }

  #open(): Client {
    const kept = this.#keeper.kept.get(this.#name);
    const release = (): void => undefined;
    const client: Client = new Client({
      registry: this.#registry,
      outbox: new Outbox(this.#keeper, this.#name, this.#name, kept, release),
      open: () => this.#connect(),
      listener: {
        acknowledged: (seq, version) => {
          acknowledged.push([client.replica.clientId, seq, version]);
        },
        refused: ({ seq, reason }) => refused.push([client.replica.clientId, seq, reason]),
        onUnauthorized: (code, reason) => faults.push(`${this.#name} was turned away: ${code} ${reason}`),
        onEvent: (event) => {
          if (event.event === 'server:error') faults.push(JSON.stringify(event.payload));
        },
      },
    });
    client.start();
    return client;
  }

  #connect(): Socket {
    const url = new URL(address);
    if (chance() < 0.5) url.searchParams.set('compression', 'deflate');
    const headers = { authorization: `Bearer ${this.#token}` };
    this.#socket = new WebSocket(url, { headers, perMessageDeflate: false });
    return this.#socket as unknown as Socket;
  }

  /** Break the connection as a lost network does. */
  drop(): void {
    this.#socket?.terminate();
  }

  /** Close the tab and open it again: only what the outbox holds is left. */
  async reopen(): Promise<void> {
    await this.client.stop();
    this.drop();
    this.client = this.#open();
  }
}

async function everyItem<T>(path: string): Promise<T[]> {
  const url = new URL(path, address.href.replace(/^ws/, 'http'));
  const items: T[] = [];
  for (;;) {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${tokens[0]}` } });
    if (!answer.ok) throw new Error(`${url.pathname} answered ${answer.status}.`);
    const page = (await answer.json()) as { items: T[]; next_cursor: string | null };
    items.push(...page.items);
    if (page.next_cursor === null) return items;
    url.searchParams.set('cursor', page.next_cursor);
  }
}

async function until(what: string, come: () => boolean): Promise<void> {
  const end = performance.now() + patience;
  while (!come()) {
    if (performance.now() > end) throw new Error(`Waited too long for ${what}.`);
    await wait(20);
  }
}

const registry = new Registry(
  await everyItem<NodeType>('/api/v1/node-types'),
  await everyItem<SocketType>('/api/v1/socket-types'),
  await everyItem<Converter>('/api/v1/converters'),
);
const hand = new Hand(
  chance,
  (number) =>
    `${(seed >>> 0).toString(16).padStart(8, '0')}-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
);
const started = performance.now();
const tabs = Array.from(
  { length: Number(options.clients) },
  (_, number) => new Tab(registry, `drive-${seed}-${number}`, hand.pick(tokens)),
);

try {
  await until('the first state', () => tabs.every(({ client }) => client.replica.synced));
  for (let step = 0; step < Number(options.steps) * tabs.length; step += 1) {
    const tab = hand.pick(tabs);
    // However slow the machine is, each step is an edit: a tab that waits for a state makes it then.
    if (!tab.client.replica.synced) await until('a state', () => tab.client.replica.synced);
    const { client } = tab;
    const luck = chance();
    const count = hand.pick([1, 1, 1, 2, 4]);
    if (luck < 0.06) client.undo();
    else if (luck < 0.09) client.redo();
    else client.submit(Array.from({ length: count }, () => hand.operation(client.view)));
    if (chance() < 0.2) client.presence.move({ cursor: [chance() * 1000, chance() * 1000] });
    if (chance() < Number(options.drops)) tab.drop();
    if (chance() < Number(options.drops) / 4) await tab.reopen();
    await wait((chance() * Number(options.pause) * 2) / tabs.length);
  }
  await until('rest', () => tabs.every(({ client }) => client.status.get().state === 'saved'));
  const stranger = new Tab(registry, `drive-${seed}-stranger`, tokens[0] as string);
  tabs.push(stranger);
  await until('a stranger', () => stranger.client.status.get().state === 'saved');
  const { replica: truth } = stranger.client;
  await until('equal versions', () =>
    tabs.every(({ client }) => client.replica.version >= truth.version),
  );
} catch (error) {
  faults.push(String(error));
}

const digests = Object.fromEntries(
  tabs.map(({ client }) => [client.replica.clientId, digest(client.view)]),
);
const equal = new Set(Object.values(digests)).size === 1 && faults.length === 0;
const { version, nodes, edges } = tabs[0]?.client.replica.confirmed ?? {};
console.log(
  JSON.stringify({
    equal,
    digests,
    version,
    nodes: nodes?.size,
    edges: edges?.size,
    acknowledged,
    refused,
    faults,
    states: tabs.map(({ client }) => [client.replica.version, client.status.get()]),
    seconds: Math.round(performance.now() - started) / 1000,
  }),
);
process.exit(equal ? 0 : 1);
