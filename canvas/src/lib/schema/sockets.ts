// What a socket looks like: a colour from the server and a shape, so that colour is never alone.

import type { SocketTypeDefinition } from '$lib/stores/catalog';

export type Shape = 'circle' | 'square' | 'diamond' | 'arrow' | 'hexagon' | 'ring';

const ASSETS = new Set(['Character', 'Style', 'Environment', 'AssetReference', 'StyleParameters']);
const VALUES = new Set(['Text', 'Number', 'Boolean', 'Array']);
const OTHERS: readonly Shape[] = ['hexagon', 'square', 'diamond'];

export const NEUTRAL = '#8f8f8f';

/** Media are round, values stand on a corner, assets are square, order points ahead. */
export function shapeOf(id: string, type: SocketTypeDefinition | undefined): Shape {
  if (id === '*') return 'ring';
  if (type?.order_only) return 'arrow';
  if (type?.media) return 'circle';
  if (ASSETS.has(id)) return 'square';
  if (VALUES.has(id)) return 'diamond';
  // Of a plugin: always the same one.
  let sum = 0;
  for (const letter of id) sum += letter.codePointAt(0) ?? 0;
  return OTHERS[sum % OTHERS.length] ?? 'hexagon';
}

/** The outline of a shape around a middle, as SVG path data; canvas reads it as well. */
export function shapePath(shape: Shape, x: number, y: number, r: number): string {
  switch (shape) {
    case 'square':
      return polygon([[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]], x, y, r);
    case 'diamond':
      return polygon([[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]], x, y, r);
    case 'arrow':
      return polygon([[-0.8, -1], [1.1, 0], [-0.8, 1]], x, y, r);
    case 'hexagon':
      return polygon([[-0.55, -0.95], [0.55, -0.95], [1.1, 0], [0.55, 0.95], [-0.55, 0.95], [-1.1, 0]], x, y, r);
    default:
      return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  }
}

function polygon(points: readonly (readonly [number, number])[], x: number, y: number, r: number): string {
  return `M${points.map(([dx, dy]) => `${x + dx * r} ${y + dy * r}`).join('L')}z`;
}
