// Dark by default; light where a person asked for it, kept on this machine.

const KEY = 'director.theme';

export type Theme = 'dark' | 'light';

class ThemeStore {
  theme = $state<Theme>(localStorage.getItem(KEY) === 'light' ? 'light' : 'dark');

  /** Put the theme on the page; call it once, at the root. */
  show(): void {
    document.documentElement.dataset.theme = this.theme;
  }

  toggle(): void {
    this.theme = this.theme === 'dark' ? 'light' : 'dark';
    localStorage.setItem(KEY, this.theme);
    this.show();
  }
}

export const themeStore = new ThemeStore();
