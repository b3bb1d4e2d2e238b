/** Translates a message with `{0}`-style places. `vscode.l10n` is one; tests of pure logic bring their own. */
export interface Words {
  t(message: string, ...args: (string | number)[]): string;
}
