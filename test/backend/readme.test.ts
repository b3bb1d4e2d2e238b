import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TestWorkspace } from '../helpers/backend.ts';
import { holdfast } from '../helpers/cli.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('the README', () => {
  let workspace: TestWorkspace;
  let readme: string;

  before(async () => {
    workspace = await TestWorkspace.make();
    readme = await readFile(path.join(root, 'README.md'), 'utf8');
  });
  after(() => workspace.remove());

  for (const tour of ['tour.py', 'tour.ts']) {
    it(`shows what examples/${tour} prints`, async () => {
      const { code, stdout, stderr } = await holdfast(workspace, ['run', path.join(root, 'examples', tour)]);
      assert.deepEqual([code, stderr], [0, '']);
      const transcript = new RegExp(`<!-- transcript: run examples/${tour} -->\\n\`\`\`text\\n([\\s\\S]*?)\`\`\``).exec(
        readme,
      )?.[1];
      assert.equal(transcript, stdout);
    });
  }

  for (const tour of ['tour.py', 'tour.ts', 'tour.js', 'helpers.py', 'helpers.ts']) {
    it(`tells the same of ${tour} with --json, a line each`, async () => {
      const { code, lines } = await holdfast(workspace, ['run', '--json', path.join(root, 'examples', tour)]);
      assert.equal(code, 0);
      const finished = lines.filter(({ type }) => type === 'finished');
      assert.ok(finished.length >= 3);
      assert.ok(finished.every(({ status }) => status === 'succeeded'));
    });
  }

  it('names every command and option of the command line', async () => {
    const { stdout } = await holdfast(workspace, ['--help']);
    for (const [, name] of stdout.matchAll(/^ {2}([a-z]+) (?:\[options\]|<)/gm))
      assert.match(readme, new RegExp(`\\b${name}\\b`), name);
    const run = await holdfast(workspace, ['run', '--help']);
    for (const [option] of run.stdout.matchAll(/--[a-z-]+/g)) {
      if (option !== '--help') assert.ok(readme.includes(option), option);
    }
  });
});
