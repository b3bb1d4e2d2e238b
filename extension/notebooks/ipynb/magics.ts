import { languageById } from '../../../backend/workers/index.ts';
import { comment } from './script.ts';

const python = languageById('python');
/** Cell magics whose cell is Python; the cells of others are in other languages. */
const AROUND_PYTHON = new Set(['time', 'timeit', 'capture', 'prun', 'debug']);
const CELL_MAGIC = /^%%\s*(\w+)/;
/** At the start of a line, where Python has no operator. */
const LINE_MAGIC = /^(?:%[A-Za-z_]|!\s*\S)/;
const QUOTES = /"""|'''/g;

/**
 * Makes comments of IPython's magics, which are no Python: `%matplotlib inline`, `!pip install x`, `%%bash`. Of those inside a line
 * (`x = !ls`, `x?`) nothing is changed.
 */
export function commentMagics(code: string): { code: string; count: number } {
  const lines = code.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  const name = CELL_MAGIC.exec(lines[first] ?? '')?.[1];
  if (name !== undefined && !AROUND_PYTHON.has(name)) {
    return { code: lines.map((line) => comment(line, python)).join('\n'), count: 1 };
  }
  let open: string | undefined;
  let count = 0;
  const commented = lines.map((line, index) => {
    const magic = open === undefined && (LINE_MAGIC.test(line) || (index === first && name !== undefined));
    if (magic) {
      count++;
      return comment(line, python);
    }
    for (const [quotes] of line.matchAll(QUOTES)) {
      if (open === undefined) open = quotes;
      else if (open === quotes) open = undefined;
    }
    return line;
  });
  return { code: commented.join('\n'), count };
}
