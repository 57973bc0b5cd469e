// Short messages that come and go; what a person must not miss does not belong here.

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly hint?: string | undefined;
  readonly tone: 'plain' | 'ok' | 'danger';
  readonly action?: { readonly title: string; run(): void } | undefined;
}

const LASTING = 6_000;
const MOST = 4;

class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #next = 1;

  say(text: string, options: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
    // The same thing said again is said once.
    const kept = this.list.filter((toast) => toast.text !== text);
    const toast: Toast = { tone: 'plain', ...options, id: this.#next, text };
    this.#next += 1;
    this.list = [...kept, toast].slice(-MOST);
    setTimeout(() => this.close(toast.id), options.action ? 2 * LASTING : LASTING);
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
