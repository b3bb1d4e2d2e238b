import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ReadOutput } from '../../../backend/protocol/client/index.ts';
import { StateFolder } from '../../../backend/rpc/state-folder.ts';
import { languages } from '../../../backend/workers/index.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { stop, TestSession, TestWorkspace } from '../../helpers/backend.ts';
import { Bystander } from '../../helpers/bystander.ts';
import { eventually } from '../../helpers/eventually.ts';

const MEGABYTE = 1024 * 1024;
const PRINTED = 8 * MEGABYTE;
const PRINT: Readonly<Record<LanguageId, string>> = {
  python: `import sys\nfor _ in range(8): _ = sys.stdout.write("x" * ${MEGABYTE})\n"end"`,
  javascript: `for (let n = 0; n < 8; n++) process.stdout.write("x".repeat(${MEGABYTE})); "end"`,
};

const mounts = process.platform === 'linux' && process.getuid?.() === 0;
const run = mounts ? it : it.skip;
const reason = mounts ? '' : ' (skipped: mounting a small disk needs root on Linux)';

for (const { id, label } of languages) {
  describe(`a full disk below the state folder: ${label}${reason}`, () => {
    let workspace: TestWorkspace;

    beforeEach(async function () {
      if (!mounts) return this.skip();
      workspace = await TestWorkspace.make();
      mkdirSync(workspace.state);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', workspace.state]);
    });
    afterEach(async () => {
      if (!mounts) return;
      // The mount must be gone before the folder is removed, and the backend before the mount.
      const client = await workspace.connect({ backend: null });
      await stop(client);
      // It closes its connections before it is gone, and its workers go after it.
      await eventually(() => execFileSync('umount', [workspace.state], { stdio: 'pipe' }));
      await workspace.remove();
    });

    run('the output comes all the same, the log on disk says that it is cut, and no session is harmed', async () => {
      const client = await workspace.connect();
      const bystander = await Bystander.open(client);
      const session = await TestSession.open(client, id);
      const { executionId, outcome, stdout } = await session.run(PRINT[id]);
      assert.equal(outcome.status, 'succeeded');
      assert.equal(stdout.length, PRINTED);
      const kept = await client.request(ReadOutput, { sessionId: session.id, executionId, start: 0, count: MEGABYTE });
      assert.equal(kept.total, PRINTED);
      assert.ok(kept.kept < PRINTED);
      assert.match(kept.cut ?? '', /disk|space/i);
      assert.deepEqual((await session.run('40 + 2')).lines, ['=> 42']);
      await bystander.assertUnharmed();
    });

    run('a backend whose disk is full already runs cells and answers other clients', async () => {
      const client = await workspace.connect();
      const folder = await StateFolder.of(workspace.path, workspace.env);
      // Until there is no room for one byte more.
      await assert.rejects(writeFile(path.join(folder.path, 'filler'), Buffer.alloc(2 * MEGABYTE)), { code: 'ENOSPC' });
      const session = await TestSession.open(client, id);
      const { outcome, stdout } = await session.run(PRINT[id]);
      assert.equal(outcome.status, 'succeeded');
      assert.equal(stdout.length, PRINTED);
      const other = await workspace.connect();
      assert.equal(other.hello.pid, client.hello.pid);
      await (await Bystander.open(other)).assertUnharmed();
      assert.doesNotMatch(await readFile(folder.logFile, 'utf8'), /Uncaught|Unhandled/);
    });
  });
}
