// Keys as people write them: `Mod+Shift+Z`, `Alt+ArrowUp`, `?`.

const isMac = (): boolean => /Mac|iP/.test(navigator.platform);

const NAMES: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Delete: 'Del',
  Backspace: '⌫',
  ' ': 'Space',
};

/** The keys that an event holds, in the one form in which they are looked up. */
export function keysOf(event: KeyboardEvent): string {
  const mod = isMac() ? event.metaKey : event.ctrlKey;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // A sign such as ? is reached by Shift on some keyboards and not on others.
  const shift = event.shiftKey && (event.key.length > 1 || /[A-Z0-9]/.test(key));
  return [mod && 'Mod', event.altKey && 'Alt', shift && 'Shift', key].filter(Boolean).join('+');
}

/** Keys as this machine's keyboard calls them. */
export function shown(keys: string): string {
  const mac = isMac();
  return keys
    .split('+')
    .map((part) => {
      if (part === 'Mod') return mac ? '⌘' : 'Ctrl';
      if (part === 'Shift') return mac ? '⇧' : 'Shift';
      if (part === 'Alt') return mac ? '⌥' : 'Alt';
      return NAMES[part] ?? part;
    })
    .join(mac ? '' : '+');
}
