import type { PromptsTree } from '../prompts-tree.ts';
import type { PromptsRow } from './rows.ts';

/** A row of the Prompts & Grants view as a person sees and hears it. */
export interface ShownPromptsRow {
  readonly row: PromptsRow;
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Decides which commands its menu has. */
  readonly context: string;
}

/** The rows below a row, at the top for undefined, made as VS Code has them made. */
export function shownPromptsRows(tree: PromptsTree, parent?: PromptsRow): readonly ShownPromptsRow[] {
  return tree.getChildren(parent).map((row) => {
    const { label, description, accessibilityInformation, contextValue } = tree.getTreeItem(row);
    return {
      row,
      label: String(label ?? ''),
      description: String(description ?? ''),
      spoken: accessibilityInformation?.label ?? String(label),
      context: contextValue ?? '',
    };
  });
}
