import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { HoldfastApi } from '../../../extension/api.ts';
import { RESULT_VARIABLE } from '../../../scripts/lib/mocha.ts';
import { activate } from './activation.ts';
import { blocksFor } from './bystander.ts';
import type { Blocks } from './loop-probe.ts';
import { type Measurements, RUNS_VARIABLE } from './measurements.ts';
import { timesOfNamespace } from './namespace.ts';
import { BenchWindow } from './window.ts';

const FLOOD_MS = 5000;
const FLOODS = {
  python: 'while True: print("a line of output, of sixty characters or so, and no more")',
  javascript: 'for (;;) console.log("a line of output, of sixty characters or so, and no more")',
};

/** Called inside the extension host. */
export async function run(): Promise<void> {
  const runs = Number(process.env[RUNS_VARIABLE]);
  const { api, activation } = await activate();
  const nothing = { shown: {}, namespace: {}, blocked: {} };
  const measured: Measurements = { activation, ...(runs === 0 ? nothing : await measure(api, runs)) };
  const file = process.env[RESULT_VARIABLE];
  assert.ok(file);
  writeFileSync(file, JSON.stringify(measured));
}

async function measure(api: HoldfastApi, runs: number): Promise<Omit<Measurements, 'activation'>> {
  const shown = { Python: await times(api, 'python', runs), JavaScript: await times(api, 'javascript', runs) };
  const namespace = {
    Python: await timesOfNamespace(api, 'python', Math.ceil(runs / 10)),
    JavaScript: await timesOfNamespace(api, 'javascript', Math.ceil(runs / 10)),
  };
  const blocked: Record<string, Blocks> = { 'nothing runs': await blocksFor(FLOOD_MS) };
  blocked['Python prints'] = await (await BenchWindow.open(api, 'python', FLOODS.python)).blocksWhileRunning(FLOOD_MS);
  blocked['JavaScript prints'] = await (
    await BenchWindow.open(api, 'javascript', FLOODS.javascript)
  ).blocksWhileRunning(FLOOD_MS);
  const opened = new Promise<void>((resolve) => {
    const listening = api.onDidOpenResults(() => {
      listening.dispose();
      resolve();
    });
  });
  await vscode.commands.executeCommand('holdfast.showResults');
  await opened;
  const beside = await BenchWindow.open(api, 'python', FLOODS.python);
  blocked['Python prints, the results panel is open'] = await beside.blocksWhileRunning(FLOOD_MS);
  return { shown, namespace, blocked };
}

async function times(api: HoldfastApi, language: string, runs: number): Promise<number[]> {
  const window = await BenchWindow.open(api, language, '6 * 7');
  // The first run starts the session.
  for (let warm = 0; warm < 10; warm++) await window.timeToValue();
  const measured: number[] = [];
  for (let count = 0; count < runs; count++) measured.push(await window.timeToValue());
  return measured;
}
