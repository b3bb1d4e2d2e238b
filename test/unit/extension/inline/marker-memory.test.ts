import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Span } from '../../../../extension/inline/follow.ts';
import { MarkerMemory } from '../../../../extension/inline/marker-memory.ts';
import { type KeptMarker, Markers } from '../../../../extension/inline/markers.ts';
import { KeptFile } from '../../../../extension/platform/kept-file.ts';

const NOTHING = { markers: [], until: 0 };

/** A range that stores itself as VS Code's does. */
class Range implements Span {
  readonly start = { line: 1, character: 0 };
  readonly end = { line: 1, character: 3 };

  toJSON() {
    return [this.start, this.end];
  }
}

describe('the memory of inline results', () => {
  let folder: string;
  const logged: string[] = [];
  const open = () => new KeptFile(path.join(folder, 'made', 'window.json'), (message) => logged.push(message));
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'hf-kept-'));
    logged.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives the next window what this one has kept, when it closes', async () => {
    const kept = open();
    assert.deepEqual(new MarkerMemory(kept).earlier(), NOTHING);
    const markers = new Markers();
    markers.add('file:///a.py', 'e', new Range(), 'abc');
    new MarkerMemory(kept).keep({ markers: markers.kept(), until: 7 });
    kept.dispose();
    const earlier = new MarkerMemory(open()).earlier();
    assert.equal(earlier.until, 7);
    const [marker] = earlier.markers;
    const span = { start: { line: 1, character: 0 }, end: { line: 1, character: 3 } };
    const { document, executionId, span: itsSpan, ran, length } = marker as KeptMarker;
    assert.deepEqual([document, executionId, itsSpan, ran, length], ['file:///a.py', 'e', span, span, 3]);
    assert.deepEqual(logged, []);
  });

  it('leaves out what another version has written otherwise', async () => {
    const odd = { document: 'a', executionId: 'b', length: 1, hash: 'c', span: [] };
    for (const other of [[odd], null, 1, { markers: [null, 1, {}, odd], until: 'b' }]) {
      const kept = open();
      kept.write('inline', other);
      kept.dispose();
      assert.deepEqual(new MarkerMemory(open()).earlier(), NOTHING);
    }
  });

  it('begins anew when its file is damaged, and says so', async () => {
    const kept = open();
    kept.write('inline', {});
    kept.dispose();
    await writeFile(path.join(folder, 'made', 'window.json'), '{"inline": [');
    assert.deepEqual(new MarkerMemory(open()).earlier(), NOTHING);
    assert.match(logged.join(), /window\.json is not read: SyntaxError/);
  });

  it('keeps the newest', async () => {
    const kept = open();
    const markers = new Markers();
    for (let n = 0; n < 300; n++) markers.add(`file:///${n}.py`, `e${n}`, new Range(), 'abc');
    new MarkerMemory(kept).keep({ markers: markers.kept(), until: 0 });
    kept.dispose();
    const earlier = new MarkerMemory(open()).earlier().markers;
    assert.deepEqual([earlier.length, earlier.at(-1)?.executionId], [200, 'e299']);
  });
});
