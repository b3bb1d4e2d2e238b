import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from '../helpers/eventually.ts';
import { resultItem, useResultsPage } from '../helpers/page.ts';

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `e-${index}`,
    place: `tour.py:${index + 1}`,
    value: `value ${index}`,
  }));

function nextFrame(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise((resolve) =>
        (globalThis as never as { requestAnimationFrame(f: () => void): void }).requestAnimationFrame(() => resolve()),
      ),
  );
}

describe('the list of executions', () => {
  const open = useResultsPage();
  const locator = (selector: string) => open.results.page.locator(selector);
  const item = (id: string) => locator(`holdfast-execution[data-id="${id}"]`);

  /** Waits until an item ends where the list does. */
  const endsAtTheEnd = (id: string) =>
    eventually(async () => {
      const list = await locator('lit-virtualizer').boundingBox();
      const box = await item(id).boundingBox();
      assert.ok(list && box && Math.abs(box.y + box.height - list.y - list.height) < 2, JSON.stringify({ list, box }));
    });

  it('draws only what is in view, and follows the newest', async () => {
    await open.results.show(many(200));
    await item('e-199').getByText('value 199').waitFor();
    assert.ok((await locator('holdfast-execution').count()) < 80);
    await open.results.send({ type: 'items', items: [resultItem({ id: 'new', value: 'the newest' })] });
    await item('new').getByText('the newest').waitFor();
    const box = await item('new').boundingBox();
    assert.ok(box && box.y > 0 && box.y + box.height <= 801, JSON.stringify(box));
  });

  it('follows the newest to its end, however many come and whatever they get longer by', async () => {
    const { page } = open.results;
    await page.setViewportSize({ width: 900, height: 240 });
    await open.results.show([{ value: '1' }]);
    for (let round = 0; round < 4; round++) {
      const [first, failing, last] = ['first', 'failing', 'last'].map((name) => `${name}-${round}`) as [
        string,
        string,
        string,
      ];
      const waiting = { status: 'queued', seconds: null } as const;
      await open.results.send({
        type: 'items',
        items: [resultItem({ id: first, status: 'running', seconds: null }), resultItem({ id: failing, ...waiting })],
      });
      await open.results.send({ type: 'items', items: [resultItem({ id: last, ...waiting })] });
      for (const text of ['0\n', '0\n1\n2\n', '0\n1\n2\n3\n4\n']) {
        const head = [{ stream: 'stdout', text }] as const;
        await open.results.send({ type: 'output', parts: [{ id: first, head, cut: 0, tail: [] }] });
      }
      await open.results.send({ type: 'items', items: [resultItem({ id: first })] });
      const problem = 'Traceback\n  File "a.py", line 1\n    1 / 0\nZeroDivisionError';
      await open.results.send({
        type: 'items',
        items: [resultItem({ id: failing, status: 'failed', problem }), resultItem({ id: last, status: 'cancelled' })],
      });
      await eventually(async () => {
        const list = await locator('lit-virtualizer').boundingBox();
        const box = await item(last).boundingBox();
        assert.ok(
          list && box && Math.abs(box.y + box.height - list.y - list.height) < 2,
          JSON.stringify({ list, box }),
        );
      });
    }
  });

  it('shows what is asked for before it is there, as every run is where results show in the panel only', async () => {
    const { page } = open.results;
    await page.setViewportSize({ width: 900, height: 240 });
    await open.results.show(many(20));
    await endsAtTheEnd('e-19');
    for (const id of ['one', 'two', 'three']) {
      await open.results.send({ type: 'reveal', id });
      await nextFrame(page);
      await open.results.send({ type: 'items', items: [resultItem({ id, status: 'running', seconds: null })] });
      await locator(`holdfast-execution.revealed[data-id="${id}"]`).waitFor();
      const text = Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join('');
      await open.results.send({
        type: 'output',
        parts: [{ id, head: [{ stream: 'stdout', text }], cut: 0, tail: [] }],
      });
      await item(id).getByText('line 29').waitFor();
      await endsAtTheEnd(id);
    }
    await open.results.send({ type: 'reveal', id: 'e-3' });
    await item('e-3').waitFor();
    await open.results.send({ type: 'items', items: [resultItem({ id: 'four' })] });
    for (let frame = 0; frame < 3; frame++) await nextFrame(page);
    const box = await item('e-3').boundingBox();
    assert.ok(box && box.y >= 0 && box.y + box.height <= 241, JSON.stringify(box));
  });

  it('brings what is asked for into view, from wherever it is, and stays there', async () => {
    const { page } = open.results;
    await page.setViewportSize({ width: 900, height: 240 });
    const text = 'x'.repeat(20_000);
    await open.results.show([...many(16), { id: 'tall' }]);
    await open.results.send({
      type: 'output',
      parts: [{ id: 'tall', head: [{ stream: 'stdout', text }], cut: 0, tail: [] }],
    });
    await endsAtTheEnd('tall');
    for (const id of ['e-3', 'e-12', 'e-15', 'e-0']) {
      await open.results.send({ type: 'reveal', id });
      await locator(`holdfast-execution.revealed[data-id="${id}"]`).waitFor();
      for (let frame = 0; frame < 15; frame++) await nextFrame(page);
      const box = await item(id).boundingBox();
      assert.ok(box && box.y >= 0 && box.y + box.height <= 241, JSON.stringify({ id, box }));
    }
  });

  it('goes on following the newest when the panel is made larger or smaller', async () => {
    const { page } = open.results;
    await open.results.show(many(200));
    await item('e-199').getByText('value 199').waitFor();
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    for (const high of [2 * height, height / 2, height]) {
      const before = (await locator('lit-virtualizer').boundingBox())?.height;
      await page.setViewportSize({ width, height: high });
      await eventually(async () => assert.notEqual((await locator('lit-virtualizer').boundingBox())?.height, before));
      // The browser moves the list, and says so in a frame of its own.
      for (let frame = 0; frame < 3; frame++) await nextFrame(page);
      const id = `new-${high}`;
      await open.results.send({ type: 'items', items: [resultItem({ id, value: 'the newest' })] });
      await item(id).getByText('the newest').waitFor();
      await eventually(async () => {
        const box = await item(id).boundingBox();
        assert.ok(box && box.y > 0 && box.y + box.height <= high + 1, JSON.stringify({ high, box }));
      });
    }
  });

  it('shows the newest lines of what still prints, until the person scrolls in them', async () => {
    const { page } = open.results;
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}\n`).join('');
    const print = (id: string, count: number) =>
      open.results.send({
        type: 'output',
        parts: [{ id, head: [{ stream: 'stdout', text: lines(count) }], cut: 0, tail: [] }],
      });
    /** Pixels below what is in view of the lines. */
    const below = (id: string) =>
      item(id)
        .locator('pre.output')
        .evaluate((it) => {
          const { scrollHeight, scrollTop, clientHeight } = it as unknown as Record<string, number>;
          return Math.round((scrollHeight ?? 0) - (scrollTop ?? 0) - (clientHeight ?? 0));
        });
    await open.results.show([{ id: 'over' }, { id: 'runs', status: 'running', seconds: null }]);
    await print('over', 200);
    for (const count of [100, 200]) {
      await print('runs', count);
      await item('runs')
        .getByText(`line ${count - 1}`)
        .waitFor();
      assert.equal(await below('runs'), 0);
    }
    await open.results.send({ type: 'items', items: [resultItem({ id: 'runs' })] });
    await print('runs', 210);
    await item('runs').getByText('line 209').waitFor();
    assert.equal(await below('runs'), 0, 'the last lines may come behind the end');
    assert.ok((await below('over')) > 1000, 'what is over is read from its beginning');

    await item('runs').locator('pre.output').hover();
    await page.mouse.wheel(0, -500);
    await eventually(async () => assert.ok((await below('runs')) > 100));
    const left = await below('runs');
    await print('runs', 220);
    await item('runs').getByText('line 219').waitFor();
    assert.ok((await below('runs')) > left);
  });

  it('stays where the person has scrolled to', async () => {
    await open.results.show(many(200));
    await item('e-199').waitFor();
    await locator('lit-virtualizer').hover();
    await open.results.page.mouse.wheel(0, -2000);
    await item('e-199').waitFor({ state: 'detached' });
    await open.results.send({ type: 'items', items: [resultItem({ id: 'new', value: 'the newest' })] });
    await nextFrame(open.results.page);
    assert.equal(await item('new').count(), 0);
  });

  it('is where it was when the page is made anew, as after the panel was hidden', async () => {
    await open.results.show(many(200));
    await item('e-199').waitFor();
    await locator('lit-virtualizer').hover();
    await open.results.page.mouse.wheel(0, -2000);
    await item('e-199').waitFor({ state: 'detached' });
    /** The first item of which something is in view. */
    const topmost = async () => {
      const list = await locator('lit-virtualizer').boundingBox();
      const boxes = await Promise.all(
        (await locator('holdfast-execution').all()).map(async (it) => ({
          id: await it.getAttribute('data-id'),
          box: await it.boundingBox(),
        })),
      );
      const shown = boxes.flatMap(({ id, box }) =>
        box && box.y + box.height > (list?.y ?? 0) + 1 ? { id, y: box.y } : [],
      );
      return shown.sort((one, other) => one.y - other.y)[0]?.id;
    };
    const before = await eventually(async () => {
      const id = await topmost();
      const kept = await open.results.page.evaluate(() =>
        (globalThis as unknown as { sessionStorage: { getItem(name: string): string | null } }).sessionStorage.getItem(
          'state',
        ),
      );
      assert.equal(JSON.parse(kept ?? '{}').place, id);
      return id;
    });
    await open.results.page.reload();
    await open.results.show(many(200));
    await eventually(async () => assert.equal(await topmost(), before));
    await open.results.send({ type: 'items', items: [resultItem({ id: 'new', value: 'the newest' })] });
    await eventually(async () => assert.equal(await topmost(), before));
    // And it is no prison.
    await locator('lit-virtualizer').hover();
    await open.results.page.mouse.wheel(0, 100_000);
    await item('new').waitFor();
  });

  it('can be walked through with the arrow keys', async () => {
    await open.results.show(many(200));
    await item('e-199').focus();
    await open.results.page.keyboard.press('ArrowUp');
    await item('e-198').and(locator(':focus')).waitFor();
    await open.results.page.keyboard.press('Home');
    await item('e-0').waitFor();
    await item('e-0').and(locator(':focus')).waitFor();
    await open.results.page.keyboard.press('Enter');
    assert.deepEqual((await open.results.posted()).at(-1), { type: 'reveal_source', id: 'e-0' });
    assert.equal(await item('e-0').getAttribute('aria-posinset'), '1');
    assert.equal(await item('e-0').getAttribute('aria-setsize'), '200');
  });

  it('asks for what its buttons say', async () => {
    await open.results.show([{ value: '1', table: true }]);
    await open.results.send({
      type: 'output',
      parts: [{ id: 'a', head: [{ stream: 'stdout', text: 'x' }], cut: 0, tail: [] }],
    });
    await item('a').hover();
    for (const [label, type] of [
      ['rerun', 'rerun'],
      ['copy', 'copy'],
      ['openOutput', 'open_output'],
      ['save', 'save'],
      ['openGrid', 'open_table'],
    ] as const) {
      await item('a').getByRole('button', { name: label }).click();
      assert.deepEqual((await open.results.posted()).at(-1), { type, id: 'a' });
    }
    await item('a').getByRole('button', { name: 'tour.py:1' }).click();
    assert.deepEqual((await open.results.posted()).at(-1), { type: 'reveal_source', id: 'a' });
  });

  it('offers the data grid for tables only', async () => {
    await open.results.show([
      { id: 'a', value: '1' },
      { id: 'b', value: '[1]', table: true },
    ]);
    await item('b').waitFor();
    const buttons = (id: string) => item(id).getByRole('button', { name: 'openGrid', includeHidden: true }).count();
    assert.deepEqual([await buttons('a'), await buttons('b')], [0, 1]);
  });

  it('makes a link of the places that the worker reported, and of nothing else', async () => {
    const problem = 'File "a.py", line 1\n  File "b.py", line 2\nError';
    await open.results.show([{ status: 'failed', problem, links: [{ start: 22, end: 41, frame: 1 }] }]);
    const frame = item('a').locator('.problem button');
    assert.deepEqual(await frame.allInnerTexts(), ['File "b.py", line 2']);
    await frame.click();
    assert.deepEqual((await open.results.posted()).at(-1), { type: 'reveal_frame', id: 'a', frame: 1 });
  });

  it('finds what is searched for, marks it and keeps the search when it is made anew', async () => {
    await open.results.show(many(200));
    await locator('holdfast-search input').fill('VALUE 150');
    await item('e-150').waitFor();
    await item('e-199').waitFor({ state: 'detached' });
    assert.equal(await locator('holdfast-execution').count(), 1);
    const marked = await open.results.page.evaluate(() => {
      const { CSS } = globalThis as never as { CSS: { highlights: Map<string, Set<unknown>> } };
      return [...(CSS.highlights.get('holdfast-search') ?? [])].map(String);
    });
    assert.deepEqual(marked, ['value 150']);
    await open.results.page.reload();
    await open.results.show(many(200));
    await item('e-150').waitFor();
    assert.equal(await locator('holdfast-execution').count(), 1);
  });

  it('shows what was shown between the texts that were printed around it', async () => {
    const ref = (key: number, at: number) => ({ key, at, forms: [{ mime: 'text/plain', bytes: 1 }] });
    const forms = [1, 2].map((key) => ({ key, mime: 'text/plain', data: `shown ${key}` }));
    await open.results.show([{ rich: [ref(1, 4), ref(2, 8)] }], forms);
    const head = [{ stream: 'stdout', text: 'one\ntwo\nend' } as const];
    await open.results.send({ type: 'output', parts: [{ id: 'a', head, cut: 0, tail: [] }] });
    await item('a').getByText('shown 2').waitFor();
    const shown: { text: string; y: number }[] = [];
    for (const block of await item('a').locator('pre').all()) {
      shown.push({ text: (await block.innerText()).trim(), y: (await block.boundingBox())?.y ?? 0 });
    }
    const texts = shown.sort((one, other) => one.y - other.y).map(({ text }) => text);
    assert.deepEqual(texts, ['one', 'shown 1', 'two', 'shown 2', 'end']);
  });

  it('collects pictures among the plots', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>';
    const rich = [{ key: 7, at: null, forms: [{ mime: 'image/svg+xml', bytes: svg.length }] }];
    await open.results.show([{ rich }, { id: 'b', value: '1' }], [{ key: 7, mime: 'image/svg+xml', data: svg }]);
    await open.results.page.getByRole('tab', { name: 'plots' }).click();
    await locator('holdfast-plots .large img').waitFor();
    assert.equal(await locator('holdfast-plots [role="option"]').count(), 1);
    await open.results.page.getByRole('button', { name: 'savePlot' }).click();
    assert.deepEqual((await open.results.posted()).at(-1), {
      type: 'save_content',
      id: 'a',
      key: 7,
      mime: 'image/svg+xml',
    });
    await open.results.page.getByRole('button', { name: 'copyPlot' }).click();
    assert.deepEqual((await open.results.posted()).at(-1), {
      type: 'copy_content',
      id: 'a',
      key: 7,
      mime: 'image/svg+xml',
    });
    await open.results.page.getByRole('button', { name: 'tour.py:1' }).click();
    await item('a').waitFor();
  });
});
