// Lays out nodes by what feeds what, away from the page's own thread. Nodes without a wire among
// those asked for stand in rows below.

import { graphlib, layout } from '@dagrejs/dagre';

export interface TidyQuestion {
  readonly nodes: readonly (readonly [id: string, width: number, height: number])[];
  readonly edges: readonly (readonly [source: string, target: string])[];
}

export interface TidyAnswer {
  readonly places: readonly (readonly [id: string, x: number, y: number])[];
}

const GAP = 48;
const RANK_GAP = 96;
const ROW = 6;

function tidy({ nodes, edges }: TidyQuestion): TidyAnswer {
  const wired = new Set(edges.flat());
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: GAP, ranksep: RANK_GAP, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, width, height] of nodes) if (wired.has(id)) graph.setNode(id, { width, height });
  for (const [source, target] of edges) graph.setEdge(source, target);
  layout(graph);
  const places: [string, number, number][] = [];
  let bottom = 0;
  for (const [id, width, height] of nodes) {
    if (!wired.has(id)) continue;
    const { x, y } = graph.node(id) as { x: number; y: number };
    places.push([id, x - width / 2, y - height / 2]);
    bottom = Math.max(bottom, y + height / 2 + GAP);
  }
  let x = 0;
  let y = bottom;
  let tallest = 0;
  let column = 0;
  for (const [id, width, height] of nodes) {
    if (wired.has(id)) continue;
    if (column === ROW) {
      column = 0;
      x = 0;
      y += tallest + GAP;
      tallest = 0;
    }
    places.push([id, x, y]);
    x += width + GAP;
    tallest = Math.max(tallest, height);
    column += 1;
  }
  return { places };
}

onmessage = ({ data }: MessageEvent<TidyQuestion>) => postMessage(tidy(data));
