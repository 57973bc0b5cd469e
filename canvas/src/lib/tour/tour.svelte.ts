// How far a person is in the tour: offered once, ended for good, begun again from the help menu.

const KEY = 'director.tour';

/** Begin a film; open a scene; make a take; it is made. */
export const STEPS = ['begin', 'scene', 'take', 'done'] as const;
export type TourStep = (typeof STEPS)[number];

type Kept = TourStep | 'ended' | null;

class TourStore {
  #kept = $state<Kept>(read());
  /** The project in which the tour goes on. */
  #project = $state(localStorage.getItem(`${KEY}.project`) ?? '');

  /** Where the tour is; null where it was never begun or is over. */
  get step(): TourStep | null {
    return this.#kept === 'ended' ? null : this.#kept;
  }

  /** Whether it was never offered. */
  get isNew(): boolean {
    return this.#kept === null;
  }

  /** Whether the tour is to be seen in this project. */
  goesOnIn(project: string): boolean {
    return this.step !== null && this.step !== 'begin' && this.#project === project;
  }

  restart(): void {
    this.#keep('begin');
  }

  /** Go on in a project. */
  enter(project: string): void {
    this.#project = project;
    localStorage.setItem(`${KEY}.project`, project);
    this.#keep('scene');
  }

  /** Go on from `step`; nothing happens when the tour is elsewhere. */
  next(step: TourStep): void {
    if (this.#kept !== step) return;
    this.#keep(STEPS[STEPS.indexOf(step) + 1] ?? 'ended');
  }

  end(): void {
    this.#keep('ended');
  }

  #keep(step: Kept): void {
    this.#kept = step;
    localStorage.setItem(KEY, step ?? '');
  }
}

function read(): Kept {
  const found = localStorage.getItem(KEY);
  return found === 'ended' || STEPS.some((step) => step === found) ? (found as Kept) : null;
}

export const tour = new TourStore();
