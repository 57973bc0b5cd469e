// Questions about single things that are asked at about the same time, as one question about all.

/** What is asked within this time is one question, in milliseconds: nodes are mounted a few in each
 * frame. */
const TOGETHER = 50;
/** So many ids fit into one address. */
const MOST = 100;

/** A function that asks about one key, and waits a little for others to ask with it. */
export function askedTogether<Answer>(
  ask: (keys: string[]) => Promise<ReadonlyMap<string, Answer>>,
): (key: string) => Promise<Answer | undefined> {
  let open: { keys: Set<string>; answer: Promise<ReadonlyMap<string, Answer>> } | undefined;
  return async (key) => {
    if (!open || open.keys.size >= MOST) {
      const keys = new Set<string>();
      const answer = new Promise((done) => setTimeout(done, TOGETHER)).then(() => {
        if (open?.keys === keys) open = undefined;
        return ask([...keys]);
      });
      open = { keys, answer };
    }
    open.keys.add(key);
    return (await open.answer).get(key);
  };
}
