// How the camera of a shot moves: in the plane of the picture (2D), or through the space (3D).

export type Space = '2d' | '3d';

const PLANE = ['static', 'pan_left', 'pan_right', 'tilt_up', 'tilt_down', 'zoom_in', 'zoom_out'];
const SPACE = ['static', 'dolly_in', 'dolly_out', 'truck_left', 'truck_right', 'crane_up', 'crane_down', 'handheld'];

/** The movement in the other space that looks most like it. */
const COUNTERPARTS: ReadonlyMap<string, string> = new Map([
  ['pan_left', 'truck_left'],
  ['pan_right', 'truck_right'],
  ['tilt_up', 'crane_up'],
  ['tilt_down', 'crane_down'],
  ['zoom_in', 'dolly_in'],
  ['zoom_out', 'dolly_out'],
]);
const BACK = new Map([...COUNTERPARTS].map(([plane, space]) => [space, plane]));

/** The movements of a space, as far as the node type has them. */
export const movementsOf = (space: Space, known: readonly string[]): string[] =>
  (space === '2d' ? PLANE : SPACE).filter((movement) => known.includes(movement));

/** Where a movement belongs; undefined for one that belongs to both. */
export function spaceOf(movement: string): Space | undefined {
  if (movement === 'static') return undefined;
  return PLANE.includes(movement) ? '2d' : '3d';
}

/** What a movement becomes in a space. */
export function movedTo(space: Space, movement: string): string {
  const found = space === '3d' ? COUNTERPARTS.get(movement) : BACK.get(movement);
  return spaceOf(movement) === space ? movement : (found ?? 'static');
}
