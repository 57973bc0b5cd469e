// Which component draws a node type. A type that is not here is drawn by its definition alone.
//
// A component is given the node's id and nothing else: it reads the rest by useProject(). It wraps
// what it draws in NodeFrame, and has its plan of sections in plans.ts. Each is a chunk of its own,
// which comes when the first node of its type is mounted.

import type { Component } from 'svelte';

export type NodeComponent = Component<{ id: string }>;

type Load = () => Promise<{ default: NodeComponent }>;

const asset: Load = () => import('./asset/AssetNode.svelte');
const sound: Load = () => import('./audio/AudioNode.svelte');
const file: Load = () => import('./imports/ImportNode.svelte');

const GENERIC: Load = () => import('./GenericNode.svelte');
const COMPONENTS: ReadonlyMap<string, Load> = new Map<string, Load>([
  ['film.shot', () => import('./shot/ShotNode.svelte')],
  ['film.scene', () => import('./scene/SceneGroupNode.svelte')],
  ['film.script', () => import('./script/ScriptNode.svelte')],
  ['film.pipeline', () => import('./pipeline/PipelineNode.svelte')],
  ['film.character', asset],
  ['film.style', asset],
  ['film.environment', asset],
  ['film.prop', asset],
  ['film.transition', () => import('./transition/TransitionNode.svelte')],
  ['film.composite', () => import('./composite/CompositeNode.svelte')],
  ['film.audio', sound],
  ['film.audio_generation', sound],
  ['film.voice_synthesis', sound],
  ['film.image_import', file],
  ['film.video_import', file],
  ['film.audio_import', file],
  ['film.camera', () => import('./camera/CameraNode.svelte')],
  ['film.assembly', () => import('./assembly/AssemblyNode.svelte')],
  ['film.conditional', () => import('./control/ConditionalNode.svelte')],
  ['film.loop', () => import('./control/LoopNode.svelte')],
  ['film.note', () => import('./notes/NoteNode.svelte')],
  ['film.frame', () => import('./notes/FrameNode.svelte')],
]);

const loaded = new Map<Load, NodeComponent>();
const coming = new Map<Load, Promise<NodeComponent>>();

/** The component of a node type; a promise until it is here. */
export function componentOf(type: string): NodeComponent | Promise<NodeComponent> {
  const load = COMPONENTS.get(type) ?? GENERIC;
  return loaded.get(load) ?? coming.get(load) ?? begin(load);
}

function begin(load: Load): Promise<NodeComponent> {
  const asked = load().then(
    ({ default: component }) => {
      loaded.set(load, component);
      return component;
    },
    (error: unknown) => {
      // Without a connection it is asked for again when the next node is mounted.
      coming.delete(load);
      throw error;
    },
  );
  coming.set(load, asked);
  return asked;
}
