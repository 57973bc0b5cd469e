// What every widget is given. A widget shows a value and says when it is another; who stores it,
// where, and with which step of undo is none of its business.

import type { FormField } from './form';

export interface WidgetProps<Value = unknown> {
  readonly field: FormField;
  readonly value: Value;
  /** For the label's `for`. */
  readonly id: string;
  readonly disabled: boolean;
  /** On a node, where room is short, rather than in the inspector. */
  readonly compact: boolean;
  /** The node whose value it is. */
  readonly node: string;
  /** Store another value: one step, when the hand has come to rest. */
  set(value: Value): void;
}
