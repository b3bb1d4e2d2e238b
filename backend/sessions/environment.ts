/** Variables that steer VS Code's and the backend's own processes and would mislead a program started from them. */
const OWN = /^(ELECTRON_|VSCODE_|HOLDFAST_)/;

/** The environment of a worker: the person's own, without what belongs to the editor. */
export function workerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OWN.test(name)));
}
