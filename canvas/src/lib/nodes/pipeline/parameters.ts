// The parameters of a workflow that people set: which they are, and what may be typed for each.

import type { Schema } from '$lib/api/client';

export type Parameter = Schema<'PipelineParameter'>;

/** More choices than these are not named in a sentence. */
const MOST_TOLD = 8;

/** The parameters that people set themselves. */
export function ownParameters(workflow: Schema<'PipelineTemplate'> | undefined): readonly Parameter[] {
  return (workflow?.summary.parameters ?? []).filter(({ source, kind }) => !source && !['image', 'video', 'audio'].includes(kind));
}

/** What was typed for a parameter, as its kind takes it; undefined for what is no such value. */
export function valueOf(parameter: Parameter, typed: string): string | number | boolean | undefined {
  const { kind, minimum, maximum, choices = [] } = parameter;
  if (kind === 'boolean') return { true: true, false: false }[typed.trim().toLowerCase()];
  if (kind === 'choice') return choices.find((choice) => choice === typed.trim());
  if (kind !== 'integer' && kind !== 'number') return typed;
  const value = Number(typed);
  const fits =
    typed.trim() !== '' &&
    Number.isFinite(value) &&
    (kind === 'number' || Number.isInteger(value)) &&
    value >= (minimum ?? value) &&
    value <= (maximum ?? value);
  return fits ? value : undefined;
}

/** What a parameter takes, for who typed something else. */
export function whatItTakes({ kind, minimum, maximum, choices = [] }: Parameter): string {
  if (kind === 'boolean') return 'It takes true or false.';
  if (kind === 'choice') {
    const more = choices.length > MOST_TOLD ? ', …' : '';
    return `It takes one of ${choices.slice(0, MOST_TOLD).join(', ')}${more}.`;
  }
  const number = kind === 'integer' ? 'a whole number' : 'a number';
  const bounds = [
    ...(minimum == null ? [] : [`from ${minimum}`]),
    ...(maximum == null ? [] : [`to ${maximum}`]),
  ];
  return `It takes ${[number, ...bounds].join(' ')}.`;
}
