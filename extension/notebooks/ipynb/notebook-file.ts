import * as z from 'zod';
import { UserError } from '../../platform/user-error.ts';

const Text = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(''))]);
const Metadata = z.record(z.string(), z.unknown());

/** A cell of nbformat 4. What is not named here is kept as it is. */
const NotebookCell = z.looseObject({
  cell_type: z.enum(['code', 'markdown', 'raw']),
  execution_count: z.int().nullable().optional(),
  id: z.string().optional(),
  metadata: Metadata,
  outputs: z.array(z.unknown()).optional(),
  source: Text,
});
export type NotebookCell = z.infer<typeof NotebookCell>;

const NotebookFile = z.looseObject({
  cells: z.array(NotebookCell),
  metadata: Metadata,
  nbformat: z.literal(4),
  nbformat_minor: z.int().nonnegative(),
});
export type NotebookFile = z.infer<typeof NotebookFile>;

/** @param name of the file, for the message. @throws UserError when it is no notebook, or one of another format. */
export function parseNotebook(
  text: string,
  name: string,
  t: (message: string, ...args: string[]) => string,
): NotebookFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(t('{0} is not a notebook: it is no JSON.', name));
  }
  const version = z.object({ nbformat: z.number() }).safeParse(json);
  if (version.success && version.data.nbformat !== 4) {
    const found = String(version.data.nbformat);
    throw new UserError(t('{0} is in notebook format {1}. Save it in format 4 with Jupyter first.', name, found));
  }
  const notebook = NotebookFile.safeParse(json);
  if (notebook.success) return notebook.data;
  throw new UserError(t('{0} is not a notebook: {1}', name, z.prettifyError(notebook.error)));
}

/** As Jupyter writes it: keys in the order of the schema, one space of indentation, sources as lists of lines, one newline at the end. */
export function printNotebook(notebook: NotebookFile): string {
  const cells = notebook.cells.map((cell) => ({ ...cell, source: linesOf(cell.source) }));
  return `${JSON.stringify({ ...notebook, cells }, null, 1)}\n`;
}

function linesOf(source: string): string[] {
  return source === '' ? [] : source.split(/(?<=\n)/);
}
