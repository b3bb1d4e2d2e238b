import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HoldfastApi } from '../../../extension/api.ts';
import type { InlineResult } from '../../../extension/inline/inline-result.ts';
import { blocksFor } from './bystander.ts';
import type { Blocks } from './loop-probe.ts';

const LONGEST_WAIT_MS = 30_000;

/** An editor with one line of code that is run again and again. */
export class BenchWindow {
  readonly #api: HoldfastApi;
  readonly #editor: vscode.TextEditor;

  private constructor(api: HoldfastApi, editor: vscode.TextEditor) {
    this.#api = api;
    this.#editor = editor;
  }

  static async open(api: HoldfastApi, language: string, code: string): Promise<BenchWindow> {
    const document = await vscode.workspace.openTextDocument({ language, content: code });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    return new BenchWindow(api, editor);
  }

  /** Milliseconds from the command until its value is set as decoration, without the time of the code itself. */
  async timeToValue(): Promise<number> {
    const before = this.#shown()?.executionId;
    const start = performance.now();
    const value = this.#until((result) => result?.executionId !== before && result?.kind === 'value');
    await vscode.commands.executeCommand('holdfast.runSelection');
    const { at, result } = await value;
    const execution = this.#api.results().find(({ id }) => id === result.executionId);
    return at - start - (execution?.seconds ?? 0) * 1000;
  }

  /** Runs the code until its value shows. @returns the seconds that the code itself took. */
  async run(): Promise<number> {
    const before = this.#shown()?.executionId;
    const value = this.#until((result) => result?.executionId !== before && result?.kind === 'value');
    await vscode.commands.executeCommand('holdfast.runSelection');
    const { result } = await value;
    return this.#api.results().find(({ id }) => id === result.executionId)?.seconds ?? 0;
  }

  /** What keeps the event loop waiting while the code prints for so many milliseconds. */
  async blocksWhileRunning(milliseconds: number): Promise<Blocks> {
    await vscode.commands.executeCommand('holdfast.runSelection');
    // A second in which buffers fill.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const blocks = await blocksFor(milliseconds);
    const ended = this.#until((result) => result !== undefined && result.kind !== 'pending');
    await vscode.commands.executeCommand('holdfast.cancelExecution');
    assert.equal((await ended).result.kind, 'cancelled');
    return blocks;
  }

  #shown(): InlineResult | undefined {
    return this.#api.inlineResults(this.#editor.document.uri)[0];
  }

  #until(wanted: (result: InlineResult | undefined) => boolean): Promise<{ at: number; result: InlineResult }> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        listening.dispose();
        reject(new Error(`The line shows ${JSON.stringify(this.#shown())}.`));
      }, LONGEST_WAIT_MS);
      const listening = this.#api.onDidRenderInlineResults(() => {
        const at = performance.now();
        const result = this.#shown();
        if (!result || !wanted(result)) return;
        clearTimeout(timer);
        listening.dispose();
        resolve({ at, result });
      });
    });
  }
}
