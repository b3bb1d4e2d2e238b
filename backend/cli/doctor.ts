import { randomUUID } from 'node:crypto';
import {
  AttachSession,
  CreateSession,
  type Durability,
  Execute,
  type Outcome,
  RetryDurability,
  StatusMethod,
} from '../protocol/client/index.ts';
import type { BackendClient } from '../rpc/client.ts';
import { findFloor } from '../sessions/floor.ts';
import { languages } from '../workers/index.ts';
import type { Interpreter, Language } from '../workers/language.ts';
import { EXIT } from './failure.ts';
import { print, printJson } from './print.ts';

/** How long a language may take to answer its probe. */
const PROBE_DEADLINE_MS = 30_000;

export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** What was found, or what is wrong and how to fix it. */
  readonly detail: string;
}

/** Looks at everything a run needs and runs one real cell in each language. @returns the exit code. */
export async function doctor(
  connecting: Promise<BackendClient>,
  interpreters: Readonly<Record<string, string | undefined>>,
  json: boolean,
): Promise<number> {
  const findings: Finding[] = [];
  const report = (finding: Finding) => {
    findings.push(finding);
    if (json) printJson(finding);
    else print(`${finding.ok ? '✓' : '✗'} ${finding.what}: ${finding.detail}`);
  };
  try {
    const client = await connecting;
    const { pid, node, version, workspace, logFile } = await client.request(StatusMethod, {});
    report({
      what: 'Backend',
      ok: true,
      detail: `Holdfast ${version}, process ${pid}, Node ${node}, for ${workspace}`,
    });
    report({ what: 'Log', ok: true, detail: logFile });
    for (const language of languages) {
      const { finding, interpreter } = await probe(client, language, interpreters[language.id] ?? null);
      report(finding);
      if (interpreter) report(await floorOf(language, interpreter));
    }
    // Behind the probes: their outcomes were to be kept. What has failed is tried again.
    report(kept((await client.request(RetryDurability, {})).durability));
    client.close();
  } catch (error) {
    report({ what: 'Backend', ok: false, detail: (error as Error).message });
  }
  return findings.every(({ ok }) => ok) ? EXIT.succeeded : EXIT.failed;
}

function kept({ state, reason, place }: Durability): Finding {
  const detail = reason ?? `${state === 'opening' ? 'opened just now' : 'kept'}, ${place ? `on ${place}` : 'in files'}`;
  return { what: 'Durable promises', ok: state !== 'failed', detail };
}

/** Going without one is no failure. */
async function floorOf(language: Language, interpreter: Interpreter): Promise<Finding> {
  const what = `${language.label}, floor`;
  try {
    const { name } = await findFloor(language, interpreter, process.env);
    return { what, ok: true, detail: `${name}, for sessions that are started with one` };
  } catch (error) {
    return { what, ok: true, detail: `none. ${(error as Error).message}` };
  }
}

interface Probed {
  readonly finding: Finding;
  /** Null when none was found. */
  readonly interpreter: Interpreter | null;
}

async function probe(client: BackendClient, language: Language, interpreter: string | null): Promise<Probed> {
  const what = language.label;
  try {
    const started = performance.now();
    const { session } = await client.request(CreateSession, {
      language: language.id,
      name: null,
      reuse: false,
      ephemeral: true,
      interpreter,
      cwd: null,
      env: null,
      envFile: null,
    });
    const outcome = await runProbe(client, session.sessionId, language);
    const { path, version, origin } = session.interpreter;
    const found = `${version} at ${path} (${origin})`;
    if (outcome.status !== 'succeeded' || outcome.text !== language.probe.text) {
      const detail = `${found} ${describe(outcome)} Another one can be set with ${language.setting}.`;
      return { finding: { what, ok: false, detail }, interpreter: null };
    }
    const milliseconds = Math.round(performance.now() - started);
    const detail = `${found}: ${language.probe.code} is ${outcome.text}, after ${milliseconds} ms`;
    return { finding: { what, ok: true, detail }, interpreter: { ...session.interpreter, watched: [] } };
  } catch (error) {
    return { finding: { what, ok: false, detail: (error as Error).message }, interpreter: null };
  }
}

async function runProbe(client: BackendClient, sessionId: string, language: Language): Promise<Outcome> {
  const executionId = randomUUID();
  const ended = new Promise<Outcome>((resolve, reject) => {
    client.onEvent((event) => {
      if (event.event !== 'session_event' || event.body.kind !== 'finished') return;
      if (event.body.executionId === executionId) resolve(event.body.outcome);
    });
    client.onClose(() => reject(new Error('The backend went away.')));
    setTimeout(() => reject(new Error(`No answer within ${PROBE_DEADLINE_MS / 1000} s.`)), PROBE_DEADLINE_MS).unref();
  });
  await client.request(AttachSession, { sessionId, cursor: 0, delivery: 'lossy' });
  const [dialect] = language.dialects;
  if (!dialect) throw new Error(`${language.id} has no dialect.`);
  const source = { name: '<doctor>', path: null, line: 1, column: 0 };
  const request = client.request(
    Execute,
    { sessionId, executionId, dialect, source, batch: null },
    { payload: Buffer.from(language.probe.code) },
  );
  const [outcome] = await Promise.all([ended, request]);
  return outcome;
}

function describe(outcome: Outcome): string {
  switch (outcome.status) {
    case 'succeeded':
      return `answered ${outcome.text} to its probe.`;
    case 'failed':
      return `failed: ${outcome.error.name}: ${outcome.error.message}`;
    case 'cancelled':
      return 'was cancelled.';
    case 'lost':
      return `was lost: ${outcome.reason} ${outcome.stderrTail}`;
  }
}
