import * as z from 'zod';
import type { AuditEntry } from '../../protocol/client/security.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { DEEDS, deedOf } from '../../protocol/permission-words.ts';
import type { Scope } from '../../protocol/security.ts';
import type { Request } from '../broker.ts';
import type { NoticeLevel } from '../capability.ts';
import { CapabilityError } from '../capability-error.ts';
import type { OpenPrompts, PromptEnd } from '../open-prompts.ts';
import type { Effect } from '../performed.ts';
import { allowanceOf, denialOfAll } from './grants.ts';
import type { SessionSecurity } from './session-security.ts';
import { type Target, targetOf } from './target.ts';
import type { InForce, WorkspaceSecurity } from './workspace-security.ts';

const SCOPES: readonly Scope[] = ['once', 'session', 'workspace', 'always'];
const SHORT: Readonly<Record<string, string>> = { yes: 'allow_once', y: 'allow_once', no: 'deny_once', n: 'deny_once' };
const ANSWERS = ['allow_once', 'allow_session', 'allow_workspace', 'allow_always', 'deny_once', 'deny_all'] as const;

/** What a person answers to a permission prompt, by its name or, in a terminal, by yes and no. */
const PermissionAnswer = z.string().transform((text, context): Answer => {
  const word = text.trim().toLowerCase();
  const found = ANSWERS.find((answer) => answer === (SHORT[word] ?? word));
  if (found) return found;
  context.addIssue(`The answer is one of ${ANSWERS.join(', ')}, yes or no.`);
  return z.NEVER;
});
type Answer = (typeof ANSWERS)[number];

const HOW_TO_CHANGE =
  'Change it with "Holdfast: Change Security Level", in the settings (holdfast.security), or with --level and --allow.';

export interface JudgeOptions {
  readonly sessionId: string;
  readonly workspace: WorkspaceSecurity;
  readonly session: SessionSecurity;
  readonly prompts: OpenPrompts;
  /** The machine that its programs run on; null: this one. */
  machine(): string | null;
  /** Tells the person something that is no question. */
  notify(request: Request, level: NoticeLevel, message: string): void;
}

/** What was allowed. */
export interface Judged {
  /** The same need not be asked again while the policy stays. */
  readonly remember: boolean;
  /** Of a file or folder its real path, by which it was judged. */
  readonly touched: string | null;
}

/** Decides what a session's programs may do, asks the person where neither the level nor an earlier answer says, and writes it down. */
export class Judge {
  readonly #options: JudgeOptions;
  #asked = 0;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /**
   * Settles when it is allowed.
   * @throws CapabilityError `denied`, `timeout`, `closed`
   */
  async judge(effect: Effect, request: Request, signal: AbortSignal): Promise<Judged> {
    const { sessionId, workspace, session, machine } = this.#options;
    const inForce = session.inForce(request.executionId);
    const target = await targetOf(effect, machine() === null ? workspace.roots : null);
    const names = [target.category, request.capability];
    const { decision, by, within } = await workspace.decide(target, names, inForce, sessionId);
    signal.throwIfAborted();
    const write = (allowed: boolean, why: AuditEntry['by']) =>
      this.#write(effect, target, request, inForce, allowed, why);
    if (decision === 'deny') {
      write(false, by);
      const why = by === 'level' ? `at the level "${inForce.level}"` : BY[by];
      throw denied(effect, target, within === undefined ? why : `${why}, which covers ${within}`);
    }
    if (decision === 'ask') await this.#ask(effect, target, request, inForce, write);
    else write(true, by);
    const touched = target.subject.kind === 'path' ? target.subject.path : null;
    if (workspace.dependsOnContent(target)) return { remember: false, touched };
    for (const each of session.strictestOfEach) {
      if (decision === 'allow' && isSame(inForce, each)) continue;
      const { decision: theirs } = await workspace.decide(target, names, each, sessionId);
      if (theirs !== 'allow') return { remember: false, touched };
    }
    return { remember: true, touched };
  }

  async #ask(
    effect: Effect,
    target: Target,
    request: Request,
    inForce: InForce,
    write: (allowed: boolean, why: AuditEntry['by']) => void,
  ): Promise<void> {
    const end = await this.#prompt(effect, target, request);
    if (end.status === 'failed') {
      write(false, end.code);
      throw new CapabilityError(end.code, `${sentence(effect, target, this.#options.machine())} ${end.message}`);
    }
    const answer = end.value as Answer;
    const { sessionId, workspace, machine } = this.#options;
    const { category, covers } = target;
    const { location } = request;
    const { origin } = inForce;
    write(answer.startsWith('allow'), 'person');
    if (answer === 'deny_all') await workspace.grants.add(denialOfAll(category, origin, sessionId));
    if (!answer.startsWith('allow')) throw denied(effect, target, 'by you');
    const wanted = answer.slice('allow_'.length) as Scope;
    if (wanted === 'once' || covers === null) return;
    const scope = machine() === null ? wanted : 'session';
    const ofSession = scope === 'session' ? sessionId : null;
    const made = allowanceOf(target, covers, { scope, origin, sessionId: ofSession, location });
    try {
      await workspace.grants.add(made);
    } catch (error) {
      // What was allowed is done all the same.
      if (!(error instanceof HoldfastError)) throw error;
      this.#options.notify(request, 'warning', error.message);
    }
  }

  #prompt(effect: Effect, target: Target, request: Request): Promise<PromptEnd> {
    const { sessionId, prompts } = this.#options;
    const machine = this.#options.machine();
    const { executionId, requestId, location } = request;
    if (prompts.full) throw new CapabilityError('denied', 'Too many questions are open.');
    const { category, text, covers } = target;
    return new Promise((ended) => {
      prompts.open({
        requestId,
        answer: PermissionAnswer,
        ended,
        prompt: {
          promptId: `${executionId ?? sessionId}.${category}.${requestId}-${++this.#asked}`,
          sessionId,
          executionId,
          capability: request.capability,
          prompt: sentence(effect, target, machine),
          form: {
            kind: 'permission',
            category,
            operation: effect.operation,
            target: text.slice(0, 10_000),
            covers: (covers ?? text).slice(0, 10_000),
            // What is meant by a path or a host there is something else here.
            scopes: covers === null ? ['once'] : SCOPES.slice(0, machine === null ? undefined : 2),
          },
          location,
          createdAt: Date.now(),
        },
      });
    });
  }

  #write(
    effect: Effect,
    { category, logged }: Target,
    { executionId, location }: Request,
    { origin }: InForce,
    allowed: boolean,
    by: AuditEntry['by'],
  ): void {
    const { sessionId, workspace } = this.#options;
    const { operation } = effect;
    const target = logged.slice(0, 10_000);
    const decision = allowed ? 'allow' : 'deny';
    workspace.audit.add({
      at: Date.now(),
      sessionId,
      executionId,
      origin,
      category,
      operation,
      target,
      decision,
      by,
      location,
    });
  }
}

function isSame(one: InForce, other: InForce): boolean {
  const sets = (set: ReadonlySet<string>, its: ReadonlySet<string>) =>
    set.size === its.size && [...set].every((name) => its.has(name));
  return (
    one.level === other.level &&
    one.origin === other.origin &&
    sets(one.allow, other.allow) &&
    sets(one.deny, other.deny)
  );
}

const BY = {
  setting: 'by the setting holdfast.security.deny',
  option: 'by an option of this run',
  grant: 'by an earlier answer of yours',
} as const;

/** What is done to what, as it follows "May this program". */
export function phrase({ operation }: Effect, { category, text }: Target): string {
  const { deed, object } = deedOf(category, operation, text.slice(0, 5000));
  return DEEDS[deed].replace('{0}', () => object);
}

function sentence(effect: Effect, target: Target, machine: string | null): string {
  const where = machine === null ? '' : ` on ${machine}`;
  return `May this program ${phrase(effect, target)}${where}?`;
}

function denied(effect: Effect, target: Target, why: string): CapabilityError {
  return new CapabilityError('denied', `To ${phrase(effect, target)} is denied ${why}. ${HOW_TO_CHANGE}`);
}
