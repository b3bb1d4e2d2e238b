import * as vscode from 'vscode';
import type { BackendSettings, SecuritySettings } from '../../backend/protocol/client/index.ts';
import { HoldfastError } from '../../backend/protocol/errors.ts';
import type { BackendClient } from '../../backend/rpc/client.ts';
import { type Disposable, DisposableStore } from '../platform/disposables.ts';
import { setting } from '../platform/settings.ts';
import type { BackendLink } from './link.ts';
import { STRICT, securitySettings } from './security-settings.ts';

const MIB = 1024 ** 2;

/** The settings of `package.json` that the backend works by. */
export function backendSettings(): BackendSettings {
  return {
    output: { maxBytes: Math.round(setting('output.maxBytes')) },
    python: {
      blockingCells: setting('python.blockingCells') === 'thread' ? 'thread' : 'main',
      autoreload: setting('python.autoreload'),
      undo: {
        enabled: setting('python.undo.enabled'),
        maxSnapshots: Math.round(setting('python.undo.maxSnapshots')),
        maxBytes: Math.round(setting('python.undo.maxMemory') * MIB),
      },
    },
    pool: { maxMemory: Math.round(setting('pool.maxMemory') * MIB) },
    checkpoints: {
      automatic: setting('checkpoints.automatic'),
      idleMs: Math.round(setting('checkpoints.idleTime') * 1000),
      maxVariableBytes: Math.round(setting('checkpoints.maxVariableSize') * MIB),
      maxBytes: Math.round(setting('checkpoints.maxSize') * MIB),
      maxTotalBytes: Math.round(setting('checkpoints.maxTotalSize') * MIB),
    },
    security: securitySettings(),
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
  /** Counts what was sent: what is older is out of date. */
  #sent = 0;

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
    const wanted = backendSettings();
    const number = ++this.#sent;
    const isNewest = () => number === this.#sent;
    const problem = await this.#configure(client, wanted);
    if (problem?.code !== 'invalid') return;
    const { DEFAULT_SETTINGS } = await import('../../backend/protocol/client/index.ts');
    if (!isNewest()) return;
    const taken = await this.#sendRest(client, wanted, DEFAULT_SETTINGS, isNewest);
    if (!isNewest()) return;
    const open = vscode.l10n.t('Open Settings');
    const parts = [vscode.l10n.t('Holdfast cannot use its settings. {0}', problem.message)];
    if (taken === STRICT)
      parts.push(
        vscode.l10n.t('Until it can, everything but reading the workspace is asked, and agents are in the sandbox.'),
      );
    if ((await vscode.window.showWarningMessage(parts.join(' '), open)) === open)
      await vscode.commands.executeCommand('workbench.action.openSettings', 'holdfast');
  }

  /** What is wrong in one part must not undo the other. @returns the security that holds now */
  async #sendRest(
    client: BackendClient,
    { security, ...other }: BackendSettings,
    defaults: BackendSettings,
    isNewest: () => boolean,
  ): Promise<SecuritySettings> {
    if (!(await this.#configure(client, { ...defaults, security })) || !isNewest()) return security;
    if ((await this.#configure(client, { ...other, security: STRICT })) && isNewest())
      await this.#configure(client, { ...defaults, security: STRICT });
    return STRICT;
  }

  /** @returns why the settings were not taken */
  async #configure(client: BackendClient, settings: BackendSettings): Promise<HoldfastError | undefined> {
    try {
      await client.call('Configure', settings);
      return undefined;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#log(`The settings were not taken: ${error.message}`);
      return error;
    }
  }
}
