// What closed tabs left unsent: sent by clients that live as long as that takes.

import { Client, type ClientOptions } from './client';
import type { Outbox } from './outbox';

/** Send all that is in these outboxes, one after the other. */
export async function emptyOrphans(
  orphans: readonly Outbox[],
  options: Omit<ClientOptions, 'outbox'>,
): Promise<void> {
  for (const outbox of orphans) await empty(outbox, options);
}

function empty(outbox: Outbox, options: Omit<ClientOptions, 'outbox'>): Promise<void> {
  return new Promise((resolve) => {
    let client: Client | undefined;
    let done = false;
    const end = (): void => {
      if (done) return;
      done = true;
      void client?.stop().then(resolve);
    };
    const refused = options.listener?.refused;
    const listener = { ...(refused && { refused }), onUnauthorized: end };
    client = new Client({ ...options, outbox, listener });
    client.status.subscribe(({ state }) => {
      if (state === 'saved') end();
    });
    client.start();
  });
}
