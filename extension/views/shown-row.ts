import type { TreeItem } from 'vscode';

/** A row of a tree as a person sees and hears it. */
export interface ShownRow<Row> {
  readonly row: Row;
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Decides which commands its menu has. */
  readonly context: string;
}

/** Rows of a tree, made as VS Code has them made. */
export function shownRows<Row>(rows: readonly Row[], tree: { getTreeItem(row: Row): TreeItem }): ShownRow<Row>[] {
  return rows.map((row) => {
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
