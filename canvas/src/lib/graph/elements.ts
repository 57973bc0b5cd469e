// The records of a graph: a node and an edge, immutable, with every field that the wire may omit.

import type { Edge as WireEdge, Node as WireNode } from '../protocol/serverEvents';

export type Node = Required<WireNode>;
export type Edge = Required<WireEdge>;
export type Point = readonly [number, number];
