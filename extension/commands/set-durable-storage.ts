import * as vscode from 'vscode';
import type { Storage } from '../../backend/protocol/client/index.ts';
import { command, NoArgument } from './command.ts';

/** Asks where promises are kept from now on, tries it, and remembers it once it works. It takes no argument: only a person may say where. */
export const setDurableStorage = command({
  id: 'holdfast.setDurableStorage',
  argument: NoArgument,
  async run({ durableStorage, sessions }) {
    const { t } = vscode.l10n;
    const storage = await ask(await pickKind(durableStorage.kind), durableStorage.url);
    const client = await sessions.client();
    const progress = { location: vscode.ProgressLocation.Notification, title: t('Trying the durable storage…') };
    const { place } = await vscode.window.withProgress(progress, () => durableStorage.choose(storage, client));
    const where = place ?? t('files of this machine');
    vscode.window.showInformationMessage(
      t('What is run is kept in {0} from now on. What was kept before stays where it is.', where),
    );
  },
});

async function pickKind(now: Storage['kind']): Promise<Storage['kind']> {
  const { t } = vscode.l10n;
  const kinds = [
    { storage: 'embedded', label: t('Files of this machine'), detail: t('Needs no server') },
    { storage: 'server', label: t('Resonate server'), detail: t('By its address, and a token when it wants one') },
    {
      storage: 'postgres',
      label: t('Postgres'),
      detail: t('A database with the schema of Resonate, by its connection string'),
    },
  ] as const;
  const picked = await vscode.window.showQuickPick(
    kinds.map((choice) => ({ ...choice, description: choice.storage === now ? t('set now') : '' })),
    { title: t('Where Holdfast keeps what is run') },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.storage;
}

async function ask(kind: Storage['kind'], url: string): Promise<Storage> {
  const { t } = vscode.l10n;
  switch (kind) {
    case 'embedded':
      return { kind };
    case 'server':
      return {
        kind,
        url: await input({ title: t('Address of the Resonate server'), value: url || 'https://' }),
        token:
          (await input({ title: t('Token of the Resonate server; empty when it wants none'), password: true })) || null,
      };
    case 'postgres':
      return {
        kind,
        connectionString: await input({
          title: t('Connection string of the Postgres database'),
          placeHolder: 'postgres://user:password@host:5432/database?sslmode=verify-full',
          password: true,
        }),
      };
  }
}

async function input(options: vscode.InputBoxOptions): Promise<string> {
  const typed = await vscode.window.showInputBox({ ...options, ignoreFocusOut: true });
  if (typed === undefined) throw new vscode.CancellationError();
  return typed.trim();
}
