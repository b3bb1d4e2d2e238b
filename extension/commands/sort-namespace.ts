import * as vscode from 'vscode';
import * as z from 'zod';
import { changeUserSetting } from '../platform/settings.ts';
import { SORT_ORDERS, type SortOrder } from '../views/namespace/arrange.ts';
import { sortOrder } from '../views/namespace/preferences.ts';
import { command } from './command.ts';

/** Chooses the order of the variables: the one that is named, else the one picked. */
export const sortNamespace = command({
  id: 'holdfast.sortNamespace',
  argument: z.enum(SORT_ORDERS).optional().catch(undefined),
  async run(_services, argument) {
    const { t } = vscode.l10n;
    const labels: Record<SortOrder, string> = {
      definition: t('Order of definition'),
      name: t('Name'),
      type: t('Type'),
      size: t('Size, largest first'),
      recency: t('Last changed first'),
    };
    const current = sortOrder();
    const choices = SORT_ORDERS.map((order) => ({
      label: labels[order],
      description: order === current ? t('current') : '',
      order,
    }));
    const order = argument ?? (await vscode.window.showQuickPick(choices, { title: t('Sort variables by') }))?.order;
    if (order) await changeUserSetting('namespace.sort', order);
  },
});
