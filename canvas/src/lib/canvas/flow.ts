// The one file that knows Svelte Flow, whose next major version is near: what is used of it.

import '@xyflow/svelte/dist/base.css';

export {
  Handle,
  Position,
  SvelteFlow,
  SvelteFlowProvider,
  useConnection,
  useSvelteFlow,
  useStore,
  type Connection,
  type Edge,
  type IsValidConnection,
  type Node,
  type NodeProps,
  type OnConnectEnd,
  type OnConnectStart,
  type Viewport,
} from '@xyflow/svelte';
