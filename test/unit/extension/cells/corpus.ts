import { readFileSync } from 'node:fs';
import { inRoot } from '../../../../scripts/lib/paths.ts';

/** A document of test/fixtures/cells; lines are 0-based. */
export interface Sample {
  readonly name: string;
  readonly lines: readonly string[];
  readonly cursors: readonly number[];
  readonly expected: { readonly start: number; readonly end: number } | undefined;
}

/** The format is described in test/fixtures/cells/README.md. */
export function readSamples(file: string): Sample[] {
  const text = readFileSync(inRoot('test/fixtures/cells', file), 'utf8');
  return text
    .replace(/\n$/, '')
    .split(/^=== /m)
    .slice(1)
    .map((sample) => {
      const [name = '', ...rows] = sample.replace(/\n$/, '').split('\n');
      for (const row of rows) if (!/^(?:[> ][| ](?: |$)|$)/.test(row)) throw new Error(`${file}, ${name}: ${row}`);
      const at = (column: number, mark: string) => rows.flatMap((row, line) => (row[column] === mark ? [line] : []));
      const own = at(1, '|');
      const [start] = own;
      const end = own.at(-1);
      if (start !== undefined && end !== undefined && own.length !== end - start + 1) throw new Error(`${name}: a gap`);
      return {
        name,
        lines: rows.map((row) => row.slice(3)),
        cursors: [...at(0, '>'), ...own],
        expected: start === undefined || end === undefined ? undefined : { start, end },
      };
    });
}
