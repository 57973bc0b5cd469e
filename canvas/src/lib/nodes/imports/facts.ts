// What is known of a file, in a line: size, length, rate, codec.

import type { Schema } from '$lib/api/client';
import { parseRate } from '$lib/media/timecode';

const known = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

/** `1920 × 1080 · 12.4 s · 24 fps · h264 · 8.1 MB`, as far as each is known. */
export function factsOf({ size, facts = {} }: Schema<'Media'>): string {
  const { width, height, duration, rate, codec, audio_codec: audioCodec, sample_rate: samples, channels } = facts;
  return [
    known(width) && known(height) ? `${width} × ${height}` : '',
    typeof duration === 'number' ? written(duration) : '',
    rateOf(rate),
    typeof codec === 'string' ? codec : typeof audioCodec === 'string' ? audioCodec : '',
    typeof samples === 'number' && !known(width) ? `${(samples / 1000).toFixed(1).replace('.0', '')} kHz` : '',
    channels === 1 ? 'mono' : channels === 2 ? 'stereo' : '',
    bytes(size),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function rateOf(rate: unknown): string {
  if (typeof rate !== 'string') return '';
  try {
    return `${parseRate(rate).value.toFixed(3).replace(/\.?0+$/, '')} fps`;
  } catch {
    return '';
  }
}

export function written(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${String(Math.floor(whole / 60))}:${String(whole % 60).padStart(2, '0')} min`;
}

export function bytes(size: number): string {
  if (size < 1e6) return `${String(Math.max(1, Math.round(size / 1e3)))} kB`;
  return size < 1e9 ? `${(size / 1e6).toFixed(1)} MB` : `${(size / 1e9).toFixed(2)} GB`;
}
