// Sync marks: moments of a sound that belong to a moment of the picture, in the order of time.

export interface SyncMark {
  readonly time: number;
  readonly label: string;
}

/** The marks as they are stored, those of a wrong kind left out. */
export function marksOf(stored: readonly unknown[]): SyncMark[] {
  return stored.flatMap((one) => {
    const { time, label } = (one ?? {}) as Partial<SyncMark>;
    return typeof time === 'number' ? [{ time, label: typeof label === 'string' ? label : '' }] : [];
  });
}

const rounded = (time: number): number => Math.round(Math.max(0, time) * 1000) / 1000;

/** With another mark; its name is the next number. */
export const withMark = (marks: readonly SyncMark[], time: number): SyncMark[] =>
  sorted([...marks, { time: rounded(time), label: nextLabel(marks) }]);

export const moved = (marks: readonly SyncMark[], at: number, time: number): SyncMark[] =>
  sorted(marks.map((mark, place) => (place === at ? { ...mark, time: rounded(time) } : mark)));

export const renamed = (marks: readonly SyncMark[], at: number, label: string): SyncMark[] =>
  marks.map((mark, place) => (place === at ? { ...mark, label } : mark));

export const without = (marks: readonly SyncMark[], at: number): SyncMark[] =>
  marks.filter((_, place) => place !== at);

const sorted = (marks: SyncMark[]): SyncMark[] => marks.sort((a, b) => a.time - b.time);

function nextLabel(marks: readonly SyncMark[]): string {
  const taken = new Set(marks.map(({ label }) => label));
  for (let number = 1; ; number += 1) if (!taken.has(`Mark ${String(number)}`)) return `Mark ${String(number)}`;
}
