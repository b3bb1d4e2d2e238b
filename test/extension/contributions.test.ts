import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../extension/commands/index.ts';
import { holdfast } from './support/holdfast.ts';

interface Manifest {
  contributes: { commands: { command: string; title: string }[]; keybindings: { command: string }[] };
}

const PANEL_COMMANDS =
  /^holdfast\.(namespace|sessions|prompts|results)\.(focus|open|resetViewLocation|removeView|toggleVisibility)$/;

describe('contributions', () => {
  before(holdfast);

  const manifest = (): Manifest => vscode.extensions.getExtension('holdfast.holdfast')?.packageJSON;

  it('are the commands of THE list, and the other way round', () => {
    const contributed = manifest().contributes.commands.map(({ command }) => command);
    assert.deepEqual(commands.map(({ id }) => id as string).toSorted(), contributed.toSorted());
  });

  it('are the commands that are registered, and the other way round', async () => {
    const contributed = manifest().contributes.commands.map(({ command }) => command);
    const registered = await vscode.commands.getCommands(true);
    const own = registered.filter((command) => command.startsWith('holdfast.') && !PANEL_COMMANDS.test(command));
    assert.deepEqual(own.toSorted(), contributed.toSorted());
  });

  it('have words for titles', () => {
    for (const { command, title } of manifest().contributes.commands) {
      assert.ok(title.length > 2 && !title.startsWith('%'), `${command}: ${title}`);
    }
  });

  it('bind keys to commands that exist', () => {
    const commands = new Set(manifest().contributes.commands.map(({ command }) => command));
    for (const { command } of manifest().contributes.keybindings) assert.ok(commands.has(command), command);
  });
});
