// Which keys belong to a player wherever one is shown.

/** The keys without Ctrl that a player takes, as `KeyboardEvent.key` has them in lower case. */
export const PLAYER_KEYS: ReadonlySet<string> = new Set([
  ' ', 'j', 'k', 'l', 'i', 'o', 'x', 'm', 'f',
  'arrowleft', 'arrowright', 'arrowup', 'arrowdown', 'home', 'end',
]);
