import path from 'node:path';
import { bubblewrap } from '../bubblewrap.ts';
import type { Language } from '../language.ts';
import { findInterpreter } from './interpreter.ts';
import { landlock } from './landlock.ts';
import { multilineTexts } from './multiline-texts.ts';

/** Python, run by `worker/`: standard library only, so nothing is installed in the interpreter that it uses. */
export const python: Language = {
  id: 'python',
  label: 'Python',
  dialects: ['python'],
  extensions: { '.py': 'python', '.pyw': 'python' },
  commentPrefix: '#',
  hasThread: true,
  givesUpByItself: true,
  routedInWorker: true,
  startsByPath: true,
  cellMarker: /^#\s*(?:%%|In\s?\[[\d ]*\]|<(?:code|markdown|raw|html)cell>)/,
  region: { start: /^#\s*region\b/, end: /^#\s*endregion\b/ },
  multilineTexts,
  setting: 'holdfast.python.interpreter',
  floors: [landlock, bubblewrap],
  probe: { code: 'sum(range(10))', text: '45' },
  find: findInterpreter,
  command: (interpreter, workers, env) => ({
    executable: interpreter.path,
    args: [path.join(workers, 'python', 'main.py')],
    env,
  }),
  options: ({ python: { undo } }) =>
    undo.enabled && process.platform === 'linux' ? [`--undo=${undo.maxSnapshots},${undo.maxBytes}`] : [],
};
