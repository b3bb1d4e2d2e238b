import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Dialect } from '../../../backend/protocol/values.ts';
import { languageOfDialect } from '../../../backend/workers/index.ts';
import { commentMagics } from './magics.ts';
import type { NotebookCell, NotebookFile } from './notebook-file.ts';
import { canBeNamed, markerOf, parseScript, printScript, type ScriptCell, usualMarker } from './script.ts';

/** What turning a notebook into a script leaves behind. */
export interface Script {
  readonly text: string;
  readonly dialect: Dialect;
  /** Cells with outputs: a script has none. */
  readonly outputs: number;
  /** Magics of IPython that became comments. */
  readonly magics: number;
  /** Pictures in Markdown cells. */
  readonly attachments: number;
}

const OwnMetadata = z.object({ holdfast: z.object({ marker: z.string().nullable() }) });
const CellLanguage = z.object({ vscode: z.object({ languageId: z.string() }) });
const FileLanguage = z.object({
  language_info: z.object({ name: z.string().optional() }).optional(),
  kernelspec: z.object({ language: z.string().optional(), name: z.string().optional() }).optional(),
});

/** A script as a notebook of nbformat 4.5. Its first cell may stand before the first marker. */
export function notebookOfScript(script: string, dialect: Dialect): NotebookFile {
  const language = languageOfDialect(dialect);
  const cells = parseScript(script, language, dialect).map((cell, index): NotebookCell => {
    const { kind, text } = cell;
    const metadata = metadataOf(cell, usualMarker(kind, cell.language, language));
    const id = createHash('sha256').update(`${index}\n${text}`).digest('hex').slice(0, 12);
    if (kind !== 'code') return { cell_type: kind, id, metadata, source: text };
    return { cell_type: kind, execution_count: null, id, metadata, outputs: [], source: text };
  });
  const metadata = {
    ...(dialect === 'python' && { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } }),
    language_info: { name: dialect },
  };
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

/** A notebook as a script of its language. @param fallback the language of a notebook that does not say, or names an unknown one. */
export function scriptOfNotebook(notebook: NotebookFile, fallback: Dialect = 'python'): Script {
  const dialect = dialectOf(notebook) ?? fallback;
  const language = languageOfDialect(dialect);
  let magics = 0;
  const cells = notebook.cells.map(({ cell_type: kind, source, metadata }, index): ScriptCell => {
    const other = kind === 'code' ? otherLanguage(metadata, dialect) : null;
    let text = source.replaceAll(/\r\n|\r/g, '\n');
    if (kind === 'code' && dialect === 'python' && other === null) {
      const commented = commentMagics(text);
      text = commented.code;
      magics += commented.count;
    }
    const known = OwnMetadata.safeParse(metadata);
    const own = known.success ? known.data.holdfast.marker : undefined;
    const usual = usualMarker(kind, other, language);
    const cell = { kind, language: other, text, marker: own === undefined ? usual : own };
    return own === null && index === 0 ? cell : { ...cell, marker: markerOf(cell, language) };
  });
  return {
    text: printScript(cells, language),
    dialect,
    outputs: notebook.cells.filter(({ outputs = [] }) => outputs.length > 0).length,
    magics,
    attachments: notebook.cells.filter(({ attachments }) => isFilled(attachments)).length,
  };
}

/** The cells that an older version of the notebook has too, by kind and text, keep their ids, metadata and outputs. */
export function keepOutputs(notebook: NotebookFile, older: NotebookFile): { notebook: NotebookFile; lost: number } {
  const key = ({ cell_type, source }: NotebookCell) => `${cell_type}\n${source.trim()}`;
  const known = Map.groupBy(older.cells, key);
  const taken = new Set<string>();
  const cells = notebook.cells.map((cell) => {
    const same = known.get(key(cell))?.shift();
    const id = same?.id ?? cell.id ?? '';
    const kept = same ? { ...same, metadata: { ...same.metadata, ...cell.metadata } } : cell;
    if (taken.has(id)) return { ...kept, id: cell.id };
    taken.add(id);
    return { ...kept, id };
  });
  const left = [...known.values()].flat();
  const lost = left.filter(({ outputs = [] }) => outputs.length > 0).length;
  return { notebook: { ...notebook, metadata: { ...older.metadata, ...notebook.metadata }, cells }, lost };
}

/** What the marker says more than the cell itself, so that the way back finds it. */
function metadataOf({ language, marker }: ScriptCell, usual: string): Record<string, unknown> {
  return {
    ...(language !== null && { vscode: { languageId: language } }),
    ...(marker !== usual && { holdfast: { marker } }),
  };
}

function otherLanguage(metadata: Record<string, unknown>, dialect: Dialect): string | null {
  const named = CellLanguage.safeParse(metadata);
  const id = named.success ? named.data.vscode.languageId : dialect;
  return id !== dialect && canBeNamed(id) ? id : null;
}

function dialectOf({ metadata }: NotebookFile): Dialect | undefined {
  const known = FileLanguage.safeParse(metadata);
  if (!known.success) return undefined;
  const { kernelspec, language_info } = known.data;
  for (const name of [language_info?.name, kernelspec?.language, kernelspec?.name]) {
    const dialect = Dialect.safeParse(name === 'ipython' || name === 'python3' ? 'python' : name);
    if (dialect.success) return dialect.data;
  }
  return undefined;
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
