import assert from 'node:assert/strict';
import { checkedLink } from '../../../../extension/views/checked-link.ts';

describe('a link of a program', () => {
  for (const url of ['https://example.com/a?b#c', 'http://localhost:8000/', 'mailto:a@example.com']) {
    it(`may be opened: ${url}`, () => assert.equal(checkedLink(url), url));
  }

  for (const url of [
    'javascript:alert(1)',
    'command:workbench.action.quit',
    'file:///etc/passwd',
    'vscode://x/y',
    'data:text/html,x',
    '//example.com',
    'not a link',
    'https://bank.example@evil.example/',
    ' JavaScript:alert(1)',
  ]) {
    it(`is not opened: ${url}`, () => assert.equal(checkedLink(url), null));
  }
});
