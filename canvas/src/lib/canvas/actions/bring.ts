// What is brought onto the canvas from outside the graph: assets of the library, and files.

import { keyBetween } from '$lib/graph/orderKeys';
import type { Operation } from '$lib/graph/operations';
import { nodeTypeOf, referenceOf } from '$lib/nodes/asset/asset';
import { layoutOf } from '$lib/nodes/plans';
import { HEADER } from '$lib/schema/layout';
import { sendAll, type StoredMedia } from '$lib/media/sendAll';
import type { Asset } from '$lib/stores/assetLibraryStore.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import type { CanvasStore, Point } from '../canvasStore.svelte';
import { Connecting } from '../connecting';
import { newId } from '../ids';

/** Which text of an asset several people type in at once. */
const TEXTS = new Set(['description']);
/** Canvas pixels between a shot and the asset that was dropped on it. */
const BESIDE = 60;

const lastOrder = ({ project, level }: CanvasStore): string | null => project.graph.children(level).at(-1)?.order ?? null;

/** A node that shows an asset, at a place of the canvas; dropped on a node that takes it, connected. */
export function addAsset(canvas: CanvasStore, asset: Asset, place: Point, at?: Point): string | undefined {
  const { project, model } = canvas;
  const definition = project.catalog.nodeTypes.get(nodeTypeOf(asset.kind));
  if (!definition) return undefined;
  const under = model.at(place[0], place[1]);
  const shown = under === undefined ? undefined : connectShown(canvas, asset, under, at);
  if (shown !== undefined) return shown;
  const id = newId();
  const { width } = layoutOf(definition);
  const slot = under === undefined ? undefined : model.slots.get(under);
  const box = slot === undefined ? undefined : model.rect(slot);
  const pos: Point = box ? [box.x - width - BESIDE, place[1] - HEADER / 2] : [place[0] - width / 2, place[1] - HEADER / 2];
  const ops: Operation[] = [
    {
      op: 'node.add',
      id,
      type: definition.id,
      parent: canvas.level,
      order: keyBetween(lastOrder(canvas), null),
      pos: [Math.round(pos[0]), Math.round(pos[1])],
      data: { ...part(asset, false), asset: { id: asset.id, version: asset.version, frozen: false } },
      text: part(asset, true) as Record<string, string>,
    },
  ];
  if (canvas.submit(ops, `Add ${asset.name}`, at) !== null) return undefined;
  if (under !== undefined) connect(canvas, id, under, at);
  canvas.select([id]);
  canvas.focused = id;
  return id;
}

const part = ({ content }: Asset, text: boolean): Record<string, unknown> =>
  Object.fromEntries(Object.entries(content).filter(([name]) => TEXTS.has(name) === text));

/** Connect the node that shows an asset already, wherever it is; its id, or undefined where none does. */
function connectShown(canvas: CanvasStore, asset: Asset, target: string, at?: Point): string | undefined {
  for (const node of canvas.project.graph.nodes.values()) {
    const reference = referenceOf(node);
    if (reference?.id !== asset.id || reference.frozen) continue;
    return connect(canvas, node.id, target, at) ? node.id : undefined;
  }
  return undefined;
}

/** Wire an asset's node to the socket of another that takes it; whether there is one. */
function connect(canvas: CanvasStore, source: string, target: string, at?: Point): boolean {
  const { graph, catalog } = canvas.project;
  const type = catalog.nodeTypes.get(graph.nodes.get(target)?.type ?? '');
  const [socket] = catalog.nodeTypes.get(graph.nodes.get(source)?.type ?? '')?.outputs ?? [];
  if (!socket) return false;
  const connecting = new Connecting({ node: source, socket: socket.id, side: 'out' }, graph, catalog.registry);
  const to = connecting.best(target, type);
  if (!to) return false;
  const there = graph.incoming(to.node, to.socket);
  if (there.some((edge) => edge.source === source)) {
    if (at) canvas.say('It is connected already.', at);
    return true;
  }
  const order = keyBetween(there.at(-1)?.order ?? null, null);
  return canvas.submit([connecting.edge(to, newId(), order)], 'Connect an asset', at) === null;
}

const IMPORTS: Readonly<Record<string, string>> = {
  image: 'film.image_import',
  video: 'film.video_import',
  audio: 'film.audio_import',
};

/** Send files and put an import node for each that arrived on the canvas, side by side. */
export async function addFiles(
  canvas: CanvasStore,
  files: readonly File[],
  place: Point,
  progress: (done: number) => void,
): Promise<void> {
  const { level } = canvas;
  const stored = await sendAll(canvas.project.id, files, progress);
  const known = stored.filter(({ media_type: type }) => IMPORTS[kindOf(type)] !== undefined);
  if (known.length < stored.length) {
    toasts.say('Only pictures, videos and sounds become nodes.', { hint: 'A script is brought in on its own node.' });
  }
  if (known.length > 0) addImports(canvas, known, place, level);
}

const kindOf = (mediaType: string): string => mediaType.split('/')[0] ?? '';

function addImports(canvas: CanvasStore, files: readonly StoredMedia[], [x, y]: Point, level: string | null): void {
  const { project } = canvas;
  let order = project.graph.children(level).at(-1)?.order ?? null;
  let left = x;
  const ids: string[] = [];
  const ops = files.flatMap((media): Operation[] => {
    const definition = project.catalog.nodeTypes.get(IMPORTS[kindOf(media.media_type)] ?? '');
    if (!definition) return [];
    const { width } = layoutOf(definition);
    order = keyBetween(order, null);
    const id = newId();
    ids.push(id);
    const pos: Point = [Math.round(left - width / 2), Math.round(y - HEADER / 2)];
    left += width + 40;
    const name = (media.name ?? '').replace(/\.[^.]+$/, '').slice(0, 300);
    return [{ op: 'node.add', id, type: definition.id, parent: level, order, pos, data: { name, media } }];
  });
  const label = ids.length === 1 ? 'Add a file' : `Add ${String(ids.length)} files`;
  if (canvas.submit(ops, label) === null && canvas.level === level) canvas.select(ids);
}
