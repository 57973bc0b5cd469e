// One client's copy of a graph: what the server confirmed, this person's unanswered steps, and the
// view, which is both. It predicts; the server decides. No clock, no chance, no network.

import type { ClientEvent } from '../protocol/clientEvents';
import type { Rejected, Stored, SyncedGraph, Welcome } from '../protocol/serverEvents';
import { apply, type Rejection } from './apply';
import { Graph, textKey } from './model';
import type { Operation } from './operations';
import { type Packed, pack, unpack } from './packing';
import {
  asPredicted,
  carry,
  changedBy,
  editedBy,
  idsOf,
  isLive,
  merge,
  newStep,
  onTouched,
  remakes,
  type PendingStep,
  textAfter,
  textsOf,
} from './pending';
import { Projection, type Round } from './projection';
import type { Registry } from './registry';
import { refill } from './refill';
import { replay } from './replay';
import { BadDelta, compose, type TextDelta, invert, normalise, replacement } from './text';
import { textAt } from './textRules';
import { inverseOf, inverseOfStep, UndoStack } from './undo';

/** Unanswered transactions that may be under way at once. */
const IN_FLIGHT = 8;
const LONGEST_LABEL = 200;

export interface Refusal extends Rejection {
  readonly seq: number;
  readonly label: string;
  readonly ops: readonly Operation[];
}

/** What a replica tells whoever holds it. All are called after the state has changed. */
export interface Listener {
  /** These nodes and edges look different now; `''` stands for the graph's settings. */
  changed?(ids: ReadonlySet<string>): void;
  /** The server refused a step; what it had changed is gone from the view. */
  refused?(refusal: Refusal): void;
  /** A step was stored. */
  acknowledged?(seq: number, version: number): void;
  /** The unanswered steps are others than before: time to keep and send them. */
  pending?(): void;
}

export interface SubmitOptions {
  readonly label?: string;
  /** A step of its own, even if it could be joined with the one before. */
  readonly fresh?: boolean;
}

export class Replica {
  readonly confirmed = new Graph();
  clientId: string;
  epoch = 0;
  /** Whether a state of the server's has been here. */
  synced = false;
  readonly #registry: Registry;
  readonly #listener: Listener;
  readonly #projection: Projection;
  #steps: PendingStep[] = [];
  #nextSeq = 1;
  #userId = '';
  readonly #undo = new UndoStack();
  /** Texts as they were when the kept steps were written down, until the first state is here. */
  #kept: ReadonlyMap<string, string> | undefined;

  constructor(registry: Registry, listener: Listener = {}, clientId = '') {
    this.#registry = registry;
    this.#listener = listener;
    this.clientId = clientId;
    this.#projection = new Projection(this.confirmed, registry);
  }

  /** The graph as this person sees it. */
  get view(): Graph {
    return this.#projection.view;
  }

  get version(): number {
    return this.confirmed.version;
  }

  /** The steps that are not answered yet, the oldest first. */
  get steps(): readonly PendingStep[] {
    return this.#steps;
  }

  /** The lowest number that is not settled: for `client:hello`. */
  get nextSeq(): number {
    const numbers = this.#steps.filter(({ seq }) => seq > 0).map(({ seq }) => seq);
    return Math.min(this.#nextSeq, ...numbers);
  }

  /** Whether the fate of something that was sent is unknown. */
  get awaiting(): boolean {
    return this.#steps.some(({ seq, accepted }) => seq > 0 && accepted === 0);
  }

  // ------------------------------------------------------------------ this person

  /** Do a step at once and queue it for the server; or leave all as it was and say why. */
  submit(ops: readonly Operation[], options: SubmitOptions = {}): Rejection | null {
    const step = newStep('ops', (options.label ?? '').slice(0, LONGEST_LABEL), this.version, ops.map(plain));
    if (step.ops.every(isIdle)) return null;
    const done = apply(this.view, { ops: step.ops }, this.#registry, '', { predicting: true });
    if (done.rejection !== null) return done.rejection;
    if (done.effects.length === 0) return null;
    step.effects = done.effects;
    const last = this.#steps.at(-1);
    if (options.fresh || last === undefined || !merge(last, step)) {
      step.ids = idsOf(step);
      this.#steps.push(step);
      this.#projection.add(step);
    }
    this.#tell(changedBy(done.effects));
    this.#listener.pending?.();
    return null;
  }

  /**
   * Take back this person's last step, or do it again. The server knows which it was; where this
   * client knows as well, it is shown at once.
   */
  request(kind: 'undo' | 'redo'): void {
    const step = newStep(kind, '', this.version);
    [step.ops, step.effects] = this.#projection.attempt(this.#inverse(step), kind);
    step.ids = idsOf(step);
    this.#steps.push(step);
    if (isLive(step)) this.#projection.add(step);
    this.#tell(changedBy(step.effects));
    this.#listener.pending?.();
  }

  /** The next event for the server, or null when it is to be waited for. */
  next(): ClientEvent | null {
    const sent = this.#steps.filter((step) => step.sent);
    const step = this.#steps.find((one) => !one.sent && one.accepted === 0);
    if (step === undefined || sent.length >= IN_FLIGHT) return null;
    // An edit of a text stands on the person's edits before it. Were one of these refused, it
    // would land in the wrong place; so it waits for their answers, and grows meanwhile.
    const texts = new Set(sent.flatMap((one) => one.ops.flatMap(textsOf)));
    const waits = step.ops.some((op) => textsOf(op).some((key) => texts.has(key)));
    if (waits && step.kind === 'ops') return null;
    if (step.seq === 0) {
      step.seq = this.#nextSeq;
      this.#nextSeq += 1;
    }
    step.sent = true;
    const { seq } = step;
    if (step.kind !== 'ops') return { event: `client:${step.kind}`, payload: { seq } };
    const base = step.aside < 0 ? this.version : step.aside;
    const ops = step.ops.map((op) => (op.op === 'text.edit' ? { ...op, base } : op));
    return {
      event: 'client:ops',
      payload: { seq, ops, base_version: step.base, label: step.label },
    };
  }

  /** The connection is gone: what was under way has to be asked for. */
  disconnect(): void {
    for (const step of this.#steps) step.sent = false;
  }

  /** The unanswered steps in a form that can be kept. */
  pack(): Packed {
    return pack(this.#steps, this.#nextSeq, this.confirmed, this.#registry, this.#kept);
  }

  /** Take up steps that were kept, before anything else happens here. */
  unpack(packed: Packed): void {
    const { steps, texts, nextSeq } = unpack(packed);
    this.#steps = steps;
    this.#nextSeq = nextSeq;
    this.#kept = texts;
    for (const step of steps) {
      step.ids = idsOf(step);
      if (isLive(step)) this.#projection.add(step);
    }
  }

  // ------------------------------------------------------------------ the server

  /** Learn what became of what was sent. What was missed follows. */
  welcome(welcome: Welcome): void {
    this.clientId = welcome.client_id;
    this.#userId = welcome.user_id;
    for (const rejected of welcome.refused ?? []) this.reject(rejected);
    for (const step of [...this.#steps]) {
      if (step.seq === 0 || step.seq > welcome.settled) continue;
      const version = welcome.accepted?.[step.seq];
      if (version !== undefined) step.accepted = version;
      // Either it is being stored at this moment, or it was refused before the server forgot:
      // sent again, it comes back in the first case alone.
      else step.unconfirmed = true;
    }
    this.#nextSeq = Math.max(this.#nextSeq, welcome.settled + 1);
  }

  /** Take in stored transactions; false when one before them is missing. */
  receive(transactions: readonly Stored[]): boolean {
    const round: Round = { ids: new Set(), rewind: false };
    const answered: [number, number][] = [];
    let whole = true;
    for (const stored of transactions) {
      if (stored.version <= this.version) {
        if (stored.client_id === this.clientId) this.#conclude(stored.seq, stored.version);
        continue;
      }
      if (stored.version !== this.version + 1) {
        whole = false;
        break;
      }
      const mine = this.#take(stored, round);
      if (mine !== undefined) answered.push([mine.seq, stored.version]);
    }
    this.#settle(round);
    for (const [seq, version] of answered) this.#listener.acknowledged?.(seq, version);
    if (answered.length > 0) this.#listener.pending?.();
    // An undo that took nothing back has no version of its own.
    for (const { seq, accepted } of [...this.#steps]) {
      if (accepted > 0 && accepted <= this.version) this.acknowledge(seq, accepted);
    }
    return whole;
  }

  /** Take in a state difference, which leads to a version at once. */
  catchUp(ops: readonly Operation[], version: number): void {
    this.#undo.clear();
    this.#replace(version, (ids) => replay(this.confirmed, ops, this.#registry, ids));
  }

  /** Take in the whole graph. */
  reset(graph: SyncedGraph): void {
    this.#undo.clear();
    this.epoch = graph.epoch;
    this.confirmed.id = graph.id;
    this.synced = true;
    this.#replace(graph.version, (ids) => refill(this.confirmed, graph, ids));
  }

  /** A step was refused: what it changed goes from the view. */
  reject(rejected: Rejected): void {
    const place = this.#steps.findIndex(({ seq }) => seq === rejected.seq && seq > 0);
    const step = this.#steps[place];
    if (step === undefined) return;
    if (isLive(step)) {
      for (const key of editedBy(step)) {
        const before = this.#textAt(key, place);
        if (before !== undefined) this.#removeEdits(place, key, before);
      }
    }
    this.#remove(step);
    const ids = new Set(step.ids);
    for (const undo of this.#steps.filter(({ target }) => target === step)) {
      this.#hide(undo);
      for (const id of undo.ids) ids.add(id);
    }
    if (step.kind !== 'ops') this.#undo.clear();
    this.#settle({ ids, rewind: true });
    const { seq, label } = step;
    const ops = step.kind === 'ops' ? step.ops : [];
    const { reason, message, operation = 0, id = '', hint = '' } = rejected;
    this.#listener.refused?.({ seq, reason, message, operation, id, hint, label, ops });
    this.#listener.pending?.();
  }

  /** A step that was sent again had been stored before. */
  acknowledge(seq: number, version: number): void {
    const step = this.#steps.find((one) => one.seq === seq);
    if (step === undefined) return;
    step.accepted = version;
    if (version > this.version) return;
    if (step.unconfirmed && step.kind === 'ops') {
      this.reject({ seq, reason: 'unknown', message: UNKNOWN, hint: AGAIN });
      return;
    }
    this.#conclude(seq, version);
  }

  /** A step is part of the confirmed state. */
  #conclude(seq: number, version: number): void {
    const step = this.#steps.find((one) => one.seq === seq);
    if (step === undefined) return;
    this.#remove(step);
    this.#settle({ ids: new Set(step.ids), rewind: true });
    this.#listener.acknowledged?.(seq, version);
    this.#listener.pending?.();
  }

  /** An undo that found nothing to take back stored nothing; it is answered all the same. */
  concludeUndo(seq: number): void {
    const step = this.#steps.find((one) => one.seq === seq);
    if (step === undefined) return;
    this.#hide(step);
    this.#remove(step);
    if (step.kind !== 'ops') this.#undo.discard(step.kind);
    this.#settle({ ids: new Set(step.ids), rewind: true });
    this.#listener.pending?.();
  }

  // ------------------------------------------------------------------ inside

  /** One stored transaction; gives the step of this person that it answers. */
  #take(stored: Stored, round: Round): PendingStep | undefined {
    const place =
      stored.client_id === this.clientId && stored.seq > 0
        ? this.#steps.findIndex(({ seq }) => seq === stored.seq)
        : -1;
    const mine = this.#steps[place];
    const predicted =
      mine !== undefined &&
      isLive(mine) &&
      this.#steps.findIndex(isLive) === place &&
      asPredicted(mine.effects, stored.ops);
    if (mine !== undefined) {
      if (!predicted && isLive(mine)) {
        for (const key of editedBy(mine)) {
          const before = this.#textAt(key, place);
          if (before !== undefined) this.#removeEdits(place, key, before);
        }
        for (const id of mine.ids) round.ids.add(id);
        round.rewind = true;
      }
      this.#remove(mine);
    }
    const own = stored.user_id === this.#userId && stored.origin !== 'system';
    const inverse: Operation[] = [];
    if (!predicted) this.#projection.noteForeign(stored.ops, round);
    for (const op of stored.ops) {
      if (own) inverse.unshift(...inverseOf(this.confirmed, op, this.#registry));
      // What was predicted the view shows already.
      if (predicted) replay(this.confirmed, [op], this.#registry, new Set());
      else this.#replayText(op, round.ids);
    }
    this.confirmed.version = stored.version;
    if (!own) this.#undo.overwrite(stored.version, stored.ops);
    else if (stored.ops.length > 0) this.#undo.add(stored.version, stored.undo_of, inverse);
    return mine;
  }

  /** One effect of somebody else's; this person's edits of the same text are carried over it. */
  #replayText(op: Operation, ids: Set<string>): void {
    const keys = textsOf(op).filter((key) => this.#projection.edits(key));
    const before = keys.map((key) => this.#confirmedText(key));
    replay(this.confirmed, [op], this.#registry, ids);
    for (const [place, key] of keys.entries()) {
      const after = this.#confirmedText(key);
      const old = before[place];
      if (old === undefined || after === undefined) continue;
      this.#carry(0, key, op.op === 'text.edit' ? op.delta : replacement(old, after));
    }
  }

  /** Put another confirmed state in place, and this person's steps on top of it. */
  #replace(version: number, change: (ids: Set<string>) => void): void {
    const included = (step: PendingStep) =>
      step.accepted > 0 && step.accepted <= version && !step.unconfirmed;
    const expected = new Map<string, string>();
    for (const key of new Set(this.#steps.filter(isLive).flatMap(editedBy))) {
      let text = this.#confirmedText(key);
      if (text === undefined) continue;
      for (const step of this.#steps) {
        if (isLive(step) && included(step)) text = textAfter(text, step.ops, key);
      }
      expected.set(key, text);
    }
    this.#kept = undefined;
    const ids = new Set<string>();
    change(ids);
    this.confirmed.version = version;
    const done = this.#steps.filter(included);
    for (const step of done) {
      for (const id of step.ids) ids.add(id);
      this.#remove(step);
    }
    for (const [key, before] of expected) {
      const after = this.#confirmedText(key);
      if (after !== undefined) this.#carry(0, key, replacement(before, after));
    }
    this.#settle({ ids, rewind: true });
    for (const { seq, accepted } of done) this.#listener.acknowledged?.(seq, accepted);
    if (done.length > 0) this.#listener.pending?.();
  }

  #settle(round: Round): void {
    // Kept steps make no sense before there is a graph to make them on.
    if (!this.synced) return;
    const setAside = (step: PendingStep) => {
      step.aside = this.version;
      const place = this.#steps.indexOf(step);
      for (const key of editedBy(step)) {
        const before = textAt(this.view, key, this.#registry);
        if (before !== undefined) this.#removeEdits(place, key, before);
      }
    };
    const live = this.#steps.filter(isLive);
    this.#tell(this.#projection.refresh(round.ids, round.rewind, live, setAside));
  }

  /** What takes back the step whose turn it is, where this client knows it; empty where not. */
  #inverse(request: PendingStep): readonly Operation[] {
    const turn = this.#undo.turn(request.kind, this.#steps);
    if (turn === undefined) return [];
    if ('inverse' in turn) return this.#undo.ownPart(turn.inverse, turn.version);
    request.target = turn;
    const earlier = this.#steps.slice(0, this.#steps.indexOf(turn)).filter(isLive);
    return inverseOfStep(turn, () => this.#projection.before(turn, earlier), this.#registry);
  }

  /** Show an undo no longer; what the server makes of it is not known. */
  #hide(step: PendingStep): void {
    if (step.kind === 'ops' || !isLive(step)) return;
    const place = this.#steps.indexOf(step);
    for (const key of editedBy(step)) {
      const before = this.#textAt(key, place);
      if (before !== undefined) this.#removeEdits(place, key, before);
    }
    this.#projection.remove(step);
    step.ops = [];
    step.effects = [];
  }

  #remove(step: PendingStep): void {
    this.#steps.splice(this.#steps.indexOf(step), 1);
    this.#projection.remove(step);
  }

  /** Take a step's edits of a text out from under the steps after it. */
  #removeEdits(place: number, key: string, before: string): void {
    const step = this.#steps[place] as PendingStep;
    try {
      const edits = step.ops.flatMap((op) =>
        op.op === 'text.edit' && textKey(op.id, op.field) === key ? [op.delta] : [],
      );
      const after = textAfter(before, step.ops, key);
      const whole = edits.reduce(compose, []);
      const only = step.ops.every((op) => op.op === 'text.edit' || !textsOf(op).includes(key));
      const back = only ? invert(whole, before) : replacement(after, before);
      this.#carry(place + 1, key, back);
    } catch (error) {
      // It did not fit this text, so nothing after it stands on it.
      if (!(error instanceof BadDelta)) throw error;
    }
  }

  #carry(from: number, key: string, change: TextDelta): void {
    let effective = change;
    for (const step of this.#steps.slice(from)) {
      if (effective.length === 0) return;
      if (!isLive(step)) continue;
      if (!step.ops.some((op) => textsOf(op).includes(key) || remakes(op, key))) continue;
      step.effects = carry(onTouched(step, key), key, effective)[0];
      [step.ops, effective] = carry(step.ops, key, effective);
    }
  }

  /** A text as it stands before one of the steps. */
  #textAt(key: string, place: number): string | undefined {
    let text = this.#confirmedText(key);
    if (text === undefined) return undefined;
    try {
      for (const step of this.#steps.slice(0, place)) {
        if (isLive(step)) text = textAfter(text, step.ops, key);
      }
    } catch (error) {
      if (!(error instanceof BadDelta)) throw error;
      return undefined;
    }
    return text;
  }

  #confirmedText(key: string): string | undefined {
    return this.#kept?.get(key) ?? textAt(this.confirmed, key, this.#registry);
  }

  #tell(ids: ReadonlySet<string>): void {
    if (ids.size > 0) this.#listener.changed?.(ids);
  }
}

const UNKNOWN = 'This step was refused while nobody was listening.';
const AGAIN = 'Make it once more.';

/** An edit that leaves its text as it is. */
const isIdle = (op: Operation): boolean => op.op === 'text.edit' && op.delta.length === 0;

const plain = (op: Operation): Operation =>
  op.op === 'text.edit' ? { ...op, base: 0, delta: normalise(op.delta) } : op;
