// How a transition is seen by CSS alone: two pictures on each other, the one that comes above.

import type { SequenceTransition } from './sequence';

export interface Look {
  readonly opacity: string;
  readonly clip: string;
  readonly transform: string;
  readonly order: string;
}

type Drawn = Pick<SequenceTransition, 'kind' | 'direction'>;

/** How one of the two pictures is shown when a transition is `progress` (0 to 1) through. A fade is
 * not drawn here: what is seen of it is how black the one picture is, see `Shown.black`. */
export function lookOf(transition: Drawn | undefined, progress: number, comes: boolean, there = true): Look {
  const plain = { opacity: there ? '1' : '0', clip: 'none', transform: 'none', order: comes ? '1' : '0' };
  if (!transition || !there) return plain;
  const { kind, direction = 'left' } = transition;
  if (kind === 'dissolve') return comes ? { ...plain, opacity: String(progress) } : plain;
  const rest = `${((1 - progress) * 100).toFixed(3)}%`;
  if (kind === 'wipe' && comes) {
    const sides = { left: '0 0 0 ' + rest, right: `0 ${rest} 0 0`, up: `${rest} 0 0 0`, down: `0 0 ${rest} 0` };
    return { ...plain, clip: `inset(${sides[direction]})` };
  }
  if (kind === 'push') {
    const axis = direction === 'left' || direction === 'right' ? 'X' : 'Y';
    const sign = direction === 'left' || direction === 'up' ? 1 : -1;
    const by = comes ? (1 - progress) * sign : -progress * sign;
    return { ...plain, transform: `translate${axis}(${(by * 100).toFixed(3)}%)` };
  }
  return plain;
}
