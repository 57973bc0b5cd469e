// Which component draws a node type. A type that is not here is drawn by its definition alone.
//
// A component is given the node's id and nothing else: it reads the rest by useProject(). It wraps
// what it draws in NodeFrame, and has its plan of sections in plans.ts.

import type { Component } from 'svelte';
import GenericNode from './GenericNode.svelte';
import FrameNode from './notes/FrameNode.svelte';
import NoteNode from './notes/NoteNode.svelte';
import ShotNode from './shot/ShotNode.svelte';

export type NodeComponent = Component<{ id: string }>;

const COMPONENTS: ReadonlyMap<string, NodeComponent> = new Map<string, NodeComponent>([
  ['film.shot', ShotNode],
  ['film.note', NoteNode],
  ['film.frame', FrameNode],
]);

export const componentOf = (type: string): NodeComponent => COMPONENTS.get(type) ?? GenericNode;
