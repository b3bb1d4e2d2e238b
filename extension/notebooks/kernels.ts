import type { Dialect, LanguageId } from '../../backend/protocol/values.ts';
import { languages } from '../../backend/workers/index.ts';

/** A kernel of VS Code: it runs the cells of one type of notebook. */
export interface Kernel {
  /** Must stay: VS Code remembers by it what a person has chosen. */
  readonly id: string;
  readonly notebookType: 'jupyter-notebook' | 'interactive';
  /** The first is that of new cells in an interactive window. */
  readonly dialects: readonly Dialect[];
}

export const KERNELS: readonly Kernel[] = [
  { id: 'holdfast', notebookType: 'jupyter-notebook', dialects: languages.flatMap(({ dialects }) => dialects) },
  { id: interactiveKernel('python'), notebookType: 'interactive', dialects: ['python'] },
  { id: interactiveKernel('javascript'), notebookType: 'interactive', dialects: ['typescript', 'javascript'] },
];

export function interactiveKernel(language: LanguageId): string {
  return `holdfast-interactive-${language}`;
}
