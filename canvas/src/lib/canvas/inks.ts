// The colours that the painted layer uses, read from the tokens when the theme changes.

export interface Inks {
  readonly grid: string;
  readonly panel: string;
  readonly line: string;
  readonly veil: string;
  readonly field: string;
  readonly text: string;
  readonly quiet: string;
  readonly selection: string;
  readonly busy: string;
  readonly stale: string;
  readonly danger: string;
  readonly waiting: string;
  readonly font: string;
}

export function readInks(element: Element): Inks {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    grid: read('--canvas-grid'),
    panel: read('--panel'),
    line: read('--line'),
    veil: read('--veil'),
    field: read('--field'),
    text: read('--text'),
    quiet: read('--text-quiet'),
    selection: read('--selection'),
    busy: read('--busy'),
    stale: read('--stale'),
    danger: read('--danger'),
    waiting: read('--waiting'),
    font: read('--font'),
  };
}
