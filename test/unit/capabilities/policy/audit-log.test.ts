import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AuditLog } from '../../../../backend/capabilities/policy/audit-log.ts';
import type { AuditEntry } from '../../../../backend/protocol/client/security.ts';
import { posix } from '../../../helpers/where.ts';

const MAX_FILE_BYTES = 8 * 1024 * 1024;

function entry(target: string): AuditEntry {
  return {
    at: 1,
    sessionId: 's',
    executionId: null,
    origin: 'agent',
    category: 'read',
    operation: 'open',
    target,
    decision: 'allow',
    by: 'person',
    location: { file: '/work/a.py', line: 3 },
  };
}

describe('the audit log', () => {
  let folder: string;
  let file: string;
  let audit: AuditLog;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hf-audit-'));
    file = path.join(folder, 'state', 'audit.jsonl');
    audit = new AuditLog(file);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const targets = async (count: number) => (await audit.tail(count)).map(({ target }) => target);
  const write = async (...names: string[]) => {
    for (const name of names) audit.add(entry(name));
    await audit.flushed();
  };
  /** As large as it may become, with `name` as its last entry. */
  async function fill(name: string): Promise<string> {
    const last = `${JSON.stringify(entry(name))}\n`;
    const full = `${'x'.repeat(MAX_FILE_BYTES)}\n${last}`;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, full);
    return full;
  }

  it('is appended to, a line each, in the order in which things were decided', async () => {
    await write('a', 'b');
    const before = await readFile(file, 'utf8');
    await write('c');
    assert.ok((await readFile(file, 'utf8')).startsWith(before));
    assert.deepEqual(await targets(10), ['a', 'b', 'c']);
    assert.deepEqual(await targets(2), ['b', 'c']);
  });

  posix('is its user’s only', async () => {
    await write('a');
    const modes = await Promise.all([path.dirname(file), file].map(async (one) => (await stat(one)).mode & 0o777));
    assert.deepEqual(modes, [0o700, 0o600]);
  });

  it('begins a new file when the old one is full, and keeps that one beside it', async () => {
    const full = await fill('old');
    await write('new');
    assert.equal(await readFile(`${file}.1`, 'utf8'), full);
    assert.equal((await readFile(file, 'utf8')).split('\n').length, 2);
    assert.deepEqual(await targets(2), ['old', 'new']);
    const second = await fill('newer');
    await write('newest');
    assert.equal(await readFile(`${file}.1`, 'utf8'), second, 'in the place of the one before');
    assert.deepEqual(await targets(2), ['newer', 'newest']);
  });

  it('goes on in a full file when that cannot be put aside', async () => {
    await fill('old');
    await mkdir(path.join(`${file}.1`, 'in the way'), { recursive: true });
    await write('new');
    assert.deepEqual(await targets(2), ['old', 'new']);
  });

  it('leaves out lines that cannot be read', async () => {
    await write('a');
    await writeFile(file, `${await readFile(file, 'utf8')}{"at":1,\n{"at":"?"}\n`);
    await write('b');
    assert.deepEqual(await targets(4), ['a', 'b']);
  });

  it('goes on when it could not be written for a while', async () => {
    await writeFile(path.dirname(file), '');
    await write('lost');
    await rm(path.dirname(file));
    await write('kept');
    assert.deepEqual(await targets(10), ['kept']);
  });
});
