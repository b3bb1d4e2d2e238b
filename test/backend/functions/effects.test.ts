import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { AnswerPrompt, Configure, DEFAULT_SETTINGS } from '../../../backend/protocol/client/index.ts';
import type { Security } from '../../../backend/protocol/security.ts';
import type { BackendClient } from '../../../backend/rpc/client.ts';
import { languages } from '../../../backend/workers/index.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { TestSession, TestWorkspace, type Transcript } from '../../helpers/backend.ts';

interface Place {
  readonly workspace: string;
  /** A folder outside of the workspace, with `a.txt`. */
  readonly outside: string;
  readonly url: string;
}

interface Case {
  readonly capability: string;
  readonly code: Readonly<Record<LanguageId, (place: Place) => string>>;
  readonly category: string;
  /** What the prompt says is touched. */
  readonly target: (place: Place) => string;
  readonly value: Readonly<Record<LanguageId, string>>;
}

const q = JSON.stringify;
const same = (text: string) => ({ python: text, javascript: text });

const cases: readonly Case[] = [
  {
    capability: 'read_file',
    code: {
      python: ({ outside }) => `read_file(${q(`${outside}/x/../a.txt`)})`,
      javascript: ({ outside }) => `await readFile(${q(`${outside}/x/../a.txt`)})`,
    },
    category: 'read',
    target: ({ outside }) => `${outside}/a.txt`,
    value: same("'A'"),
  },
  {
    capability: 'write_file',
    code: {
      python: ({ outside }) => `write_file(${q(`${outside}/new`)}, "x")\n1`,
      javascript: ({ outside }) => `await writeFile(${q(`${outside}/new`)}, "x"); 1`,
    },
    category: 'write',
    target: ({ outside }) => `${outside}/new`,
    value: same('1'),
  },
  {
    capability: 'list_files',
    code: {
      python: ({ outside }) => `import os\n[os.path.basename(f) for f in list_files(${q(outside)}, "*.txt")]`,
      javascript: ({ outside }) => `(await listFiles(${q(outside)}, "*.txt")).map((f) => f.split("/").at(-1))`,
    },
    category: 'read',
    target: ({ outside }) => outside,
    value: { python: "['a.txt']", javascript: "[ 'a.txt' ]" },
  },
  {
    capability: 'shell',
    code: {
      python: ({ outside }) => `shell(${q(`echo made > ${outside}/new; echo out`)}, show=False).stdout`,
      javascript: ({ outside }) =>
        `(await shell(${q(`echo made > ${outside}/new; echo out`)}, { show: false })).stdout`,
    },
    category: 'subprocess',
    target: ({ outside, workspace }) => `/bin/sh -c "echo made > ${outside}/new; echo out" (in ${workspace})`,
    value: same("'out\\n'"),
  },
  {
    capability: 'env',
    code: { python: () => 'env("HOLDFASTTEST")', javascript: () => 'await env("HOLDFASTTEST")' },
    category: 'environment',
    target: () => 'HOLDFASTTEST',
    value: same("'here'"),
  },
  {
    capability: 'fetch',
    code: { python: ({ url }) => `fetch(${q(url)}).text()`, javascript: () => '' },
    category: 'network',
    target: ({ url }) => new URL(url).host,
    value: same("'served'"),
  },
];

const at = (level: Security['level'], deny: string[] = []): { security: Security } => {
  return { security: { level, allow: [], deny } };
};

function problem({ outcome }: Transcript): string {
  assert.ok(outcome.status === 'failed', JSON.stringify(outcome));
  return `${outcome.error.name}: ${outcome.error.message}`;
}

for (const { id, label } of languages) {
  describe(`what functions do in ${label}`, () => {
    let workspace: TestWorkspace;
    let client: BackendClient;
    let session: TestSession;
    let server: http.Server;
    let place: Place;
    let served = 0;

    before(async () => {
      workspace = await TestWorkspace.make();
      client = await workspace.connect();
      session = await TestSession.open(client, id, {
        env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', HOLDFASTTEST: 'here' },
      });
      server = http.createServer((_request, response) => {
        served++;
        response.end('served');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const outside = path.join(path.dirname(workspace.path), 'outside');
      await mkdir(path.join(outside, 'x'), { recursive: true });
      place = {
        workspace: workspace.path,
        outside,
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      };
    });
    after(async () => {
      server.closeAllConnections();
      server.close();
      await workspace.remove();
    });
    beforeEach(async () => {
      served = 0;
      await writeFile(path.join(place.outside, 'a.txt'), 'A');
    });
    afterEach(async () => {
      await client.request(Configure, DEFAULT_SETTINGS);
      await session.run(
        id === 'python'
          ? `import os\n[os.remove(f) for f in [${q(`${place.outside}/new`)}] if os.path.exists(f)]`
          : `require("fs").rmSync(${q(`${place.outside}/new`)}, { force: true })`,
      );
    });

    async function nothingDone(): Promise<void> {
      assert.deepEqual([(await readdir(place.outside)).sort(), served], [['a.txt', 'x'], 0]);
    }

    for (const { capability, code, category, target, value } of cases) {
      if (code[id]({ workspace: '', outside: '', url: '' }) === '') continue;
      const text = () => code[id](place);
      const asked = async (options: object = at('restricted')) => {
        const { executionId, ended } = await session.start(text(), options);
        const prompt = await session.prompt(executionId);
        return { executionId, prompt, ended: ended.then(() => session.transcript(executionId)) };
      };

      it(`${capability} is done when it is allowed`, async () => {
        assert.deepEqual((await session.run(text(), at('trusted'))).lines, [`=> ${value[id]}`]);
      });

      it(`${capability} asks where it is to be asked, and is done then`, async () => {
        const { prompt, ended } = await asked();
        assert.ok(prompt.form.kind === 'permission');
        assert.deepEqual(
          [prompt.capability, prompt.form.category, prompt.form.target],
          [capability, category, target(place)],
        );
        await nothingDone();
        await client.request(AnswerPrompt, { promptId: prompt.promptId, value: 'allow_once' });
        assert.deepEqual((await ended).lines, [`=> ${value[id]}`]);
      });

      it(`${capability} is not done when a person denies it`, async () => {
        const { prompt, ended } = await asked();
        await client.request(AnswerPrompt, { promptId: prompt.promptId, value: 'no' });
        assert.match(problem(await ended), /^PermissionError: .* is denied by you/);
        await nothingDone();
      });

      for (const [how, options, message] of [
        ['at the level sandbox', at('sandbox'), /^PermissionError: .*"sandbox".*Change it with/],
        ['by its name', at('trusted', [capability]), /^PermissionError: .*denied by an option/],
        ['by what it does', at('trusted', [category]), /^PermissionError: .*denied by an option/],
      ] as const) {
        it(`${capability} is denied ${how}, and nobody is asked`, async () => {
          const transcript = await session.run(text(), options);
          // Reading is allowed in the workspace: what is elsewhere is denied by name.
          assert.match(problem(transcript), message);
          assert.ok(!transcript.events.some(({ kind }) => kind === 'prompt_opened'));
          await nothingDone();
        });
      }

      it(`${capability} is cancelled while it is asked for, and asks again the next time`, async () => {
        const { executionId, prompt, ended } = await asked();
        await session.cancel(executionId);
        assert.equal((await ended).outcome.status, 'cancelled');
        await session.until(() =>
          session.events.find(({ event }) => event.kind === 'prompt_closed' && event.promptId === prompt.promptId),
        );
        await nothingDone();
        const again = await asked();
        await client.request(AnswerPrompt, { promptId: again.prompt.promptId, value: 'no' });
        assert.match(problem(await again.ended), /^PermissionError/);
      });

      it(`${capability} is a TimeoutError when nobody answers in time`, async () => {
        const security = { ...DEFAULT_SETTINGS.security, promptTimeoutMs: 50 };
        await client.request(Configure, { ...DEFAULT_SETTINGS, security });
        assert.match(problem(await (await asked()).ended), /^TimeoutError: /);
        await nothingDone();
      });
    }

    it('in the workspace files are read and written without asking at the level standard', async () => {
      const code = {
        python: 'write_file("w.txt", "é")\nread_file("w.txt"), list_files()',
        javascript: 'await writeFile("w.txt", "é"); [await readFile("w.txt"), await listFiles()]',
      };
      const value = { python: "=> ('é', ['w.txt'])", javascript: "=> [ 'é', [ 'w.txt' ] ]" };
      assert.deepEqual((await session.run(code[id], at('standard'))).lines, [value[id]]);
      assert.equal(await readFile(path.join(workspace.path, 'w.txt'), 'utf8'), 'é');
    });
  });
}
