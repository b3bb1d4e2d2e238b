import { execFile } from 'node:child_process';
import type { Floor } from '../language.ts';

/** How long an interpreter may take to say whether it can. */
const ASK_TIMEOUT_MS = 10_000;

/** Asks the kernel for the version of its interface: landlock_create_ruleset(2) with LANDLOCK_CREATE_RULESET_VERSION. */
const PROGRAM = 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1))';

/** Linux' Landlock: the worker gives up rights for itself and all that it starts, before any other code runs in it. */
export const landlock: Floor = {
  name: 'landlock',
  problem: (interpreter, env) => {
    if (process.platform !== 'linux') return Promise.resolve('only Linux has it');
    return new Promise((resolve) => {
      const options = { env, timeout: ASK_TIMEOUT_MS } as const;
      const child = execFile(interpreter.path, ['-I', '-c', PROGRAM], options, (error, stdout) => {
        if (error) resolve(`${interpreter.path} could not ask for it, which needs ctypes (${error.message.trim()})`);
        else if (Number(stdout) > 0) resolve(null);
        else resolve('this kernel does not have it, or has it switched off (Linux 5.13 or newer, with lsm=landlock)');
      });
      child.stdin?.end();
    });
  },
  wrap: ({ executable, args, env }, _interpreter, bounds) => ({
    executable,
    args: [...args, `--landlock=${JSON.stringify(bounds)}`],
    env,
  }),
};
