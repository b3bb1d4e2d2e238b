import * as vscode from 'vscode';
import type { Completion } from '../../backend/protocol/inspection.ts';
import { variableType } from '../../media/text/variable-type.ts';
import { visible } from '../inline/visible.ts';
import { setting } from '../platform/settings.ts';
import { SELECTOR, sessionOf } from './documents.ts';
import { type CompletionContext, completionAt } from './expression.ts';
import type { LiveSources } from './hover.ts';
import { isIdentifier, keyInsertion } from './insertion.ts';
import type { Syntax } from './scan.ts';
import { within } from './within.ts';

const TRIGGERS = ['.', '[', '"', "'"];
/** What comes later than this would hold up the list that the person is waiting for. */
const PATIENCE_MS = 50;
const MAX_ITEMS = 200;

const { CompletionItemKind } = vscode;
const KINDS: Record<Completion['kind'], vscode.CompletionItemKind> = {
  variable: CompletionItemKind.Variable,
  property: CompletionItemKind.Property,
  method: CompletionItemKind.Method,
  module: CompletionItemKind.Module,
  class: CompletionItemKind.Class,
  key: CompletionItemKind.Field,
  column: CompletionItemKind.Field,
};

/** Where an item goes and what stands around it. */
interface Place {
  readonly range: vscode.Range;
  /** The character behind the cursor, empty at the end of the line. */
  readonly next: string;
  readonly syntax: Syntax;
}

/** Completes names, attributes, keys and columns from the live namespace. */
export class LiveCompletion implements vscode.CompletionItemProvider, vscode.Disposable {
  readonly #sources: LiveSources;
  readonly #registration: vscode.Disposable;

  constructor(sources: LiveSources) {
    this.#sources = sources;
    this.#registration = vscode.languages.registerCompletionItemProvider(SELECTOR, this, ...TRIGGERS);
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList | undefined> {
    const { sessions, namespaces } = this.#sources;
    const found = setting('completion.enabled') ? sessionOf(document, sessions) : undefined;
    if (!found || namespaces.total(found.session.sessionId) === 0) return undefined;
    const { sessionId } = found.session;
    const context = completionAt(document.getText(new vscode.Range(new vscode.Position(0, 0), position)), found.syntax);
    if (!context) return undefined;
    const place = placeAt(document, position, context.prefix.length, found.syntax);
    if (context.kind === 'names') return new vscode.CompletionList(this.#names(sessionId, context.prefix, place));
    if (!namespaces.mayHave(sessionId, context.of.root)) return undefined;
    return await within(PATIENCE_MS, token, (signal) => this.#members(sessionId, context, place, signal));
  }

  dispose(): void {
    this.#registration.dispose();
  }

  #names(sessionId: string, prefix: string, { range, syntax }: Place): vscode.CompletionItem[] {
    const start = prefix.toLowerCase();
    const items: vscode.CompletionItem[] = [];
    for (const { variable } of this.#sources.namespaces.variables(sessionId)) {
      const { name, kind } = variable;
      if (items.length === MAX_ITEMS) break;
      if (!name.toLowerCase().startsWith(start) || !isIdentifier(name, syntax)) continue;
      if (name.startsWith('_') && !prefix.startsWith('_')) continue;
      const shown = kind === 'value' ? 'variable' : kind === 'function' ? 'method' : kind;
      const item = itemOf({ label: name, kind: shown, detail: variableType(variable) }, items.length, range);
      item.insertText = name;
      items.push(item);
    }
    return items;
  }

  async #members(
    sessionId: string,
    { kind, of, prefix, ...rest }: Exclude<CompletionContext, { kind: 'names' }>,
    { range, next, syntax }: Place,
    signal: AbortSignal,
  ): Promise<vscode.CompletionList> {
    const target = { expression: of.expression, path: [] };
    const { items, truncated } = await this.#sources.values.complete(
      { sessionId, target, members: kind, prefix, count: MAX_ITEMS },
      { signal },
    );
    const quote = 'quote' in rest ? rest.quote : null;
    const shown = kind === 'keys' ? items : items.filter(({ label }) => isIdentifier(label, syntax));
    const made = shown.map((completion, index) => {
      const item = itemOf(completion, index, range);
      item.insertText = kind === 'keys' ? keyInsertion(completion.label, quote, next, syntax) : completion.label;
      // A language server knows attributes and says more of them; it does not know keys.
      if (kind === 'keys') item.sortText = `!${item.sortText?.slice(1)}`;
      return item;
    });
    return new vscode.CompletionList(made, truncated);
  }
}

function itemOf({ label, kind, detail }: Completion, index: number, range: vscode.Range): vscode.CompletionItem {
  const item = new vscode.CompletionItem({ label: visible(label), description: visible(detail) }, KINDS[kind]);
  item.filterText = label;
  // Behind what a language server offers, in the order of the session.
  item.sortText = `~${String(index).padStart(5, '0')}`;
  item.range = range;
  return item;
}

function placeAt(document: vscode.TextDocument, position: vscode.Position, typed: number, syntax: Syntax): Place {
  const range = new vscode.Range(position.translate(0, -Math.min(typed, position.character)), position);
  const next = document.getText(new vscode.Range(position, position.translate(0, 1)));
  return { range, next, syntax };
}
