import * as vscode from 'vscode';
import type { BackendSettings } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import { setting } from '../platform/settings.ts';
import type { BackendLink } from './link.ts';

const MIB = 1024 ** 2;

/** The settings of `package.json` that the backend works by. */
export function backendSettings(): BackendSettings {
  return {
    output: { maxBytes: Math.round(setting('output.maxBytes')) },
    python: {
      blockingCells: setting('python.blockingCells') === 'thread' ? 'thread' : 'main',
      autoreload: setting('python.autoreload'),
    },
    pool: { maxMemory: Math.round(setting('pool.maxMemory') * MIB) },
    checkpoints: {
      automatic: setting('checkpoints.automatic'),
      idleMs: Math.round(setting('checkpoints.idleTime') * 1000),
      maxVariableBytes: Math.round(setting('checkpoints.maxVariableSize') * MIB),
      maxBytes: Math.round(setting('checkpoints.maxSize') * MIB),
      maxTotalBytes: Math.round(setting('checkpoints.maxTotalSize') * MIB),
    },
    security: {
      levels: { person: 'trusted', agent: 'restricted', extension: 'restricted' },
      allow: {},
      deny: {},
      promptTimeoutMs: null,
    },
    cancel: {
      interruptMs: setting('cancel.interruptAfter'),
      forceMs: setting('cancel.forceAfter'),
      killMs: setting('cancel.killAfter'),
    },
  };
}

/** Tells the backend the settings when it is found, and again when they change. Wrong ones are said to the person. */
export class BackendSettingsSender implements Disposable {
  readonly #store = new DisposableStore();
  readonly #log: (message: string) => void;

  constructor(link: BackendLink, log: (message: string) => void) {
    this.#log = log;
    this.#store.add(link.onConnected((client) => void this.#send(client)));
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (link.current && change.affectsConfiguration('holdfast')) void this.#send(link.current);
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #send(client: BackendClient): Promise<void> {
    try {
      await client.call('Configure', backendSettings());
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#log(`The settings were not taken: ${error.message}`);
      if (error.code !== 'invalid') return;
      const open = vscode.l10n.t('Open Settings');
      const message = vscode.l10n.t('Holdfast cannot use its settings. {0}', error.message);
      if ((await vscode.window.showWarningMessage(message, open)) === open)
        await vscode.commands.executeCommand('workbench.action.openSettings', 'holdfast');
    }
  }
}
