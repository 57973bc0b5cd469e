// What the thing under the pointer, or in the keyboard's focus, is called: one bubble for the page.
// A thing that has a tooltip costs two listeners; the bubble is loaded when the first is shown.

export interface TooltipContent {
  readonly text: string;
  readonly keys: string | undefined;
  readonly side: 'top' | 'bottom' | 'left' | 'right';
}

export interface Tooltip {
  readonly anchor: HTMLElement;
  /** What it says now; followed by whoever shows it. */
  readonly content: () => TooltipContent;
}

/** Milliseconds of the pointer's rest before one is shown; right after another it is shown at once. */
const DELAY = 450;
const SKIPS_DELAY = 200;
/** Milliseconds for the way from the thing into its bubble. */
const LEAVES = 120;
const BUBBLE = 'tooltip';

class Tooltips {
  shown = $state.raw<Tooltip | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closedAt = Number.NEGATIVE_INFINITY;

  /** Show this tooltip for an element; gives the way to end that. */
  follow(anchor: HTMLElement, content: Tooltip['content']): () => void {
    const tooltip = { anchor, content };
    const enter = ({ pointerType }: PointerEvent): void => {
      if (pointerType === 'touch') return;
      if (this.shown?.anchor === anchor) this.stay();
      else if (performance.now() - this.#closedAt < SKIPS_DELAY || this.shown) this.#show(tooltip);
      else this.#after(DELAY, () => this.#show(tooltip));
    };
    const focus = (): void => {
      if (anchor.matches(':focus-visible')) this.#show(tooltip);
    };
    const close = (): void => this.close();
    const listeners = [
      ['pointerenter', enter],
      ['pointerleave', () => this.leave()],
      ['pointerdown', close],
      ['focus', focus],
      ['blur', close],
    ] as const;
    for (const [type, listener] of listeners) anchor.addEventListener(type, listener as EventListener);
    return () => {
      for (const [type, listener] of listeners) anchor.removeEventListener(type, listener as EventListener);
      if (this.shown?.anchor === anchor) close();
    };
  }

  /** The pointer came back, or into the bubble. */
  stay(): void {
    clearTimeout(this.#timer);
  }

  /** The pointer left; unless it comes back soon, the bubble goes. */
  leave(): void {
    if (this.shown) this.#after(LEAVES, () => this.close());
    else clearTimeout(this.#timer);
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.shown === null) return;
    const { anchor } = this.shown;
    if (anchor.getAttribute('aria-describedby') === BUBBLE) anchor.removeAttribute('aria-describedby');
    this.shown = null;
    this.#closedAt = performance.now();
  }

  #show(tooltip: Tooltip): void {
    this.close();
    if (!tooltip.anchor.hasAttribute('aria-describedby')) tooltip.anchor.setAttribute('aria-describedby', BUBBLE);
    this.shown = tooltip;
  }

  #after(time: number, work: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, time);
  }
}

export const tooltips = new Tooltips();
