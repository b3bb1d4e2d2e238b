import type { NamespaceTree } from '../namespace-tree.ts';
import type { NamespaceRow } from './rows.ts';

/** A row of the Namespace view as a person sees and hears it. */
export interface ShownRow {
  readonly row: NamespaceRow;
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Decides which commands its menu has. */
  readonly context: string;
}

/** The rows below a row, at the top for undefined, made as VS Code has them made. */
export async function shownRows(tree: NamespaceTree, parent?: NamespaceRow): Promise<readonly ShownRow[]> {
  return (await tree.getChildren(parent)).map((row) => {
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
