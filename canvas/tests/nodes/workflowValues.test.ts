// What people type for a workflow's parameters: taken as its kind, or told what it takes.

import { describe, expect, it } from 'vitest';
import { type Parameter, valueOf, whatItTakes } from '../../src/lib/nodes/pipeline/parameters';

const parameter = (kind: Parameter['kind'], more: Partial<Parameter> = {}): Parameter => ({
  name: 'a',
  title: 'A',
  kind,
  ...more,
});

describe('the values of a workflow', () => {
  it.each([
    ['boolean', {}, 'True', true],
    ['boolean', {}, ' false', false],
    ['boolean', {}, 'yes', undefined],
    ['choice', { choices: ['euler', 'dpmpp_2m'] }, 'euler', 'euler'],
    ['choice', { choices: ['euler', 'dpmpp_2m'] }, 'eular', undefined],
    ['integer', { minimum: 1, maximum: 100 }, '20', 20],
    ['integer', { minimum: 1, maximum: 100 }, '0', undefined],
    ['integer', { minimum: 1, maximum: 100 }, '101', undefined],
    ['integer', {}, '2.5', undefined],
    ['number', { minimum: 0, maximum: 1 }, '0.5', 0.5],
    ['number', {}, 'x', undefined],
    ['number', {}, ' ', undefined],
    ['text', {}, 'true', 'true'],
  ] as const)('a %s (%o) takes %j as %j', (kind, more, typed, value) => {
    expect(valueOf(parameter(kind, more as Partial<Parameter>), typed)).toBe(value);
  });

  it('says what a parameter takes', () => {
    expect(whatItTakes(parameter('boolean'))).toBe('It takes true or false.');
    expect(whatItTakes(parameter('choice', { choices: ['a', 'b'] }))).toBe('It takes one of a, b.');
    expect(whatItTakes(parameter('integer', { minimum: 1, maximum: 9 }))).toBe(
      'It takes a whole number from 1 to 9.',
    );
    expect(whatItTakes(parameter('number', { minimum: 0 }))).toBe('It takes a number from 0.');
  });
});
