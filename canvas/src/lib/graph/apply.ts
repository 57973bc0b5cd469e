// The pure core of collaboration: a transaction changes a graph whole, or not at all.
//
// The twin of the server's: the same vectors run against both. No input or output, no clock, no
// chance. The cost grows with the operations, not with the graph.

import { Change, type Conflict, type Powers, Refused } from './changes';
import { addEdge, removeEdges, setEdge } from './edgeRules';
import type { Graph } from './model';
import { addNode, moveNode, removeNodes, setNode } from './nodeRules';
import type { Operation, Transaction } from './operations';
import type { Registry } from './registry';
import { editText, setGraph } from './textRules';
import { BadValue } from './values';

export type { Conflict } from './changes';

const MAX_OPERATIONS = 100_000;

/** Why a transaction was refused: a reason for programs, a sentence, and which operation. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
  readonly operation: number;
  readonly id: string;
  readonly hint: string;
}

/** What a transaction did. `effects` are its operations as they took place. */
export interface Applied {
  readonly graphVersion: number;
  readonly effects: readonly Operation[];
  readonly inverse: readonly Operation[];
  readonly touched: readonly string[];
  readonly dropped: readonly string[];
  readonly conflicts: readonly Conflict[];
  readonly rejection: Rejection | null;
}

/** Change the graph by a transaction, or leave it exactly as it was and say why. */
export function apply(
  graph: Graph,
  transaction: Transaction,
  registry: Registry,
  user: string,
  powers: Powers = {},
): Applied {
  const change = new Change(graph, transaction, registry, user, powers);
  try {
    if (transaction.ops.length > MAX_OPERATIONS) {
      throw new Refused('too_large', 'A step holds at most 100,000 operations.');
    }
    for (const operation of transaction.ops) {
      applyOne(change, operation);
      change.place += 1;
    }
  } catch (error) {
    change.journal.rollBack();
    if (error instanceof Refused) return refusal(graph, change, error);
    throw error;
  }
  if (!change.predicting) {
    graph.version = change.version;
    const { client_id: client, seq } = transaction;
    if (client && seq) {
      // Taken out first, so that the numbers stand in the order of their last use.
      graph.seqs.delete(client);
      graph.seqs.set(client, seq);
    }
  }
  return {
    graphVersion: graph.version,
    effects: change.effects,
    inverse: change.inverse.reverse(),
    touched: [...change.touched],
    dropped: [...change.dropped],
    conflicts: change.conflicts,
    rejection: null,
  };
}

function applyOne(change: Change, op: Operation): void {
  try {
    switch (op.op) {
      case 'node.add':
        return addNode(change, op);
      case 'node.remove':
        return removeNodes(change, op);
      case 'node.set':
        return setNode(change, op);
      case 'node.move':
        return moveNode(change, op);
      case 'edge.add':
        return addEdge(change, op);
      case 'edge.set':
        return setEdge(change, op);
      case 'edge.remove':
        return removeEdges(change, op);
      case 'text.edit':
        return editText(change, op);
      case 'graph.set':
        return setGraph(change, op);
    }
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    const where = 'id' in op ? op.id : '';
    throw new Refused(error.reason, `${change.name(where)}: ${error.message}.`, where);
  }
}

function refusal(graph: Graph, change: Change, refused: Refused): Applied {
  const { reason, message, id, hint } = refused;
  return {
    graphVersion: graph.version,
    effects: [],
    inverse: [],
    touched: [],
    dropped: [],
    conflicts: [],
    rejection: { reason, message, operation: change.place, id, hint },
  };
}
