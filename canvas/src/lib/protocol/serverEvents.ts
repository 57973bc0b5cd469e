// Made by `npm run protocol` from docs/protocol.schema.json. Change the Structs, not this file.

import type { Drag, Operation } from './clientEvents';

export type ServerEvent =
  | RejectedEvent
  | WelcomeEvent
  | FullSyncEvent
  | CatchUpEvent
  | OpsStoredEvent
  | AckEvent
  | GapEvent
  | ConflictsEvent
  | UndoneEvent
  | PresenceChangedEvent
  | NodeStateUpdatedEvent
  | GenerationStartedEvent
  | TaskProgressedEvent
  | TaskPreviewedEvent
  | TaskSucceededEvent
  | TaskFailedEvent
  | QueueChangedEvent
  | StaleChangedEvent
  | AssetChangedEvent
  | MediaChangedEvent
  | StorageChangedEvent
  | NodeTypesChangedEvent
  | ProjectChangedEvent
  | RightsChangedEvent
  | ActivityNotedEvent
  | PongEvent
  | ByeEvent
  | FailedEvent;

export interface RejectedEvent {
  readonly event: "server:rejected";
  readonly payload: Rejected;
}

export interface WelcomeEvent {
  readonly event: "server:welcome";
  readonly payload: Welcome;
}

export interface FullSyncEvent {
  readonly event: "server:full_sync";
  readonly payload: FullSync;
}

export interface CatchUpEvent {
  readonly event: "server:catch_up";
  readonly payload: CatchUp;
}

export interface OpsStoredEvent {
  readonly event: "server:ops";
  readonly payload: OpsStored;
}

export interface AckEvent {
  readonly event: "server:ack";
  readonly payload: Ack;
}

export interface GapEvent {
  readonly event: "server:gap";
  readonly payload: Gap;
}

export interface ConflictsEvent {
  readonly event: "server:conflict";
  readonly payload: Conflicts;
}

export interface UndoneEvent {
  readonly event: "server:undone";
  readonly payload: Undone;
}

export interface PresenceChangedEvent {
  readonly event: "server:presence";
  readonly payload: PresenceChanged;
}

export interface NodeStateUpdatedEvent {
  readonly event: "server:node_state_updated";
  readonly payload: NodeStateUpdated;
}

export interface GenerationStartedEvent {
  readonly event: "server:generation_started";
  readonly payload: GenerationStarted;
}

export interface TaskProgressedEvent {
  readonly event: "server:task_progress";
  readonly payload: TaskProgressed;
}

export interface TaskPreviewedEvent {
  readonly event: "server:task_preview";
  readonly payload: TaskPreviewed;
}

export interface TaskSucceededEvent {
  readonly event: "server:task_success";
  readonly payload: TaskSucceeded;
}

export interface TaskFailedEvent {
  readonly event: "server:task_failed";
  readonly payload: TaskFailed;
}

export interface QueueChangedEvent {
  readonly event: "server:queue";
  readonly payload: QueueChanged;
}

export interface StaleChangedEvent {
  readonly event: "server:stale";
  readonly payload: StaleChanged;
}

export interface AssetChangedEvent {
  readonly event: "server:asset_changed";
  readonly payload: AssetChanged;
}

export interface MediaChangedEvent {
  readonly event: "server:media_changed";
  readonly payload: MediaChanged;
}

export interface StorageChangedEvent {
  readonly event: "server:storage_changed";
  readonly payload: StorageChanged;
}

export interface NodeTypesChangedEvent {
  readonly event: "server:node_types_changed";
  readonly payload: NodeTypesChanged;
}

export interface ProjectChangedEvent {
  readonly event: "server:project_changed";
  readonly payload: ProjectChanged;
}

export interface RightsChangedEvent {
  readonly event: "server:rights";
  readonly payload: RightsChanged;
}

export interface ActivityNotedEvent {
  readonly event: "server:activity";
  readonly payload: ActivityNoted;
}

export interface PongEvent {
  readonly event: "server:pong";
  readonly payload: Pong;
}

export interface ByeEvent {
  readonly event: "server:bye";
  readonly payload: Bye;
}

export interface FailedEvent {
  readonly event: "server:error";
  readonly payload: Failed;
}

/**
 * A transaction was refused and left no trace; its number is used up all the same.
 *
 * `operation` counts from 0 and tells which one; `id` is the node or edge that it was about.
 */
export interface Rejected {
  readonly seq: number;
  readonly reason: string;
  readonly message: string;
  readonly hint?: string;
  readonly id?: string;
  readonly operation?: number;
}

/**
 * The answer to `client:hello`; what the client missed, or the whole graph, follows.
 *
 * `client_id` is the one that this client's transactions carry. Of its unanswered transactions
 * `accepted` are stored (seq → version) and `refused` are not; up to `settled` all others have
 * to be made again, beyond it they have to be sent again. `heartbeat` is in seconds.
 * `people` are those who are there; a crowd is left out, and follows in `server:presence`.
 */
export interface Welcome {
  readonly session_id: string;
  readonly client_id: string;
  readonly user_id: string;
  readonly name: string;
  readonly colour: string;
  readonly graph_id: string;
  readonly version: number;
  readonly epoch: number;
  readonly rights: readonly string[];
  readonly settled: number;
  readonly accepted?: Readonly<Record<string, number>>;
  readonly refused?: readonly Rejected[];
  readonly heartbeat?: number;
  readonly people?: readonly Person[];
}

/** Somebody who has the project open, in one window. `away` has lost the connection. */
export interface Person {
  readonly session_id: string;
  readonly user_id: string;
  readonly name: string;
  readonly colour: string;
  readonly graph_id?: string;
  readonly cursor?: readonly [number, number] | null;
  readonly selection?: readonly string[];
  readonly drag?: Drag | null;
  readonly subflow?: string | null;
  readonly editing?: string | null;
  readonly away?: boolean;
}

/** The whole graph. */
export interface FullSync {
  readonly graph: SyncedGraph;
}

/** A graph as it is sent whole. Nodes and edges have the fields of `node.add`, `edge.add`. */
export interface SyncedGraph {
  readonly id: string;
  readonly version: number;
  readonly epoch: number;
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * What a client missed since a version: the transactions, or the difference if smaller.
 *
 * `ops` are then applied without asking what is allowed, and lead to `version` at once.
 */
export interface CatchUp {
  readonly graph_id: string;
  readonly since: number;
  readonly version: number;
  readonly epoch: number;
  readonly transactions?: readonly Stored[] | null;
  readonly ops?: readonly Operation[] | null;
}

/**
 * A stored transaction; `ops` are the operations as they took place.
 *
 * `origin` is `system` for what the studio did by itself in this person's name (a new take): that
 * is none of the steps that they can undo.
 */
export interface Stored {
  readonly version: number;
  readonly client_id: string;
  readonly seq: number;
  readonly user_id: string;
  readonly ops: readonly Operation[];
  readonly label?: string;
  readonly undo_of?: number | null;
  readonly origin?: "person" | "system";
}

/** Transactions that were stored, in order. One's own coming back is its acknowledgement. */
export interface OpsStored {
  readonly graph_id: string;
  readonly epoch: number;
  readonly transactions: readonly Stored[];
}

/** A transaction that had been stored before was sent again. */
export interface Ack {
  readonly seq: number;
  readonly version: number;
}

/** A transaction before this one is missing: send again from `expected`. */
export interface Gap {
  readonly expected: number;
}

/** This client's transaction wrote over newer values of others; theirs can be restored. */
export interface Conflicts {
  readonly seq: number;
  readonly version: number;
  readonly fields: readonly OverwrittenField[];
}

/** A field that somebody else wrote meanwhile, and what it held. */
export interface OverwrittenField {
  readonly id: string;
  readonly path: string;
  readonly user_id: string;
  readonly version: number;
  readonly value: unknown;
}

/** An undo (or redo) was done. Without `version` all of it was skipped and nothing stored. */
export interface Undone {
  readonly seq: number;
  readonly undo_of: number;
  readonly redo: boolean;
  readonly label?: string;
  readonly version?: number | null;
  readonly skipped?: readonly SkippedField[];
}

/** What an undo left alone: who wrote it since, and why it stays. */
export interface SkippedField {
  readonly id: string;
  readonly reason: string;
  readonly path?: string;
  readonly user_id?: string;
}

/** People whose place changed, whole, and the sessions that are gone. */
export interface PresenceChanged {
  readonly people?: readonly Person[];
  readonly gone?: readonly string[];
}

/** What a node does now. `step` says what it waits for or does; `task_id` whose work it is. */
export interface NodeStateUpdated {
  readonly node_id: string;
  readonly state: "error" | "generating" | "idle" | "pending_request" | "success";
  readonly step?: string;
  readonly task_id?: string | null;
}

/**
 * The answer to `client:start_generation`, to who asked alone: the task that makes the take.
 *
 * Of a container it is the task of its last shot. `request_id` is the one that was asked with.
 */
export interface GenerationStarted {
  readonly node_id: string;
  readonly task_id: string;
  readonly run_id: string;
  readonly request_id?: string | null;
}

/** How far a task is, from 0 to 100; at most four times a second for each node. */
export interface TaskProgressed {
  readonly task_id: string;
  readonly node_id: string;
  readonly progress: number;
  readonly step: string;
}

/**
 * A new picture of a task's work so far, at most two a second. `url` answers with a JPEG.
 *
 * It is gone when the task ends: the take is told by `server:task_success`.
 */
export interface TaskPreviewed {
  readonly task_id: string;
  readonly node_id: string;
  readonly url: string;
}

/** A task made a take. `result` holds its id, name and the address of its bytes. */
export interface TaskSucceeded {
  readonly task_id: string;
  readonly node_id: string;
  readonly result: Readonly<Record<string, unknown>>;
}

/** A task failed or was cancelled: a sentence for people, and the code for programs. */
export interface TaskFailed {
  readonly task_id: string;
  readonly node_id: string;
  readonly error: string;
  readonly code?: string;
  readonly hint?: string;
}

/** The project's waiting tasks; it replaces what was told before. */
export interface QueueChanged {
  readonly entries: readonly QueuedTask[];
}

/**
 * A waiting task: its place in the studio's queue, from 1, and why it waits.
 *
 * `cause` is a sentence, `cause_kind` its name for programs, `hint` what people can do about it.
 * `expected_wait` is about how long until it begins, null where nothing is known.
 */
export interface QueuedTask {
  readonly task_id: string;
  readonly node_id: string;
  readonly position: number;
  readonly cause: string;
  readonly cause_kind?: string;
  readonly hint?: string;
  readonly expected_wait?: number | null;
}

/** All nodes that are stale at this version; it replaces what was told before. */
export interface StaleChanged {
  readonly version: number;
  readonly nodes: readonly StaleNodeFound[];
}

/** A node whose take no longer shows what it means, and why. */
export interface StaleNodeFound {
  readonly node_id: string;
  readonly label: string;
  readonly reasons: readonly string[];
}

/**
 * An asset, media (`kind` is `media`, `id` the digest) or a take (`take`) is new or was
 * changed: open libraries and nodes show it. `change` is `created`, `changed`, `removed`,
 * `restored` or `decided` (approved, rejected, or neither again).
 */
export interface AssetChanged {
  readonly id: string;
  readonly kind: string;
  readonly version: number;
  readonly by: string;
  readonly change: "changed" | "created" | "decided" | "removed" | "restored";
}

/**
 * A derivative of media is ready, or (`failed`) cannot be made: `reason`, for people.
 *
 * `kind` is `thumbnail`, `filmstrip`, `proxy` or `waveform`; it is asked for under the media's
 * address, `…/media/{digest}/{kind}`.
 */
export interface MediaChanged {
  readonly digest: string;
  readonly kind: "filmstrip" | "proxy" | "thumbnail" | "waveform";
  readonly state: "failed" | "ready";
  readonly reason?: string;
}

/**
 * The studio's storage is away, or there again; `waiting` files are kept on the studio's own
 * machine until they can be sent to it. Nothing that was made is lost.
 */
export interface StorageChanged {
  readonly reachable: boolean;
  readonly waiting: number;
}

/**
 * Node types came, changed or went while the studio runs: ask `/api/v1/node-types` again.
 * `node_types` are their ids.
 */
export interface NodeTypesChanged {
  readonly node_types: readonly string[];
}

/** Something of the project was changed: its `settings`, `details` (title), or `members`. */
export interface ProjectChanged {
  readonly id: string;
  readonly kind: string;
  readonly version: number;
  readonly by: string;
}

/** What you may do in this project has changed: `role` and `rights` hold from now on. */
export interface RightsChanged {
  readonly role: string;
  readonly rights: readonly string[];
}

/** A new line of the project's feed: `kind` is `area.action`, `detail` what it was done to. */
export interface ActivityNoted {
  readonly id: string;
  readonly at: string;
  readonly user_id: string;
  readonly kind: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The answer to `client:ping`. */
export interface Pong {
  readonly t: number;
}

/** The server closes this connection; come back after `retry_in` seconds. */
export interface Bye {
  readonly reason: string;
  readonly retry_in: number;
}

/**
 * A frame could not be carried out. It never closes the connection.
 *
 * `event` is the frame's, as far as it could be read; `request_id` and `seq` are its own, if it
 * had them.
 */
export interface Failed {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly event?: string;
  readonly request_id?: string | null;
  readonly seq?: number | null;
}

/**
 * A node on the canvas. `data` holds its params, `text` those that several people type in.
 *
 * `parent` is the container that it lies in; `order` its place among its siblings, a fractional
 * key; `pos` and `size` are canvas pixels. `type_version` is the version of the type that wrote
 * `data`.
 */
export interface Node {
  readonly id: string;
  readonly type: string;
  readonly parent?: string | null;
  readonly order?: string;
  readonly pos?: readonly [number, number];
  readonly size?: readonly [number, number] | null;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly text?: Readonly<Record<string, string>>;
  readonly locked?: boolean;
  readonly type_version?: string;
}

/** A wire from an output to an input. `order` sorts the wires of one input. */
export interface Edge {
  readonly id: string;
  readonly source: string;
  readonly source_socket: string;
  readonly target: string;
  readonly target_socket: string;
  readonly order?: string;
  readonly strength?: number;
  readonly label?: string;
}
