// Made by `npm run protocol` from docs/protocol.schema.json. Change the Structs, not this file.

export type ClientEvent =
  | HelloEvent
  | OpsEvent
  | UndoEvent
  | RedoEvent
  | UpdateNodeDataEvent
  | StartGenerationEvent
  | SyncRequestEvent
  | PresenceEvent
  | PingEvent;

export interface HelloEvent {
  readonly event: "client:hello";
  readonly payload: Hello;
}

export interface OpsEvent {
  readonly event: "client:ops";
  readonly payload: Ops;
}

export interface UndoEvent {
  readonly event: "client:undo";
  readonly payload: Undo;
}

export interface RedoEvent {
  readonly event: "client:redo";
  readonly payload: Redo;
}

export interface UpdateNodeDataEvent {
  readonly event: "client:update_node_data";
  readonly payload: UpdateNodeData;
}

export interface StartGenerationEvent {
  readonly event: "client:start_generation";
  readonly payload: StartGeneration;
}

export interface SyncRequestEvent {
  readonly event: "client:sync_request";
  readonly payload: SyncRequest;
}

export interface PresenceEvent {
  readonly event: "client:presence";
  readonly payload: Presence;
}

export interface PingEvent {
  readonly event: "client:ping";
  readonly payload: Ping;
}

/** One change of a graph. */
export type Operation =
  | AddNode
  | RemoveNodes
  | SetNode
  | MoveNode
  | AddEdge
  | SetEdge
  | RemoveEdges
  | EditText
  | SetGraph;

/**
 * Join a graph: the project's main one, or `graph_id`.
 *
 * `client_id` is kept by a client for as long as it holds unanswered transactions; `next_seq` is
 * the lowest number among these, all below it are settled. With `since` and `epoch`, the last
 * version that the client has, the answer is what it missed; else the whole graph.
 */
export interface Hello {
  readonly client_id?: string;
  readonly graph_id?: string | null;
  readonly next_seq?: number;
  readonly since?: number | null;
  readonly epoch?: number | null;
}

/** One transaction: all of its operations, or none. Transactions are counted from 1. */
export interface Ops {
  readonly seq: number;
  readonly ops: readonly Operation[];
  readonly base_version?: number | null;
  readonly label?: string;
  readonly client_id?: string;
}

/** Put a node into the graph, whole. */
export interface AddNode {
  readonly op: "node.add";
  readonly id: string;
  readonly type: string;
  readonly parent?: string | null;
  readonly order?: string;
  readonly pos?: readonly [number, number];
  readonly size?: readonly [number, number] | null;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly text?: Readonly<Record<string, string>>;
  readonly locked?: boolean;
  readonly type_version?: string | null;
}

/** Take nodes away, with all that lies in them and every edge that touches them. */
export interface RemoveNodes {
  readonly op: "node.remove";
  readonly ids: readonly string[];
}

/**
 * Write fields of a node: `pos`, `size`, `locked`, `data.<key>` or `text.<key>`.
 *
 * `clear` names fields under `data.` and `text.` that go back to their default.
 */
export interface SetNode {
  readonly op: "node.set";
  readonly id: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly clear?: readonly string[];
}

/** Put a node into a container (None: the root), at a place among its siblings. */
export interface MoveNode {
  readonly op: "node.move";
  readonly id: string;
  readonly parent: string | null;
  readonly order: string;
}

/** Connect an output with an input. `replace` takes away what fills the input now. */
export interface AddEdge {
  readonly op: "edge.add";
  readonly id: string;
  readonly source: string;
  readonly source_socket: string;
  readonly target: string;
  readonly target_socket: string;
  readonly order?: string;
  readonly strength?: number;
  readonly label?: string;
  readonly replace?: boolean;
}

/** Write what is given of an edge. */
export interface SetEdge {
  readonly op: "edge.set";
  readonly id: string;
  readonly strength?: number;
  readonly label?: string;
  readonly order?: string;
}

/** Take edges away. */
export interface RemoveEdges {
  readonly op: "edge.remove";
  readonly ids: readonly string[];
}

/**
 * Change a text of a node letter by letter.
 *
 * `delta` keeps (a positive number), inserts (a string) and deletes (a negative number), in
 * UTF-16 units, on the text as it was in version `base` and after the client's own later edits.
 */
export interface EditText {
  readonly op: "text.edit";
  readonly id: string;
  readonly field: string;
  readonly base: number;
  readonly delta: readonly (number | string)[];
}

/** Write settings of the graph itself; `clear` takes some away. */
export interface SetGraph {
  readonly op: "graph.set";
  readonly values?: Readonly<Record<string, unknown>>;
  readonly clear?: readonly string[];
}

/** Take back this person's last step; numbered like a transaction. */
export interface Undo {
  readonly seq: number;
}

/** Do again what this person took back last; numbered like a transaction. */
export interface Redo {
  readonly seq: number;
}

/** Write params of a node. Without `seq` it is never refused as stale. */
export interface UpdateNodeData {
  readonly node_id: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly seq?: number | null;
  readonly base_version?: number | null;
}

/**
 * Make a new take of a node. `request_id` makes a repeat the same run.
 *
 * Answered by `server:generation_started` or `server:error`.
 */
export interface StartGeneration {
  readonly node_id: string;
  readonly request_id?: string | null;
}

/** Ask for the whole graph, or, with `since` and `epoch`, for what was missed. */
export interface SyncRequest {
  readonly since?: number | null;
  readonly epoch?: number | null;
}

/** Where this person is. What is absent stays as it was; null clears it. */
export interface Presence {
  readonly cursor?: readonly [number, number] | null;
  readonly selection?: readonly string[] | null;
  readonly drag?: Drag | null;
  readonly subflow?: string | null;
  readonly editing?: string | null;
}

/** What is dragged, and how far: a movement that is not stored until it ends. */
export interface Drag {
  readonly ids: readonly string[];
  readonly by: readonly [number, number];
}

/** Is anybody there? Answered by `server:pong` with the same `t`. */
export interface Ping {
  readonly t?: number;
}
