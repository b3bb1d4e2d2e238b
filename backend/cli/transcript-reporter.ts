import { styleText } from 'node:util';
import { isSecret, type Outcome } from '../protocol/client/index.ts';
import { progressText } from '../protocol/progress-text.ts';
import { plain } from './plain.ts';
import { ProgressLine } from './progress-line.ts';
import { questionText } from './question-text.ts';
import type { Reporter } from './reporter.ts';

type Style = Parameters<typeof styleText>[0];

/**
 * A transcript for a person: the program's output as it is, `=> value` for values, errors on standard error. Coloured on a
 * terminal. @param numbered whether there is more than one cell.
 */
export function transcriptReporter(numbered: boolean): Reporter {
  const bar = new ProgressLine(process.stderr);
  const out = new Lines(process.stdout, bar);
  const err = new Lines(process.stderr, bar);
  const outcomeOf = (outcome: Outcome) => {
    switch (outcome.status) {
      case 'succeeded':
        if (outcome.text !== null) out.line(`${out.style('green', '=>')} ${plain(outcome.text)}`);
        return;
      case 'failed':
        err.line(err.style('red', outcome.error.traceback.trimEnd()));
        return;
      case 'cancelled':
        err.line(
          err.style(
            'yellow',
            `Cancelled (${outcome.rung}) after ${outcome.seconds.toFixed(1)} s.${lostNames(outcome.lost)}`,
          ),
        );
        return;
      case 'lost':
        if (outcome.stderrTail && !process.stderr.isTTY) err.line('');
        err.line(err.style('red', `Lost: ${outcome.reason}`));
        return;
    }
  };
  return {
    cell: (index, line, file) => {
      if (file !== undefined) out.line(out.style('dim', `# ${file}, line ${line}`));
      else if (numbered) out.line(out.style('dim', `# cell ${index + 1}, line ${line}`));
    },
    started: () => {},
    output: (_, stream, text) => (stream === 'stdout' ? out : err).text(text),
    display: (_, parts, text) => out.line(text || `[${parts.map(({ mime }) => mime).join(', ')}]`),
    progress: (_, progress) => {
      if (progress.state === 'running') bar.show(progress, out.fresh && err.fresh);
      else err.line(err.style('dim', progressText(progress)));
    },
    prompt: () => bar.clear(),
    notice: ({ level, message }) => err.line(err.style(level === 'error' ? 'red' : 'yellow', message)),
    answered: (prompt, value, typed) => {
      if (!typed) out.line(`${questionText(prompt)}${isSecret(prompt) ? '***' : value}`);
    },
    finished: (_index, _executionId, outcome) => outcomeOf(outcome),
    note: (text) => err.line(err.style('dim', `holdfast: ${text}`)),
  };
}

function lostNames(names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, 5).join(', ');
  return ` The worker had to be ended, and these variables with it: ${shown}${names.length > 5 ? ', …' : ''}.`;
}

/** A stream that knows whether it stands at the beginning of a line. */
class Lines {
  readonly #stream: NodeJS.WriteStream;
  readonly #bar: ProgressLine;
  #fresh = true;

  constructor(stream: NodeJS.WriteStream, bar: ProgressLine) {
    this.#stream = stream;
    this.#bar = bar;
  }

  get fresh(): boolean {
    return this.#fresh;
  }

  style(style: Style, text: string): string {
    return this.#stream.isTTY ? styleText(style, plain(text)) : plain(text);
  }

  text(text: string): void {
    if (text === '') return;
    this.#bar.clear();
    this.#stream.write(text);
    this.#fresh = text.endsWith('\n');
  }

  line(text: string): void {
    this.text(`${this.#fresh ? '' : '\n'}${text}\n`);
  }
}
