import assert from 'node:assert/strict';
import { useResultsPage } from '../helpers/page.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8Dwn4GBgYGJAQoAHxcCAk+Uzr4AAAAASUVORK5CYII=',
  'base64',
);
const CHART = {
  data: {
    values: [
      { a: 'A', b: 28 },
      { a: 'B', b: 55 },
    ],
  },
  mark: 'bar',
  encoding: { x: { field: 'a', type: 'nominal' }, y: { field: 'b', type: 'quantitative' } },
};

describe('the renderers of the results page', () => {
  const open = useResultsPage();
  const locator = (selector: string) => open.results.page.locator(selector);

  it('draw text with colours', async () => {
    await open.results.page.evaluate(() => {
      const { document } = globalThis as unknown as { document: { documentElement: { style: StyleOfPage } } };
      document.documentElement.style.setProperty('--vscode-terminal-ansiRed', 'rgb(200, 10, 10)');
    });
    await open.results.showValue('text/plain', 'plain \u001b[31mred\u001b[0m \u001b[1;38;2;9;8;7mbold\u001b[0m');
    const styleOf = (text: string) =>
      locator('holdfast-rich pre span')
        .filter({ hasText: new RegExp(`^${text}$`) })
        .evaluate((element) => {
          const { color, fontWeight } = (globalThis as unknown as StyledPage).getComputedStyle(element);
          return [color, fontWeight];
        });
    assert.deepEqual(await styleOf('red'), ['rgb(200, 10, 10)', '400']);
    assert.deepEqual(await styleOf('bold'), ['rgb(9, 8, 7)', '700']);
  });

  it('draw HTML with its own styles in a frame, as high as its content', async () => {
    const source =
      '<style>td { color: rgb(1, 2, 3) }</style><table><tr><td style="padding: 7px">cell</td></tr></table>';
    await open.results.showValue('text/html', source);
    const cell = open.results.page.frameLocator('holdfast-html iframe').locator('td');
    await cell.waitFor();
    const [color, padding] = await cell.evaluate((element) => {
      const style = (globalThis as never as { getComputedStyle(of: unknown): Record<string, string> }).getComputedStyle(
        element,
      );
      return [style['color'], style['paddingTop']];
    });
    assert.deepEqual([color, padding], ['rgb(1, 2, 3)', '7px']);
    const box = await locator('holdfast-html iframe').boundingBox();
    assert.ok(box && box.height > 20 && box.height < 100, JSON.stringify(box));
  });

  it('draw HTML in the colours of the theme, also of the next one', async () => {
    const setColor = (color: string) =>
      open.results.page.evaluate((color) => {
        const { document } = globalThis as unknown as { document: { documentElement: { style: StyleOfPage } } };
        document.documentElement.style.setProperty('--vscode-foreground', color);
      }, color);
    await setColor('rgb(1, 1, 1)');
    await open.results.showValue('text/html', '<p>text</p>');
    const text = open.results.page.frameLocator('holdfast-html iframe').locator('p');
    const color = () =>
      text.evaluate((element) => (globalThis as unknown as StyledPage).getComputedStyle(element)['color']);
    await text.waitFor();
    assert.equal(await color(), 'rgb(1, 1, 1)');
    await setColor('rgb(2, 2, 2)');
    assert.equal(await color(), 'rgb(2, 2, 2)');
  });

  for (const mime of ['image/png', 'image/gif', 'image/jpeg']) {
    it(`draw ${mime}`, async () => {
      // Chromium decodes by content, so that one picture does for all three.
      await open.results.showValue(mime, PNG);
      const image = locator('holdfast-image img');
      await image.waitFor();
      await open.results.page.waitForFunction(
        (element) => (element as never as { naturalWidth: number }).naturalWidth === 2,
        await image.elementHandle(),
      );
      assert.equal(await image.getAttribute('alt'), 'plot');
    });
  }

  it('draw SVG as an image', async () => {
    await open.results.showValue(
      'image/svg+xml',
      '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><defs><rect id="r" width="9" height="9"/></defs><use href="#r"/></svg>',
    );
    const image = locator('holdfast-image img');
    await image.waitFor();
    await open.results.page.waitForFunction(
      (element) => (element as never as { naturalWidth: number }).naturalWidth === 30,
      await image.elementHandle(),
    );
  });

  it('draw Markdown', async () => {
    await open.results.showValue('text/markdown', '# Title\n\n* one\n* `two`\n\n| a | b |\n|---|---|\n| 1 | 2 |');
    await locator('.markdown h1').filter({ hasText: 'Title' }).waitFor();
    assert.deepEqual(await locator('.markdown li').allInnerTexts(), ['one', 'two']);
    assert.deepEqual(await locator('.markdown td').allInnerTexts(), ['1', '2']);
  });

  it('draw LaTeX with KaTeX and its fonts', async () => {
    await open.results.showValue('text/latex', '$\\displaystyle \\frac{a}{b} + \\sqrt{x}$');
    await locator('.latex .katex-html').waitFor();
    assert.equal(await locator('.latex math mfrac').count(), 1);
    await open.results.page.waitForFunction(() => {
      const { document } = globalThis as never as { document: { fonts: Iterable<{ family: string; status: string }> } };
      return [...document.fonts].some(({ family, status }) => family.includes('KaTeX') && status === 'loaded');
    });
  });

  it('draw JSON as a tree whose branches open', async () => {
    await open.results.showValue(
      'application/json',
      JSON.stringify({ list: [1, 2, { deep: true }], __proto__x: null, text: 'a' }),
    );
    const summary = locator('holdfast-json summary').filter({ hasText: 'list' });
    await summary.waitFor();
    assert.equal(await locator('holdfast-json').filter({ hasText: 'deep' }).count(), 0);
    await summary.click();
    await locator('holdfast-json summary').filter({ hasText: '2: {1}' }).click();
    await locator('.leaf').filter({ hasText: 'deep: true' }).waitFor();
  });

  it('draw more of a long list when asked', async () => {
    await open.results.showValue('application/json', JSON.stringify(Array.from({ length: 250 }, (_, index) => index)));
    await locator('button').filter({ hasText: 'more items: 150' }).click();
    await locator('button').filter({ hasText: 'more items: 50' }).waitFor();
    assert.equal(await locator('.leaf').count(), 200);
  });

  it('draw Vega-Lite without eval', async () => {
    await open.results.showValue('application/vnd.vegalite.v5+json', JSON.stringify(CHART));
    const canvas = locator('.chart canvas');
    await canvas.waitFor();
    assert.ok(((await canvas.boundingBox())?.width ?? 0) > 20);
  });

  it('say what is wrong with a value that cannot be drawn', async () => {
    await open.results.showValue('application/json', '{');
    await locator('.problem').filter({ hasText: 'cannot show:' }).waitFor();
    await open.results.showValue('application/x-unknown', 'x');
    await locator('.problem').filter({ hasText: 'application/x-unknown' }).waitFor();
  });

  it('let the person choose another form', async () => {
    const forms = [
      { key: 5, mime: 'text/plain', data: 'as text' },
      { key: 5, mime: 'text/html', data: '<b>as HTML</b>' },
    ];
    const ref = { key: 5, at: null, forms: forms.map(({ mime, data }) => ({ mime, bytes: data.length })) };
    await open.results.show([{ value: 'as text', rich: [ref] }], forms);
    await open.results.page.frameLocator('iframe').getByText('as HTML').waitFor();
    await locator('holdfast-rich select').selectOption('text/plain');
    await locator('holdfast-rich pre').getByText('as text').waitFor();
  });
});

interface StyleOfPage {
  setProperty(name: string, value: string): void;
}

interface StyledPage {
  getComputedStyle(element: unknown): Record<string, string>;
}
