import { html, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { TextSegment } from '../protocol.ts';
import { ColoredText, type TextStyle } from './colored-text.ts';
import { terminalLines } from './terminal-lines.ts';

/** Output as a terminal shows it: colours, and one line for a progress bar. Adjacent text of one look is one node. */
export function terminalText(segments: readonly TextSegment[]): TemplateResult[] {
  const streams = { stdout: new ColoredText(), stderr: new ColoredText() };
  return asOneLine(segments).flatMap(({ stream, text }) =>
    streams[stream]
      .read(text)
      .map(
        ({ text, style }) =>
          html`<span class=${classMap({ stderr: stream === 'stderr', dim: style.dim })} .style=${css(style)}>${text}</span>`,
      ),
  );
}

/** The lines of a terminal, joined again: as few pieces as there are changes of the stream. */
function asOneLine(segments: readonly TextSegment[]): TextSegment[] {
  const joined: { stream: TextSegment['stream']; texts: string[] }[] = [];
  const add = (stream: TextSegment['stream'], text: string) => {
    const last = joined.at(-1);
    if (last?.stream === stream) last.texts.push(text);
    else joined.push({ stream, texts: [text] });
  };
  for (const [index, pieces] of terminalLines(segments).entries()) {
    if (index > 0) add(joined.at(-1)?.stream ?? 'stdout', '\n');
    for (const { stream, text } of pieces) add(stream, text);
  }
  return joined.map(({ stream, texts }) => ({ stream, text: texts.join('') }));
}

/** Set as a property: the policy of the page forbids styles in attributes. */
function css(style: TextStyle): string {
  const lines = [style.underline ? 'underline' : '', style.strike ? 'line-through' : ''].join(' ').trim();
  return [
    style.foreground && `color: ${color(style.foreground)}`,
    style.background && `background-color: ${color(style.background)}`,
    style.bold && 'font-weight: bold',
    style.italic && 'font-style: italic',
    lines && `text-decoration: ${lines}`,
  ]
    .filter(Boolean)
    .join('; ');
}

function color(name: string): string {
  if (name.startsWith('rgb(')) return name;
  if (name === 'foreground') return 'var(--vscode-foreground)';
  if (name === 'background') return 'var(--vscode-panel-background)';
  return `var(--vscode-terminal-ansi${name[0]?.toUpperCase()}${name.slice(1)})`;
}
