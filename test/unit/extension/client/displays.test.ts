import assert from 'node:assert/strict';
import { Displays, MAX_DISPLAYS } from '../../../../extension/client/displays.ts';

describe('the rich forms that a window keeps', () => {
  it('are taken out of a payload one after the other, as copies of plain bytes', () => {
    const displays = new Displays();
    const payload = Buffer.from('abcde');
    const parts = [
      { mime: 'text/plain', bytes: 2 },
      { mime: 'text/html', bytes: 3 },
    ];
    displays.add('e', 7, parts, payload);
    payload.fill(0);
    const [display] = displays.of('e');
    assert.equal(display?.at, 7);
    assert.deepEqual(
      display?.forms.map(({ mime, data }) => [mime, new TextDecoder().decode(data), data.constructor.name]),
      // A page gets the bytes of an Uint8Array, and of a Buffer a list of numbers.
      [
        ['text/plain', 'ab', 'Uint8Array'],
        ['text/html', 'cde', 'Uint8Array'],
      ],
    );
    assert.equal(displays.form('e', display?.key ?? 0, 'text/html'), display?.forms[1]);
    assert.equal(displays.form('other', display?.key ?? 0, 'text/html'), undefined);
  });

  it('are bounded for each execution and for all', () => {
    const maxBytes = 8000;
    const displays = new Displays(maxBytes);
    const add = (id: string, bytes: number) =>
      displays.add(id, 0, [{ mime: 'image/png', bytes }], new Uint8Array(bytes));
    for (let count = 0; count < MAX_DISPLAYS + 5; count++) add('many', 1);
    assert.equal(displays.of('many').length, MAX_DISPLAYS);
    for (let count = 0; count < 9; count++) add('large', maxBytes / 8);
    assert.equal(displays.of('many').length, 0);
    assert.equal(displays.of('large').length, 8);
    displays.remove(['large']);
    assert.deepEqual(displays.of('large'), []);
  });
});
