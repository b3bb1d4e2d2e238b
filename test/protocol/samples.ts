import { readFileSync } from 'node:fs';
import path from 'node:path';

/** One message of `samples/*.json`: see the README there. */
export interface Sample {
  readonly name: string;
  readonly direction: 'to_worker' | 'from_worker';
  readonly header: unknown;
  readonly payload?: string;
}

export const samplesFolder = path.join(import.meta.dirname, 'samples');

export function readSamples(file: 'valid' | 'invalid'): readonly Sample[] {
  return JSON.parse(readFileSync(path.join(samplesFolder, `${file}.json`), 'utf8')) as Sample[];
}
