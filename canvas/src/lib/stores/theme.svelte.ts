// Dark by default; light, or as the machine has it, where a person asked for it. Kept on this machine.

const KEY = 'director.theme';

export type Theme = 'dark' | 'light';
export type ThemeChoice = Theme | 'system';

const light = matchMedia('(prefers-color-scheme: light)');

function kept(): ThemeChoice {
  const found = localStorage.getItem(KEY);
  return found === 'light' || found === 'system' ? found : 'dark';
}

class ThemeStore {
  choice = $state<ThemeChoice>(kept());
  #machine = $state<Theme>(light.matches ? 'light' : 'dark');
  readonly theme: Theme = $derived(this.choice === 'system' ? this.#machine : this.choice);

  constructor() {
    light.addEventListener('change', ({ matches }) => {
      this.#machine = matches ? 'light' : 'dark';
      this.show();
    });
  }

  /** Put the theme on the page; call it once, at the root. */
  show(): void {
    document.documentElement.dataset.theme = this.theme;
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    localStorage.setItem(KEY, choice);
    this.show();
  }

  toggle(): void {
    this.choose(this.theme === 'dark' ? 'light' : 'dark');
  }
}

export const themeStore = new ThemeStore();
