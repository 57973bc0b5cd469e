// Time and chance, given from outside so that tests hold them in their hands.

export interface Clock {
  /** Milliseconds from any beginning. */
  now(): number;
  /** Call once after so many milliseconds; gives the way to forget it. */
  after(delay: number, call: () => void): () => void;
  /** A number from 0 to 1. */
  chance(): number;
}

export const realClock: Clock = {
  now: () => performance.now(),
  after(delay, call) {
    const timer = setTimeout(call, delay);
    return () => clearTimeout(timer);
  },
  chance: Math.random,
};
