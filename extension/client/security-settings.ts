import * as vscode from 'vscode';
import type { SecuritySettings } from '../../backend/protocol/client/index.ts';

/**
 * What `holdfast.security` says. Only the person's own settings count: what a workspace says is left aside here, too, so that no repository
 * can loosen what is allowed in it. Values are sent as they are: the backend checks them, and says what is wrong.
 */
export function securitySettings(): SecuritySettings {
  const seconds = own('promptTimeout');
  const settings = {
    levels: { person: own('levels.person'), agent: own('levels.agent'), extension: own('levels.extension') },
    allow: own('allow'),
    deny: own('deny'),
    promptTimeoutMs: typeof seconds === 'number' ? (seconds > 0 ? Math.round(seconds * 1000) : null) : seconds,
  };
  // Its shape is checked where it arrives.
  return settings as unknown as SecuritySettings;
}

/** What holds while the settings cannot be used: a denial that nobody understands must not become a permission. */
export const STRICT: SecuritySettings = {
  levels: { person: 'restricted', agent: 'sandbox', extension: 'sandbox' },
  allow: {},
  deny: {},
  promptTimeoutMs: null,
};

/** Whether new sessions are held from below. */
export function wantsFloor(): boolean {
  return own('floor') === true;
}

function own(name: string): unknown {
  const found = vscode.workspace.getConfiguration('holdfast.security').inspect<unknown>(name);
  const value = found?.globalValue ?? found?.defaultValue;
  // Objects of settings are proxies, which do not travel.
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
