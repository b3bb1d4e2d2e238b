import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HoldfastApi } from '../../../extension/api.ts';
import type { Activation } from './measurements.ts';

/** Where VS Code keeps when it began and ended what, in the extension host, too: the times that "Startup Performance" shows. */
interface Marks {
  getMarks(): readonly { readonly name: string; readonly startTime: number }[];
}

/** Activates the extension, which nothing has done before. */
export async function activate(): Promise<{ readonly api: HoldfastApi; readonly activation: Activation }> {
  const extension = vscode.extensions.getExtension<HoldfastApi>('holdfast.holdfast');
  assert.ok(extension && !extension.isActive);
  const start = performance.now();
  const api = await extension.activate();
  const whole = performance.now() - start;
  const loading = between('willLoadExtensionCode', 'didLoadExtensionCode');
  const activating = between('willActivateExtension', 'didActivateExtension');
  return { api, activation: { whole, loading, activating } };
}

/** Whole milliseconds. */
function between(from: string, to: string): number {
  const { MonacoPerformanceMarks: marks } = globalThis as { MonacoPerformanceMarks?: Marks };
  assert.ok(marks, 'VS Code keeps no performance marks here.');
  const at = (what: string) => marks.getMarks().find(({ name }) => name === `code/extHost/${what}/holdfast.holdfast`);
  const [begun, ended] = [at(from), at(to)];
  assert.ok(begun && ended, `VS Code has no mark ${from} or ${to}.`);
  return ended.startTime - begun.startTime;
}
