// The three qualities as people know them.

import type { Schema } from '$lib/api/client';

export type Quality = Schema<'Project'>['quality'];

export interface QualityName {
  readonly value: Quality;
  readonly short: string;
  readonly detail: string;
  readonly color: string;
}

export const QUALITIES: readonly QualityName[] = [
  { value: 'low', short: 'Draft', detail: 'Fast Generation', color: 'var(--quality-low)' },
  { value: 'standard', short: 'Production', detail: 'Balanced Quality', color: 'var(--quality-standard)' },
  { value: 'high', short: 'Premium', detail: 'Maximum Quality', color: 'var(--quality-high)' },
];

/** `Draft – Fast Generation` */
export const qualityLabel = ({ short, detail }: QualityName): string => `${short} – ${detail}`;
