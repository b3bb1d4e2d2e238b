import * as vscode from 'vscode';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import { type Execution, hasEnded } from '../client/execution.ts';
import type { Executions } from '../client/executions.ts';
import { outputPages, readOutputPage } from '../client/output-pages.ts';
import { PlainOutput } from '../client/plain-output.ts';
import type { Sessions } from '../client/sessions.ts';
import { toDisposable } from '../platform/disposables.ts';
import { DocumentFiles } from '../platform/document-files.ts';
import { Throttle } from '../platform/throttle.ts';

const SCHEME = 'holdfast-output';
/** Output that a session wrote between executions. */
const BETWEEN = 'between';
const REFRESH_MS = 1000;
/** A longer document is read again only at the end of its execution. Characters. */
const MAX_LIVE = 4 * 1024 * 1024;

/** The address of an execution's whole output, as a document. Undefined before its session is known. */
export function outputUri({ id, sessionId, phase, title }: Execution): vscode.Uri | undefined {
  if (sessionId === null) return undefined;
  const name =
    (title ?? 'output')
      .replaceAll(/[^\p{L}\p{N} ._=()[\]-]+/gu, ' ')
      .trim()
      .slice(0, 60) || 'output';
  const execution = phase.status === 'background' ? BETWEEN : id;
  return vscode.Uri.from({ scheme: SCHEME, path: `/${sessionId}/${execution}/${name}.txt` });
}

/** The whole output of executions as documents that cannot be written, read page by page from the log of their session. */
export class OutputDocuments extends DocumentFiles {
  readonly #sessions: Sessions;
  readonly #watched = new Set<vscode.Uri>();
  readonly #grown = new Set<string>();
  readonly #refresh = this.store.add(new Throttle(REFRESH_MS, () => this.#tell()));

  constructor(sessions: Sessions, executions: Executions) {
    super(SCHEME, { isReadonly: true });
    this.#sessions = sessions;
    this.store.add(executions.onOutput((execution) => execution.output.total < MAX_LIVE && this.#request(execution)));
    this.store.add(executions.onChanged((execution) => hasEnded(execution) && this.#request(execution)));
  }

  override watch(uri: vscode.Uri): vscode.Disposable {
    this.#watched.add(uri);
    return toDisposable(() => this.#watched.delete(uri));
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { kept } = await found(uri, readOutputPage(this.#sessions, ...parse(uri), 0, 1));
    // VS Code reads a document again when this time has changed.
    return { type: vscode.FileType.File, ctime: 0, mtime: kept, size: kept };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return found(uri, this.#read(...parse(uri)));
  }

  async #read(sessionId: string, executionId: string | null): Promise<Uint8Array> {
    const encoder = new TextEncoder();
    const plain = new PlainOutput();
    const pieces: Uint8Array[] = [];
    let cut: string | null = null;
    for await (const page of outputPages(this.#sessions, sessionId, executionId)) {
      pieces.push(encoder.encode(plain.push(page.bytes)));
      cut = page.cut;
    }
    pieces.push(encoder.encode(plain.end() + (cut === null ? '' : `\n[${cut}]\n`)));
    return Buffer.concat(pieces);
  }

  #request(execution: Execution): void {
    if (this.#watched.size === 0) return;
    this.#grown.add(outputUri(execution)?.toString() ?? '');
    this.#refresh.request();
  }

  #tell(): void {
    const changed = [...this.#watched].filter((uri) => this.#grown.has(uri.toString()));
    this.#grown.clear();
    this.tell(changed);
  }
}

function parse(uri: vscode.Uri): [sessionId: string, executionId: string | null] {
  const [, sessionId, executionId] = uri.path.split('/');
  if (!sessionId || !executionId) throw vscode.FileSystemError.FileNotFound(uri);
  return [sessionId, executionId === BETWEEN ? null : executionId];
}

/** @throws FileSystemError with the backend's words when it does not have that output */
async function found<T>(uri: vscode.Uri, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'not_found') throw vscode.FileSystemError.FileNotFound(uri);
    if (error instanceof HoldfastError) throw vscode.FileSystemError.Unavailable(error.message);
    throw error;
  }
}
