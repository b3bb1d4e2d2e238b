import { syncBuiltinESMExports } from 'node:module';
import { type Memory, Word } from '../../shared/memory.ts';
import { getOwnPropertySymbols, store } from '../primordials.ts';
import { openBindings } from './bindings.ts';
import { gateConnections } from './connections.ts';
import type { Consent } from './consent.ts';
import { gateDatabases, gateWasi } from './databases.ts';
import { gateDatagrams } from './datagrams.ts';
import { gateFetch } from './fetching.ts';
import { gateFileFunctions } from './file-functions.ts';
import { gateFileJobs } from './file-jobs.ts';
import { gateFiles } from './files.ts';
import { HostQuestions } from './hosts.ts';
import { gateNativeCode } from './native-code.ts';
import { PathQuestions } from './paths.ts';
import { Places } from './places.ts';
import { gateProcesses, gateThreads } from './processes.ts';
import { executableFinder, realPathFinder } from './real-path.ts';
import { gateResolver } from './resolver.ts';
import { gateTrees } from './trees.ts';

export interface GateOptions {
  readonly consent: Consent;
  readonly memory: Memory;
  /** The worker's own files. */
  readonly workerFolder: string;
  /** A thread, to find what starts threads. */
  readonly thread: object;
}

/** The consent gate: ordinary code is stopped where it would touch the world, and asks. It is put in place by the first policy that asks for anything. */
export class Gate {
  readonly #options: GateOptions;
  // Taken before user code can replace what gives them, or use it.
  readonly #getBinding = openBindings();
  #installed = false;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** A cell begins, or there is a new policy. */
  renew(): void {
    const { consent } = this.#options;
    consent.renew();
    const { words } = this.#options.memory;
    if (!this.#installed && consent.policy()) {
      store(words, Word.gating, 1);
      this.#install();
      // At the end: one that was terminated in spite of all is put in place again, over what there is of it.
      this.#installed = true;
    }
    store(words, Word.gating, 0);
  }

  #install(): void {
    const { consent, workerFolder, thread } = this.#options;
    const getBinding = this.#getBinding;
    const files = getBinding('fs');
    const lookups = { realPath: realPathFinder(files), executable: executableFinder(files) };
    const paths = new PathQuestions(consent, new Places(workerFolder), lookups.realPath);
    const hosts = new HostQuestions(consent);
    // Before the functions are wrapped that loading a module calls.
    gateDatabases(paths);
    gateWasi(paths);
    gateFiles(files, paths);
    gateFileJobs(files, paths);
    gateFileFunctions(getBinding, paths);
    gateTrees(paths);
    const intent = gateConnections(getBinding, hosts, paths);
    gateDatagrams(getBinding, hosts, intent);
    gateResolver(getBinding, hosts, intent);
    gateFetch(hosts);
    gateProcesses(getBinding, consent, lookups);
    gateThreads(handleOf(thread), consent);
    gateNativeCode(getBinding, paths, hosts);
    syncBuiltinESMExports();
  }
}

/** What Node keeps behind a thread. */
function handleOf(thread: object): object {
  for (const symbol of getOwnPropertySymbols(thread)) {
    if (symbol.description === 'kHandle') return (thread as Record<symbol, object>)[symbol] as object;
  }
  throw new Error('Node keeps its threads in another way than this worker knows.');
}
