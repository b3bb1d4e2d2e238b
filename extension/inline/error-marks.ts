import * as vscode from 'vscode';
import type { Executions } from '../client/executions.ts';
import { cellDocument } from '../notebooks/cell-source.ts';
import { type Elsewhere, type Failure, failureOf } from './failure.ts';
import type { Place } from './follow.ts';
import type { Marker, Markers } from './markers.ts';

/** Underlines the lines that failed, for as long as their results show and their code is the one that failed. */
export class ErrorMarks implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('holdfast');

  of(uri: vscode.Uri): readonly vscode.Diagnostic[] {
    return this.#collection.get(uri) ?? [];
  }

  update(markers: Markers, executions: Executions): void {
    const wanted = new Map(
      markers.documents().map((name) => [name, diagnosticsOf(name, markers.of(name), executions)] as const),
    );
    const gone: vscode.Uri[] = [];
    this.#collection.forEach((uri) => {
      if ((wanted.get(uri.toString())?.length ?? 0) === 0) gone.push(uri);
    });
    for (const uri of gone) this.#collection.delete(uri);
    for (const [name, diagnostics] of wanted) {
      if (diagnostics.length > 0) this.#collection.set(vscode.Uri.parse(name), diagnostics);
    }
  }

  dispose(): void {
    this.#collection.dispose();
  }
}

function diagnosticsOf(name: string, markers: readonly Marker[], executions: Executions): vscode.Diagnostic[] {
  const failed = markers.flatMap((marker) => {
    const execution = marker.stale ? undefined : executions.get(marker.executionId);
    if (execution?.phase.status !== 'failed' || !execution.source) return [];
    return [{ marker, failure: failureOf(execution.phase.error, execution.source, marker, vscode.l10n) }];
  });
  if (failed.length === 0) return [];
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === name);
  return document ? failed.map(({ marker, failure }) => diagnostic(document, marker, failure)) : [];
}

function diagnostic(document: vscode.TextDocument, { span }: Marker, failure: Failure): vscode.Diagnostic {
  const { place, message, others } = failure;
  // Without a frame the place is the line at whose end the message stands.
  const range = restOfLine(document, place ?? { line: span.end.line, character: 0 });
  const made = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  made.source = 'Holdfast';
  made.relatedInformation = others.map((other) => related(document, other));
  return made;
}

function related(
  document: vscode.TextDocument,
  { file, place, message }: Elsewhere,
): vscode.DiagnosticRelatedInformation {
  const position = new vscode.Position(place.line, place.character);
  const location =
    file === null
      ? new vscode.Location(document.uri, document.validatePosition(position))
      : new vscode.Location(cellDocument(file) ?? vscode.Uri.file(file), position);
  return new vscode.DiagnosticRelatedInformation(location, message);
}

/** From a place, or from the first character after the indentation, to the last of its line. */
function restOfLine(document: vscode.TextDocument, { line, character }: Place): vscode.Range {
  const { text, firstNonWhitespaceCharacterIndex, lineNumber } = document.lineAt(
    Math.min(line, document.lineCount - 1),
  );
  const end = text.trimEnd().length;
  const start =
    character < end ? Math.max(character, firstNonWhitespaceCharacterIndex) : firstNonWhitespaceCharacterIndex;
  return new vscode.Range(lineNumber, start, lineNumber, Math.max(start, end));
}
