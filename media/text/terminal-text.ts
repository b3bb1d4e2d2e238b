import { html, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { TextSegment } from '../protocol.ts';
import { parseAnsi, type StyledText, type TextStyle } from './ansi.ts';
import { terminalLines } from './terminal-lines.ts';

interface Run extends StyledText {
  readonly stream: TextSegment['stream'];
}

/** Output as a terminal shows it: colours, and one line for a progress bar. Adjacent text of one look is one node. */
export function terminalText(segments: readonly TextSegment[]): TemplateResult[] {
  return runs(segments).map(
    ({ text, style, stream }) =>
      html`<span class=${classMap({ stderr: stream === 'stderr', dim: style.dim === true })} style=${styleMap(css(style))}>${text}</span>`,
  );
}

function runs(segments: readonly TextSegment[]): Run[] {
  const found: { text: string; style: TextStyle; stream: TextSegment['stream'] }[] = [];
  const styles: Record<TextSegment['stream'], TextStyle> = { stdout: {}, stderr: {} };
  const add = (text: string, style: TextStyle, stream: TextSegment['stream']) => {
    const last = found.at(-1);
    if (last?.style === style && last.stream === stream) last.text += text;
    else found.push({ text, style, stream });
  };
  const lines = terminalLines(segments);
  for (const [index, pieces] of lines.entries()) {
    for (const { stream, text } of pieces) {
      const { parts, end } = parseAnsi(text, styles[stream]);
      styles[stream] = end;
      for (const part of parts) add(part.text, part.style, stream);
    }
    const last = found.at(-1);
    if (index < lines.length - 1) add('\n', last?.style ?? styles.stdout, last?.stream ?? 'stdout');
  }
  return found;
}

function css(style: TextStyle): Record<string, string> {
  const [front, back] = style.inverse
    ? [style.background ?? 'background', style.foreground ?? 'foreground']
    : [style.foreground, style.background];
  const lines = [style.underline ? 'underline' : '', style.strike ? 'line-through' : ''].join(' ').trim();
  return {
    ...(front && { color: color(front) }),
    ...(back && { backgroundColor: color(back) }),
    ...(style.bold && { fontWeight: 'bold' }),
    ...(style.italic && { fontStyle: 'italic' }),
    ...(lines && { textDecoration: lines }),
  };
}

function color(name: string): string {
  if (name.startsWith('#')) return name;
  if (name === 'foreground') return 'var(--vscode-foreground)';
  if (name === 'background') return 'var(--vscode-panel-background)';
  return `var(--vscode-terminal-ansi${name[0]?.toUpperCase()}${name.slice(1)})`;
}
