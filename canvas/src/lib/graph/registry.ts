// Which node types, socket types and conversions there are.
//
// It is built from what the server tells at /api/v1/node-types, /socket-types and /converters.

import type { Schema } from './schema';

export interface Socket {
  readonly id: string;
  readonly type: string;
  readonly title?: string;
  readonly many?: boolean;
  readonly required?: boolean;
  readonly description?: string;
}

export interface NodeType {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly version: string;
  readonly inputs: readonly Socket[];
  readonly outputs: readonly Socket[];
  readonly params: Schema;
}

export interface SocketType {
  readonly id: string;
  readonly order_only?: boolean;
  readonly accepts?: readonly string[];
}

export interface Converter {
  readonly source: string;
  readonly target: string;
}

/** One param of a node type: where it is kept, who may write it, what fits. */
export interface Field {
  readonly name: string;
  readonly place: 'data' | 'text';
  readonly schema: Schema;
  readonly system: boolean;
  /** Refused as stale when somebody wrote it after the writer last looked. */
  readonly compared: boolean;
  readonly default: unknown;
}

const ANY = '*';
const MAX_CONVERSIONS = 3;

// Every node has this, whoever brings its type: whether runs and the film go around it.
const NODE_FIELDS: Schema = { switch: { enum: ['on', 'muted', 'bypassed'], default: 'on' } };

// Every node that gives takes has these, whoever brings its type.
const TAKE_FIELDS: Schema = {
  active_take: {
    anyOf: [{ type: 'string' }, { type: 'null' }],
    default: null,
    'x-write': 'system',
    'x-collab': 'compare',
  },
  version: { type: 'integer', minimum: 1, default: 1, 'x-write': 'system' },
};

/** The fields of a node type, by their names; a type that allows others has one for every name. */
export class Fields {
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #open: Field | undefined;

  constructor(type: NodeType) {
    const properties = {
      ...NODE_FIELDS,
      ...(type.kind === 'task' ? TAKE_FIELDS : {}),
      ...((type.params.properties ?? {}) as Schema),
    };
    this.#fields = new Map(
      Object.entries(properties).map(([name, part]) => [name, field(name, part as Schema)]),
    );
    const extra = type.params.additionalProperties;
    if (extra) this.#open = field('*', typeof extra === 'object' ? (extra as Schema) : {});
  }

  get(name: string): Field | undefined {
    return this.#fields.get(name) ?? this.#open;
  }
}

export class Registry {
  #nodeTypes: ReadonlyMap<string, NodeType> = new Map();
  readonly socketTypes: ReadonlyMap<string, SocketType>;
  readonly #from = new Map<string, string[]>();
  readonly #fields = new Map<string, Fields>();
  readonly #fitting = new Map<string, boolean>();

  constructor(
    nodeTypes: Iterable<NodeType>,
    socketTypes: Iterable<SocketType>,
    converters: Iterable<Converter> = [],
  ) {
    this.replaceNodeTypes(nodeTypes);
    this.socketTypes = new Map([...socketTypes].map((type) => [type.id, type]));
    for (const { source, target } of converters) {
      this.#from.set(source, [...(this.#from.get(source) ?? []), target]);
    }
  }

  get nodeTypes(): ReadonlyMap<string, NodeType> {
    return this.#nodeTypes;
  }

  /** Use other node types from now on: the server has others than before. */
  replaceNodeTypes(nodeTypes: Iterable<NodeType>): void {
    this.#nodeTypes = new Map([...nodeTypes].map((type) => [type.id, type]));
    this.#fields.clear();
  }

  /** The node type with this id, or undefined when no plugin brings it. */
  nodeType(id: string): NodeType | undefined {
    return this.nodeTypes.get(id);
  }

  /** The params of a node type, or undefined for an unknown one. */
  fields(id: string): Fields | undefined {
    let found = this.#fields.get(id);
    if (found === undefined) {
      const type = this.nodeTypes.get(id);
      if (type === undefined) return undefined;
      found = new Fields(type);
      this.#fields.set(id, found);
    }
    return found;
  }

  input(type: NodeType | undefined, socket: string): Socket | undefined {
    return type?.inputs.find(({ id }) => id === socket);
  }

  output(type: NodeType | undefined, socket: string): Socket | undefined {
    return type?.outputs.find(({ id }) => id === socket);
  }

  /** Whether an output of one type may be connected to an input of another as it is. */
  fits(source: string, target: string): boolean {
    if (source === target) return true;
    if (source === ANY || target === ANY) {
      const other = source === ANY ? target : source;
      return this.socketTypes.get(other)?.order_only !== true;
    }
    return this.socketTypes.get(target)?.accepts?.includes(source) ?? false;
  }

  /** Whether one type becomes another, through conversions if need be. */
  converts(source: string, target: string): boolean {
    const key = `${source}\n${target}`;
    let found = this.#fitting.get(key);
    if (found === undefined) {
      found = this.#findWay(source, target);
      this.#fitting.set(key, found);
    }
    return found;
  }

  #findWay(source: string, target: string): boolean {
    let reached = new Set([source]);
    for (let step = 0; step <= MAX_CONVERSIONS; step += 1) {
      for (const type of reached) if (this.fits(type, target)) return true;
      reached = new Set([...reached].flatMap((type) => this.#from.get(type) ?? []));
    }
    return false;
  }
}

function field(name: string, schema: Schema): Field {
  const collab = schema['x-collab'];
  return {
    name,
    place: collab === 'text' ? 'text' : 'data',
    schema,
    system: schema['x-write'] === 'system',
    compared: collab === 'compare',
    default: schema.default,
  };
}
