// Who else is here and where; and telling the others where this person is, not too often.

import type { Presence as Place } from '../protocol/clientEvents';
import type { Clock } from './clock';
import type { Person, PresenceChanged } from '../protocol/serverEvents';
import { Store } from './store';

/** Twenty times a second is as often as anybody sees. */
const SHORTEST = 50;

export class Presence {
  /** Everybody who has the project open, by session; this one is among them. */
  readonly people = new Store<ReadonlyMap<string, Person>>(new Map());
  readonly #say: (place: Place) => boolean;
  readonly #clock: Clock;
  #mine: Place = {};
  #unsaid: Place = {};
  #saidAt = Number.NEGATIVE_INFINITY;
  #forget: (() => void) | undefined;

  constructor(say: (place: Place) => boolean, clock: Clock) {
    this.#say = say;
    this.#clock = clock;
  }

  /** This person moved; what is not named stays as it was, null clears it. */
  move(place: Place): void {
    this.#mine = { ...this.#mine, ...place };
    this.#unsaid = { ...this.#unsaid, ...place };
    if (this.#forget !== undefined) return;
    const wait = this.#saidAt + SHORTEST - this.#clock.now();
    if (wait <= 0) this.#send();
    else this.#forget = this.#clock.after(wait, () => this.#send());
  }

  /** A new connection: the others know nothing of this person. */
  joined(people: readonly Person[]): void {
    this.people.set(new Map(people.map((person) => [person.session_id, person])));
    this.#unsaid = this.#mine;
    if (Object.keys(this.#unsaid).length > 0) this.#send();
  }

  changed({ people = [], gone = [] }: PresenceChanged): void {
    const now = new Map(this.people.get());
    for (const person of people) now.set(person.session_id, person);
    for (const session of gone) now.delete(session);
    this.people.set(now);
  }

  /** The connection is gone, and with it what was to be said. */
  left(): void {
    this.#forget?.();
    this.#forget = undefined;
    this.people.set(new Map());
  }

  #send(): void {
    this.#forget?.();
    this.#forget = undefined;
    if (!this.#say(this.#unsaid)) return;
    this.#unsaid = {};
    this.#saidAt = this.#clock.now();
  }
}
