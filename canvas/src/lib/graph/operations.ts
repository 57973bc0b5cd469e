// The changes that a graph knows: the same records that travel on the wire, from its schema.

import type { Operation } from '../protocol/clientEvents';

export type {
  AddEdge,
  AddNode,
  EditText,
  MoveNode,
  Operation,
  RemoveEdges,
  RemoveNodes,
  SetEdge,
  SetGraph,
  SetNode,
} from '../protocol/clientEvents';

/** Operations that happen together or not at all: one version, one step of undo. */
export interface Transaction {
  readonly client_id?: string;
  readonly seq?: number;
  /** What the client had seen; null stands for the present. */
  readonly base_version?: number | null;
  readonly label?: string;
  readonly undo_of?: number | null;
  readonly ops: readonly Operation[];
}
