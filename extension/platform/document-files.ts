import * as vscode from 'vscode';
import { DisposableStore } from './disposables.ts';

/** Files of a scheme of ours that no disk holds. They are read, some are written, and none is made, renamed or deleted by VS Code. */
export abstract class DocumentFiles implements vscode.FileSystemProvider, vscode.Disposable {
  protected readonly store = new DisposableStore();
  readonly #changed = this.store.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());

  readonly onDidChangeFile = this.#changed.event;

  protected constructor(scheme: string, options: { readonly isReadonly: boolean }) {
    this.store.add(vscode.workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true, ...options }));
  }

  abstract stat(uri: vscode.Uri): vscode.FileStat | Promise<vscode.FileStat>;

  abstract readFile(uri: vscode.Uri): Uint8Array | Promise<Uint8Array>;

  writeFile(uri: vscode.Uri, _bytes: Uint8Array): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  watch(_uri: vscode.Uri): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.store.dispose();
  }

  /** The files have another content: VS Code reads them again. */
  protected tell(uris: readonly vscode.Uri[]): void {
    this.#changed.fire(uris.map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
  }
}
