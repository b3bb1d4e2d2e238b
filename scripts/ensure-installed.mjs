// Runs before the npm scripts, on whatever Node the machine has: it may import nothing that has to be installed first.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const inModules = (...parts) => path.join(root, 'node_modules', ...parts);
/** The Node of the project: the npm package `node` puts it there by its install script. */
const projectNode = inModules('node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Ends with a message that says what to do; npm shows nothing but its own exit code after it. */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** The `packages` of a lock file, or nothing when there is none or it was cut off. */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Why `node_modules` is not what package-lock.json says, or nothing when it is.
 * npm writes `.package-lock.json` last, so an interrupted install has none; the optional packages of other systems are never in it.
 */
function whyInstall() {
  const wanted = packagesOf(path.join(root, 'package-lock.json'));
  if (!wanted) fail('package-lock.json is missing or damaged: restore it with `git checkout package-lock.json`.');
  const found = packagesOf(inModules('.package-lock.json'));
  if (!found) return 'nothing is installed yet';
  for (const [folder, { version, integrity, optional }] of Object.entries(wanted)) {
    if (folder === '') continue;
    const installed = found[folder];
    if (!installed && optional) continue;
    if (installed?.version !== version || installed?.integrity !== integrity) {
      return `${folder.slice('node_modules/'.length)} is not the version in package-lock.json`;
    }
  }
  return existsSync(projectNode) ? undefined : 'the Node of the project is missing';
}

/** Says what is done on standard error: standard output belongs to the command that follows (`npm run -s holdfast -- run --json`). */
function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Runs quietly; all that the command printed is shown only when it fails. */
function run(file, args, help) {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 2 ** 20, stdio: ['ignore', 'pipe', 'pipe'] };
  const { status, signal, error, stdout, stderr } = spawnSync(file, args, options);
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  fail(
    `${path.basename(file)} ${args.join(' ')} failed (${error?.message ?? signal ?? `exit code ${status}`}). ${help}`,
  );
}

function install(reason) {
  say(`Installing the packages of package-lock.json: ${reason}.`);
  // npm tells its scripts where it is and which Node runs it; that Node is not the one in node_modules, which npm ci deletes.
  const npm = process.env['npm_execpath'];
  const node = process.env['npm_node_execpath'] ?? process.execPath;
  const [file, args] = npm?.endsWith('.js') ? [node, [npm, 'ci']] : ['npm', ['ci']];
  run(file, args, 'Check the network and the registry that npm is set to, then run `npm ci`.');
  if (!existsSync(projectNode)) {
    fail(
      'npm did not run the install script of the package `node`. Allow it (npm config: ignore-scripts=false), then run `npm ci`.',
    );
  }
}

/** Milliseconds since 1970 of the newest file in a folder; 0 when there is none. */
function newest(place) {
  const found = statSync(place, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = readdirSync(place).filter((name) => name !== 'node_modules' && name !== '__pycache__');
  return Math.max(0, ...inside.map((name) => newest(path.join(place, name))));
}

function whyBuild() {
  const built = newest(path.join(root, 'dist', 'meta'));
  if (!built || !existsSync(path.join(root, 'dist', 'cli.js'))) return 'there is no build yet';
  const sources = ['extension', 'backend', 'media', 'esbuild.mjs'].map((name) => newest(path.join(root, name)));
  return Math.max(...sources) > built ? 'the sources are newer than the last build' : undefined;
}

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  fail(`Holdfast needs Node ${OLDEST_NODE} or newer to install itself; this is ${process.version}.`);
}
const missing = whyInstall();
if (missing) install(missing);
if (process.argv.includes('--built')) {
  const outdated = whyBuild();
  if (outdated) {
    say(`Building: ${outdated}.`);
    run(projectNode, [path.join(root, 'esbuild.mjs')], 'Fix the errors above.');
  }
}
