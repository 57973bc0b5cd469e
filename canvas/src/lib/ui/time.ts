// Times as people say them.

const STEPS: readonly (readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [60, 'second'],
  [3_600, 'minute'],
  [86_400, 'hour'],
  [604_800, 'day'],
  [2_592_000, 'week'],
];
const SIZES: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800 };

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const dateAndTime = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** `just now`, `5 minutes ago`, `yesterday`; a date for what is more than a month away. */
export function ago(time: string, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 45) return 'just now';
  for (const [below, unit] of STEPS) {
    if (distance < below) return relative.format(Math.round(seconds / (SIZES[unit] ?? 1)), unit);
  }
  return day(time);
}

export const day = (time: string): string => date.format(new Date(time));

export const moment = (time: string): string => dateAndTime.format(new Date(time));
