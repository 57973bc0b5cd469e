// Where a log-in leads afterwards.

/** An address of this page, or home: never one that a foreign link put there. */
export const safeTarget = (to: string | null): string => (to !== null && /^\/(?![/\\])/.test(to) ? to : '/');
