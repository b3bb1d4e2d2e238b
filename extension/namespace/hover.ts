import * as vscode from 'vscode';
import type { Namespaces } from '../client/namespaces.ts';
import type { Sessions } from '../client/sessions.ts';
import type { Values } from '../client/values.ts';
import { codeBlock } from '../inline/code-block.ts';
import { setting } from '../platform/settings.ts';
import { SELECTOR, sessionOf } from './documents.ts';
import { expressionAt } from './expression.ts';
import { valueText } from './value-text.ts';
import { within } from './within.ts';

const PATIENCE_MS = 500;

export interface LiveSources {
  readonly sessions: Sessions;
  readonly namespaces: Namespaces;
  readonly values: Values;
}

/** Shows the live value of the name, attribute or key under the mouse. No user code runs for it. */
export class LiveHover implements vscode.HoverProvider, vscode.Disposable {
  readonly #sources: LiveSources;
  readonly #registration: vscode.Disposable;

  constructor(sources: LiveSources) {
    this.#sources = sources;
    this.#registration = vscode.languages.registerHoverProvider(SELECTOR, this);
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const { sessions, namespaces, values } = this.#sources;
    const found = setting('hover.enabled') ? sessionOf(document, sessions) : undefined;
    if (!found) return undefined;
    const { sessionId } = found.session;
    const chain = expressionAt(document.getText(), document.offsetAt(position), found.syntax);
    if (!chain || !namespaces.mayHave(sessionId, chain.root)) return undefined;
    const target = { expression: chain.expression, path: [] };
    const answer = await within(PATIENCE_MS, token, (signal) =>
      values.inspect({ sessionId, target, start: 0, count: 0 }, { signal }),
    );
    if (!answer?.value) return undefined;
    const text = valueText({ ...answer.value, name: chain.expression }, answer.text);
    // Not trusted, and the program's text in a code block: it can be no link.
    const content = new vscode.MarkdownString(codeBlock(text));
    return new vscode.Hover(
      content,
      new vscode.Range(document.positionAt(chain.start), document.positionAt(chain.end)),
    );
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
