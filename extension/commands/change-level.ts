import * as vscode from 'vscode';
import { LEVELS, Level } from '../../backend/protocol/security.ts';
import { levelDescription, levelIcon } from '../views/level-words.ts';
import { SessionArgument } from './arguments.ts';
import { command } from './command.ts';
import { pickSession } from './pick-session.ts';

/** A session, and the level for a key binding that knows it. */
const LevelArgument = SessionArgument.partial().extend({ level: Level.optional() });

/** Says what the code of a session may do from now on. */
export const changeLevel = command({
  id: 'holdfast.changeLevel',
  argument: LevelArgument.optional().catch(undefined),
  async run({ sessions }, argument) {
    const { t } = vscode.l10n;
    const { sessionId, name, level: current } = await pickSession(sessions, argument?.sessionId);
    if (argument?.level) {
      await sessions.setLevel(sessionId, argument.level);
      return;
    }
    const picked = await vscode.window.showQuickPick(
      LEVELS.map((level) => ({
        label: level,
        description: level === current ? t('now') : '',
        detail: levelDescription(level),
        iconPath: new vscode.ThemeIcon(levelIcon(level)),
        level,
      })),
      {
        title: t('What may run in {0}?', name),
        placeHolder: t('Agents stay at their own level when that is stricter'),
      },
    );
    if (!picked) throw new vscode.CancellationError();
    if (picked.level !== current) await sessions.setLevel(sessionId, picked.level);
  },
});
