import * as vscode from 'vscode';
import type { LanguageId } from '../../backend/workers/language.ts';
import { plainText } from '../inline/visible.ts';
import { DisposableStore } from '../platform/disposables.ts';
import type { Group } from './candidate.ts';
import type { FoundInterpreter } from './find-interpreters.ts';
import { searchInterpreters } from './search.ts';

/** What a person has picked. `automatic`: let the backend search. */
export type Picked =
  | { readonly kind: 'automatic' | 'enter' | 'browse' }
  | { readonly kind: 'interpreter'; readonly file: string };

interface Choice extends vscode.QuickPickItem {
  readonly means?: Picked;
}

export interface PickerOptions {
  readonly language: LanguageId;
  /** Absolute path. */
  readonly workspace: string;
  /** What the setting says. */
  readonly configured: string;
}

/** `Python` or `Node.js`. */
export function runtimeName(language: LanguageId): string {
  return language === 'python' ? 'Python' : 'Node.js';
}

/** Lists interpreters while they are found. Undefined when the person goes away. */
export async function pickInterpreter(options: PickerOptions): Promise<Picked | undefined> {
  const { t } = vscode.l10n;
  const store = new DisposableStore();
  const box = store.add(vscode.window.createQuickPick<Choice>());
  const refresh = { iconPath: new vscode.ThemeIcon('refresh'), tooltip: t('Search again') };
  box.title = t('{0} for new sessions', runtimeName(options.language));
  box.placeholder = options.configured
    ? t('Set now: {0}', plainText(options.configured))
    : t('Set now: found automatically');
  box.matchOnDescription = true;
  box.matchOnDetail = true;
  box.keepScrollPosition = true;
  box.buttons = [refresh];
  let search = new AbortController();
  let failed: unknown;
  const start = async (again: boolean) => {
    search.abort();
    search = new AbortController();
    const { signal } = search;
    box.busy = true;
    box.items = choices([], options);
    const onFound = (found: readonly FoundInterpreter[]) => show(box, choices(found, options));
    await searchInterpreters({ ...options, refresh: again, signal, onFound });
    if (!signal.aborted) box.busy = false;
  };
  const run = (again: boolean) =>
    start(again).catch((error: unknown) => {
      failed = error;
      box.hide();
    });
  try {
    return await new Promise((resolve, reject) => {
      store.add(box.onDidTriggerButton(() => void run(true)));
      store.add(box.onDidAccept(() => resolve(box.selectedItems[0]?.means)));
      store.add(box.onDidHide(() => (failed === undefined ? resolve(undefined) : reject(failed))));
      box.show();
      void run(false);
    });
  } finally {
    search.abort();
    store.dispose();
  }
}

/** Rows come in while a person may already have moved to one: that one keeps the focus. */
function show(box: vscode.QuickPick<Choice>, items: readonly Choice[]): void {
  const active = box.activeItems[0];
  box.items = items;
  const same = items.find(({ label, detail }) => label === active?.label && detail === active.detail);
  if (same) box.activeItems = [same];
}

function choices(found: readonly FoundInterpreter[], { language, configured }: PickerOptions): Choice[] {
  const { t } = vscode.l10n;
  const runtime = runtimeName(language);
  const automatic =
    language === 'python'
      ? t('what the Python extension has selected, .venv, else PATH')
      : t('node on the PATH, else the one that VS Code brings');
  return [
    choice('search', t('Find automatically'), { kind: 'automatic' }, automatic),
    choice('edit', t('Enter a path…'), { kind: 'enter' }),
    choice('folder-opened', t('Browse…'), { kind: 'browse' }),
    ...found.flatMap(({ file, version, name, group }, index): Choice[] => {
      const heading = group === found[index - 1]?.group ? [] : [separator(groupName(group))];
      // A version manager names an installation by its version.
      const own = name === version ? '' : name;
      const description = [own, file === configured ? t('set now') : ''].filter(Boolean).join(' · ');
      return [
        ...heading,
        {
          label: `${runtime} ${version}`,
          description: plainText(description),
          detail: plainText(file),
          means: { kind: 'interpreter', file },
        },
      ];
    }),
  ];
}

function choice(icon: string, label: string, means: Picked, description = ''): Choice {
  return { label, iconPath: new vscode.ThemeIcon(icon), description, means, alwaysShow: true };
}

function separator(label: string): Choice {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function groupName(group: Group): string {
  const { t } = vscode.l10n;
  switch (group) {
    case 'configured':
      return t('Set');
    case 'workspace':
      return t('Workspace');
    case 'environment':
      return t('Environments');
    case 'installed':
      return t('Installed');
  }
}
