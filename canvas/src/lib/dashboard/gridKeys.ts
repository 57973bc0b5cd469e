// Arrows through a grid of cards, as they stand on the screen.

/** The card that an arrow leads to from the focused one; undefined where there is none. */
export function cardTowards(grid: HTMLElement, from: Element | null, key: string): HTMLElement | undefined {
  const cards = [...grid.querySelectorAll<HTMLElement>('[data-card]')];
  const place = cards.findIndex((card) => card === from);
  const here = cards[place];
  if (here === undefined) return undefined;
  if (key === 'Home') return cards[0];
  if (key === 'End') return cards.at(-1);
  if (key === 'ArrowLeft') return cards[place - 1];
  if (key === 'ArrowRight') return cards[place + 1];
  // The next row is where the top of the cards changes: the grid knows how many fit, we do not.
  const top = here.getBoundingClientRect().top;
  const left = here.getBoundingClientRect().left;
  const down = key === 'ArrowDown';
  const beyond = cards.filter((card) => {
    const other = card.getBoundingClientRect().top;
    return down ? other > top + 1 : other < top - 1;
  });
  if (beyond.length === 0) return undefined;
  const row = down
    ? Math.min(...beyond.map((card) => card.getBoundingClientRect().top))
    : Math.max(...beyond.map((card) => card.getBoundingClientRect().top));
  return beyond
    .filter((card) => Math.abs(card.getBoundingClientRect().top - row) < 2)
    .toSorted(
      (a, b) =>
        Math.abs(a.getBoundingClientRect().left - left) - Math.abs(b.getBoundingClientRect().left - left),
    )[0];
}
