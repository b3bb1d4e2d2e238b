/** A cell cannot be read. Line 1-based, column 0-based UTF-16 code units, both in the cell's own text. */
export class SyntaxProblem extends Error {
  override name = 'SyntaxProblem';
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}
