import * as vscode from 'vscode';
import { DocumentFiles } from '../platform/document-files.ts';

const SCHEME = 'holdfast-report';
/** Older ones are forgotten. */
const MAX_KEPT = 20;

/** Texts that Holdfast has to say at more length than a message has room for: documents in memory that cannot be written. */
export class ReportDocuments extends DocumentFiles {
  readonly #texts = new Map<string, { readonly bytes: Uint8Array; readonly at: number }>();
  #count = 0;

  constructor() {
    super(SCHEME, { isReadonly: true });
  }

  /** Opens a text. @param title of its tab */
  async show(title: string, text: string): Promise<void> {
    const name = title.replaceAll(/[^\p{L}\p{N} ._()-]+/gu, ' ').trim();
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${++this.#count}/${name}.txt` });
    this.#texts.set(uri.path, { bytes: new TextEncoder().encode(text), at: Date.now() });
    for (const oldest of this.#texts.keys()) if (this.#texts.size > MAX_KEPT) this.#texts.delete(oldest);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { bytes, at } = this.#get(uri);
    return { type: vscode.FileType.File, ctime: at, mtime: at, size: bytes.length };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.#get(uri).bytes;
  }

  #get(uri: vscode.Uri): { readonly bytes: Uint8Array; readonly at: number } {
    const text = this.#texts.get(uri.path);
    if (!text) throw vscode.FileSystemError.FileNotFound(uri);
    return text;
  }
}
