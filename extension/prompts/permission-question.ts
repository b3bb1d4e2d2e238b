import * as vscode from 'vscode';
import type { Prompt } from '../../backend/protocol/client/index.ts';
import { DEEDS, deedOf } from '../../backend/protocol/permission-words.ts';

/** A question of the program, as it put it; of a permission in the language of the editor. */
export function promptText({ prompt, form }: Prompt): string {
  if (form.kind !== 'permission') return prompt;
  const { deed, object } = deedOf(form.category, form.operation, form.target);
  // Of a session on another machine it says more, and of what is very long less.
  if (prompt !== `May this program ${DEEDS[deed].replace('{0}', () => object)}?`) return prompt;
  const { t } = vscode.l10n;
  switch (deed) {
    case 'read':
      return t('May this program read {0}?', object);
    case 'write':
      return t('May this program write {0}?', object);
    case 'delete':
      return t('May this program delete {0}?', object);
    case 'connect':
      return t('May this program connect to {0}?', object);
    case 'listen':
      return t('May this program listen on {0}?', object);
    case 'listen_anywhere':
      return t('May this program listen on a free port of {0}?', object);
    case 'look_up':
      return t('May this program look up {0}?', object);
    case 'run':
      return t('May this program run {0}?', object);
    case 'read_variable':
      return t('May this program read the environment variable {0}?', object);
    case 'set_variable':
      return t('May this program set the environment variable {0}?', object);
    case 'remove_variable':
      return t('May this program remove the environment variable {0}?', object);
    case 'read_environment':
      return t('May this program read all variables of the environment?');
    case 'load':
      return t('May this program load native code from {0}?', object);
  }
}
