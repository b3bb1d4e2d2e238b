import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { permissions } from '../../../backend/capabilities/index.ts';
import { Configure, DEFAULT_SETTINGS } from '../../../backend/protocol/client/index.ts';
import { CATEGORIES } from '../../../backend/protocol/security.ts';
import { languages } from '../../../backend/workers/index.ts';
import type { LanguageId } from '../../../backend/workers/language.ts';
import { TestWorkspace } from '../../helpers/backend.ts';
import { holdfast } from '../../helpers/cli.ts';
import { type CellRecord, runCells } from './run-cells.ts';

interface Place {
  readonly workspace: string;
  /** A folder outside of the workspace, with `a.txt`. */
  readonly outside: string;
  readonly url: string;
}

type Each<T> = Readonly<Record<LanguageId, T>>;

interface Case {
  readonly capability: string;
  /** Null where the language has no such function. */
  readonly code: Each<((place: Place) => string) | null>;
  readonly value: Each<string | null> | ((place: Place) => string);
  /** Of an effect, which may have to be allowed: what it does, and what the prompt says is touched. */
  readonly effect?: { readonly category: string; readonly target: (place: Place) => string };
  /** Of a question: what is answered. */
  readonly answer?: (place: Place) => string;
  /** What else the command line tells of it. */
  readonly tells?: string;
}

const q = JSON.stringify;
const same = <T>(one: T) => ({ python: one, javascript: one });
const inBoth = (python: string, javascript: string) => ({ python: () => python, javascript: () => javascript });

const cases: readonly Case[] = [
  {
    capability: 'read_file',
    code: {
      python: ({ outside }) => `read_file(${q(`${outside}/x/../a.txt`)})`,
      javascript: ({ outside }) => `await readFile(${q(`${outside}/x/../a.txt`)})`,
    },
    effect: { category: 'read', target: ({ outside }) => `${outside}/a.txt` },
    value: same("'A'"),
  },
  {
    capability: 'write_file',
    code: {
      python: ({ outside }) => `write_file(${q(`${outside}/new`)}, "x")\n1`,
      javascript: ({ outside }) => `await writeFile(${q(`${outside}/new`)}, "x"); 1`,
    },
    effect: { category: 'write', target: ({ outside }) => `${outside}/new` },
    value: same('1'),
  },
  {
    capability: 'list_files',
    code: {
      python: ({ outside }) => `import os\n[os.path.basename(f) for f in list_files(${q(outside)}, "*.txt")]`,
      javascript: ({ outside }) => `(await listFiles(${q(outside)}, "*.txt")).map((f) => f.split("/").at(-1))`,
    },
    effect: { category: 'read', target: ({ outside }) => outside },
    value: { python: "['a.txt']", javascript: "[ 'a.txt' ]" },
  },
  {
    capability: 'shell',
    code: {
      python: ({ outside }) => `shell(${q(`echo made > ${outside}/new; echo out`)}, show=False).stdout`,
      javascript: ({ outside }) =>
        `(await shell(${q(`echo made > ${outside}/new; echo out`)}, { show: false })).stdout`,
    },
    effect: {
      category: 'subprocess',
      target: ({ outside, workspace }) => `/bin/sh -c "echo made > ${outside}/new; echo out" (in ${workspace})`,
    },
    value: same("'out\\n'"),
  },
  {
    capability: 'env',
    code: inBoth('env("HOLDFASTTEST")', 'await env("HOLDFASTTEST")'),
    effect: { category: 'environment', target: () => 'HOLDFASTTEST' },
    value: same("'here'"),
  },
  {
    capability: 'fetch',
    // The global `fetch` of JavaScript is the platform's own.
    code: { python: ({ url }) => `fetch(${q(url)}).text()`, javascript: null },
    effect: { category: 'network', target: ({ url }) => new URL(url).host },
    value: same("'served'"),
  },
  {
    capability: 'input',
    code: inBoth('input("Name?")', 'await input("Name?")'),
    answer: () => 'Ada',
    value: same("'Ada'"),
  },
  {
    capability: 'getpass',
    code: inBoth('import getpass\ngetpass.getpass("Code?")', 'await input("Code?", { secret: true })'),
    answer: () => 'Eva',
    value: same("'Eva'"),
  },
  {
    capability: 'approve',
    code: inBoth('approve("Go?")', 'await approve("Go?")'),
    answer: () => 'yes',
    value: { python: 'True', javascript: 'true' },
  },
  {
    capability: 'choose',
    code: inBoth('choose("Which?", ["a", "b"])', 'await choose("Which?", ["a", "b"])'),
    answer: () => '2',
    value: same("'b'"),
  },
  {
    capability: 'pick_file',
    code: inBoth('pick_file("One")', 'await pickFile("One")'),
    answer: ({ outside }) => `${outside}/a.txt`,
    value: ({ outside }) => `'${outside}/a.txt'`,
  },
  {
    capability: 'review',
    code: inBoth('review("text", "Ok?")', 'await review("text", { prompt: "Ok?" })'),
    answer: () => 'yes',
    value: same("'text'"),
  },
  {
    capability: 'notify',
    code: inBoth('notify("Half")\n1', 'await notify("Half"); 1'),
    value: same('1'),
    tells: 'notice',
  },
  {
    capability: 'store',
    code: inBoth('store["k"] = 1\nstore["k"]', 'await store.set("k", 1); await store.get("k")'),
    value: same('1'),
  },
  {
    capability: 'step',
    code: inBoth('step("seven", lambda: 7)', 'await step("seven", () => 7)'),
    value: same('7'),
  },
  { capability: 'display', code: inBoth('display(7)', 'display(7)'), value: same(null), tells: 'display' },
  {
    capability: 'progress',
    code: inBoth('list(progress([1, 2]))', '[...progress([1, 2])]'),
    value: { python: '[1, 2]', javascript: '[ 1, 2 ]' },
    tells: 'progress',
  },
];

/** Of a file that is being written. */
const isDraft = (name: string) => /^\.new\.[0-9a-f]+\.tmp$/.test(name);

const isCategory = (name: string) => CATEGORIES.some((category) => category === name);

it('every capability is among the cases', () => {
  // `secret` is another name of `getpass`.
  const all = permissions.filter((name) => !isCategory(name) && name !== 'secret');
  assert.deepEqual(cases.map(({ capability }) => capability).sort(), all.sort());
});

for (const { id, label } of languages) {
  describe(`every capability through the command line: ${label}`, () => {
    const session = `matrix-${id}`;
    let workspace: TestWorkspace;
    let server: http.Server;
    let place: Place;
    let served = 0;
    /** What the cells of a scenario have done outside. */
    const made: string[] = [];

    const own = cases.filter(({ code }) => code[id] !== null);
    const effects = own.filter(({ effect }) => effect);
    const asking = own.filter(({ effect, answer }) => effect ?? answer);
    const names = (some: readonly Case[]) => some.map(({ capability }) => capability);
    const categories = [...new Set(effects.map(({ effect }) => effect?.category ?? ''))];

    before(async () => {
      workspace = await TestWorkspace.make();
      server = http.createServer((_request, response) => {
        served++;
        response.end('served');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const outside = path.join(path.dirname(workspace.path), 'outside');
      await mkdir(path.join(outside, 'x'), { recursive: true });
      await writeFile(path.join(outside, 'a.txt'), 'A');
      const { port } = server.address() as AddressInfo;
      place = { workspace: workspace.path, outside, url: `http://127.0.0.1:${port}/` };
      // The session is trusted; what is run in it may be stricter.
      await run(['--level', 'trusted'], []);
    });
    after(async () => {
      server.closeAllConnections();
      server.close();
      await workspace.remove();
    });

    type OnPrompt = (promptId: string, one: Case) => Promise<void>;

    async function run(
      options: readonly string[],
      some: readonly Case[],
      onPrompt: OnPrompt = async () => assert.fail('nobody is to be asked'),
    ): Promise<ReadonlyMap<string, CellRecord>> {
      const texts = some.map(({ code }) => code[id]?.(place) ?? '');
      const args = ['--session', session, ...options];
      const env = { HOLDFASTTEST: 'here' };
      const records = await runCells(workspace, id, {
        args,
        env,
        cells: ['1', ...texts],
        onPrompt: (promptId, index) => onPrompt(promptId, some[index - 1] ?? assert.fail(`cell ${index} asks`)),
        onFinished: async () => void made.push(...(await taken())),
      });
      made.push(...(await readdir(place.outside)).filter(isDraft));
      assert.equal(records.length, 1 + some.length, 'each cell has ended');
      return new Map(some.map(({ capability }, index) => [capability, records[index + 1] ?? assert.fail()]));
    }

    const cli = async (...args: string[]) => {
      const result = await holdfast(workspace, args);
      assert.equal(result.code, 0, result.stderr);
      return result;
    };
    const repeated = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value]);

    /** What has been done outside since it was last asked; it is taken away again. The next cell may be writing meanwhile: its draft stays. */
    async function taken(): Promise<readonly string[]> {
      const files = (await readdir(place.outside)).filter((name) => !['a.txt', 'x'].includes(name) && !isDraft(name));
      for (const name of files) await rm(path.join(place.outside, name));
      const all = [...files, ...Array.from({ length: served }, () => 'served')];
      served = 0;
      return all;
    }

    function valueIn({ value }: Case): string | null {
      return typeof value === 'function' ? value(place) : value[id];
    }

    function each(
      some: readonly Case[],
      what: string,
      scenario: () => Promise<ReadonlyMap<string, CellRecord>>,
      check: (record: CellRecord, one: Case) => void,
      does: 'something' | 'nothing',
    ): void {
      describe(what, () => {
        let records: ReadonlyMap<string, CellRecord>;
        before(async () => {
          made.length = 0;
          records = await scenario();
        });
        for (const one of some) {
          it(one.capability, () => check(records.get(one.capability) ?? assert.fail('it was not run'), one));
        }
        it(`and ${does} has been done`, () => assert.equal(made.length > 0, does === 'something', made.join()));
        it('and no question is left', async () => assert.deepEqual((await cli('prompts', '--json')).lines, []));
      });
    }

    const succeeds = (record: CellRecord, one: Case) => {
      assert.deepEqual([record.status, record.text], ['succeeded', valueIn(one)], record.error);
      if (one.tells) assert.ok(record.types.includes(one.tells), record.types.join());
    };
    const fails = (message: RegExp) => (record: CellRecord) => {
      assert.match(record.error ?? record.status, message);
      assert.equal(record.prompt, null);
    };

    each(
      own,
      'what an option allows is done at any level, and questions are listed and answered',
      () => {
        const allowed = own.filter(({ effect, capability }) => effect ?? capability === 'pick_file');
        const options = ['--level', 'sandbox', ...repeated('--allow', names(allowed))];
        return run(options, own, async (promptId, { answer }) => {
          const { lines } = await cli('prompts', '--json');
          assert.deepEqual(
            lines.map((line) => line['promptId']),
            [promptId],
          );
          await cli('answer', promptId, answer?.(place) ?? assert.fail('an effect was asked for'));
        });
      },
      succeeds,
      'something',
    );

    each(
      asking,
      'an interrupt ends what waits for an answer',
      () => run(['--level', 'restricted'], asking, async () => void (await cli('interrupt', session))),
      (record) => {
        assert.equal(record.status, 'cancelled');
        assert.ok(record.prompt);
      },
      'nothing',
    );

    each(
      effects,
      'what waits for a permission goes on when it is allowed',
      () =>
        run(['--level', 'restricted'], effects, async (promptId) => {
          assert.deepEqual(await taken(), [], 'not before');
          const { lines } = await cli('prompts', '--json');
          assert.deepEqual(
            lines.map((line) => line['promptId']),
            [promptId],
          );
          await cli('answer', promptId, 'yes');
        }),
      (record, one) => {
        succeeds(record, one);
        const { kind, category, target } = record.prompt?.form ?? {};
        assert.deepEqual(
          [record.prompt?.capability, kind, category, target],
          [one.capability, 'permission', one.effect?.category, one.effect?.target(place)],
        );
      },
      'something',
    );

    each(
      effects,
      'what waits for a permission is a PermissionError when it is denied',
      () => run(['--level', 'restricted'], effects, async (promptId) => void (await cli('answer', promptId, 'no'))),
      ({ error, status }) => assert.match(error ?? status, /^PermissionError: .* is denied by you/),
      'nothing',
    );

    each(
      asking,
      'what nobody answers in the time of the settings is a TimeoutError',
      async () => {
        const client = await workspace.connect();
        const security = { ...DEFAULT_SETTINGS.security, promptTimeoutMs: 50 };
        await client.request(Configure, { ...DEFAULT_SETTINGS, security });
        try {
          return await run(['--level', 'restricted'], asking, async () => {});
        } finally {
          await client.request(Configure, DEFAULT_SETTINGS);
          client.close();
        }
      },
      ({ error, status, prompt }) => {
        assert.match(error ?? status, /^TimeoutError: .*Nobody answered within 0\.05 s/);
        assert.ok(prompt);
      },
      'nothing',
    );

    const sandboxed = own.filter(({ effect, capability }) => effect ?? capability === 'pick_file');
    each(
      sandboxed,
      'the level sandbox denies, and nobody is asked',
      () => run(['--level', 'sandbox'], sandboxed),
      fails(/^PermissionError: .*"sandbox".*Change it with/),
      'nothing',
    );

    each(
      own,
      'an option denies by name, and nobody is asked',
      () => run(['--level', 'trusted', ...repeated('--deny', names(own))], own),
      fails(/^PermissionError: .*denied by an option/),
      'nothing',
    );

    each(
      effects,
      'an option denies by what is done, and nobody is asked',
      () => run(['--level', 'trusted', ...repeated('--deny', categories)], effects),
      fails(/^PermissionError: .*denied by an option/),
      'nothing',
    );

    for (const part of ['getpass', 'secret']) {
      it(`a question for a secret is denied by itself: ${part}`, async () => {
        const some = own.filter(({ capability }) => ['input', 'getpass'].includes(capability));
        const records = await run(
          ['--deny', part],
          some,
          async (promptId) => void (await cli('answer', promptId, 'Ada')),
        );
        assert.equal(records.get('input')?.text, "'Ada'");
        assert.match(
          records.get('getpass')?.error ?? '',
          new RegExp(`^PermissionError: ${part} is denied by an option`),
        );
      });
    }

    it('in the workspace files are read and written without asking at the level standard', async () => {
      const code = {
        python: 'write_file("w.txt", "é")\nread_file("w.txt"), list_files()',
        javascript: 'await writeFile("w.txt", "é"); [await readFile("w.txt"), await listFiles()]',
      };
      const value = { python: "('é', ['w.txt'])", javascript: "[ 'é', [ 'w.txt' ] ]" };
      const one = { capability: 'files', code: { [id]: () => code[id] } as unknown as Case['code'], value };
      succeeds((await run(['--level', 'standard'], [one])).get('files') ?? assert.fail(), one);
      assert.equal(await readFile(path.join(workspace.path, 'w.txt'), 'utf8'), 'é');
    });
  });
}
