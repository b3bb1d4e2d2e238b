import path from 'node:path';
import * as vscode from 'vscode';
import { DocumentFiles } from '../platform/document-files.ts';

/** Scheme of the documents that questions show. They live in memory, as long as their question is open. */
const SCHEME = 'holdfast-prompt';

interface Entry {
  bytes: Uint8Array;
  changedAt: number;
  readonly writable: boolean;
}

/** The texts that questions show beside their box: a comparison, or a text to be reviewed. */
export class PromptDocuments extends DocumentFiles {
  readonly #entries = new Map<string, Entry>();

  constructor() {
    super(SCHEME, { isReadonly: false });
  }

  /** Shows two texts side by side. @param name gives the language, by its ending */
  async showDiff(promptId: string, title: string, name: string, before: string, after: string): Promise<void> {
    const left = this.#put(promptId, `before/${fileName(name)}`, before, false);
    const right = this.#put(promptId, `after/${fileName(name)}`, after, false);
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preserveFocus: true });
  }

  /** Opens a text that may be changed; one that is open stays as it is. @param language an id, known to VS Code or not */
  async showReview(promptId: string, text: string, language: string | null): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.#put(promptId, 'review', text, true));
    if (language !== null && (await vscode.languages.getLanguages()).includes(language)) {
      await vscode.languages.setTextDocumentLanguage(document, language);
    }
    if (this.#entries.has(document.uri.path))
      await vscode.window.showTextDocument(document, { preview: false, preserveFocus: true });
  }

  /** The reviewed text as it stands in the editor, saved or not. */
  reviewed(promptId: string): string | undefined {
    const key = keyOf(promptId, 'review');
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === SCHEME && uri.path === key);
    return document?.getText() ?? decode(this.#entries.get(key)?.bytes);
  }

  /** Closes the documents of all other questions. */
  async retain(promptIds: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#entries.keys()].filter((key) => !promptIds.has(promptOf(key)));
    if (gone.length === 0) return;
    const isGone = (uri: vscode.Uri) => uri.scheme === SCHEME && gone.includes(uri.path);
    // What is not saved would make VS Code ask; the file is in memory.
    for (const document of vscode.workspace.textDocuments)
      if (isGone(document.uri) && document.isDirty) await document.save();
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) =>
        input instanceof vscode.TabInputText
          ? isGone(input.uri)
          : input instanceof vscode.TabInputTextDiff && isGone(input.modified),
      );
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
    for (const key of gone) this.#entries.delete(key);
  }

  override dispose(): void {
    super.dispose();
    this.#entries.clear();
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { bytes, changedAt, writable } = this.#get(uri);
    return {
      type: vscode.FileType.File,
      ctime: changedAt,
      mtime: changedAt,
      size: bytes.length,
      ...(writable ? {} : { permissions: vscode.FilePermission.Readonly }),
    };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.#get(uri).bytes;
  }

  override writeFile(uri: vscode.Uri, bytes: Uint8Array): void {
    const entry = this.#get(uri);
    if (!entry.writable) throw vscode.FileSystemError.NoPermissions(uri);
    entry.bytes = bytes;
    entry.changedAt = Date.now();
    this.tell([uri]);
  }

  #put(promptId: string, name: string, text: string, writable: boolean): vscode.Uri {
    const key = keyOf(promptId, name);
    if (!this.#entries.has(key)) {
      this.#entries.set(key, { bytes: new TextEncoder().encode(text), changedAt: Date.now(), writable });
    }
    return vscode.Uri.from({ scheme: SCHEME, path: key });
  }

  #get(uri: vscode.Uri): Entry {
    const entry = this.#entries.get(uri.path);
    if (!entry) throw vscode.FileSystemError.FileNotFound(uri);
    return entry;
  }
}

function keyOf(promptId: string, name: string): string {
  return `/${promptId}/${name}`;
}

function promptOf(key: string): string {
  return key.split('/')[1] ?? '';
}

/** The name comes from a program: only its last part is used, and that only for its ending. */
function fileName(name: string): string {
  return (
    path
      .basename(name)
      .replace(/[^\w.-]/g, '_')
      .slice(-100) || 'text'
  );
}

function decode(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}
