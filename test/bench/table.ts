import { type Summary, summarise } from './stats.ts';

type Measure = 'p50' | 'p99' | 'min' | 'max';

/** What a row should reach: a measure of it, divided by a measure of another row where one is named. */
export interface Target {
  readonly measure: Measure;
  readonly against?: { readonly row: string; readonly measure: Measure };
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Measurements of one contender. */
export interface Measured {
  readonly name: string;
  readonly values: readonly number[];
  readonly targets?: readonly Target[];
  /** Said behind the name. */
  readonly note?: string;
}

export interface Verdict {
  readonly target: string;
  readonly value: number;
  readonly met: boolean;
}

export interface Row {
  readonly name: string;
  readonly summary: Summary;
  /** The median over that of the row that all are compared with; null where there is none. */
  readonly ratio: number | null;
  readonly verdicts: readonly Verdict[];
}

export interface Table {
  readonly title: string;
  readonly unit: string;
  /** The row that the others are compared with. */
  readonly base: string | null;
  readonly rows: readonly Row[];
}

/** @param base name of the row whose median the others are divided by; one that was not measured gives no ratios. */
export function tableOf(title: string, unit: string, base: string | null, measured: readonly Measured[]): Table {
  const summaries = new Map(measured.map(({ name, values }) => [name, summarise(values)]));
  const baseline = base === null ? undefined : summaries.get(base)?.p50;
  const rows = measured.map(({ name, targets = [], note }) => {
    const summary = summaries.get(name) ?? summarise([]);
    return {
      name: note === undefined ? name : `${name} (${note})`,
      summary,
      ratio: baseline === undefined || name === base ? null : summary.p50 / baseline,
      verdicts: targets.flatMap((target) => verdict(target, summary, summaries)),
    };
  });
  return { title, unit, base: baseline === undefined ? null : base, rows };
}

/** Nothing when the row to compare with was not measured. */
function verdict(target: Target, summary: Summary, others: ReadonlyMap<string, Summary>): Verdict[] {
  const { measure, against, atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = target;
  const other = against ? others.get(against.row)?.[against.measure] : 1;
  if (other === undefined) return [];
  const value = summary[measure] / other;
  const limits = [
    ...(Number.isFinite(atLeast) ? [`≥ ${atLeast}`] : []),
    ...(Number.isFinite(atMost) ? [`≤ ${atMost}`] : []),
  ];
  const of = against ? ` × ${against.measure} of ${against.row}` : '';
  return [{ target: `${measure} ${limits.join(' and ')}${of}`, value, met: value <= atMost && value >= atLeast }];
}

/** The table in Markdown, its columns padded so that it can be read as it is. */
export function markdown({ title, unit, base, rows }: Table): string {
  const head = ['', `p50 ${unit}`, 'p99', 'min – max', 'runs', base === null ? '' : `to ${base}`, 'target', ''];
  const cells = rows.map(({ name, summary, ratio, verdicts }) => [
    name,
    number(summary.p50),
    number(summary.p99),
    `${number(summary.min)} – ${number(summary.max)}`,
    String(summary.count),
    ratio === null ? '' : `${ratio.toPrecision(3)} ×`,
    verdicts.map(({ target }) => target).join('; '),
    verdicts.map(({ met, value }) => `${met ? 'met' : '**missed**'} (${number(value)})`).join('; '),
  ]);
  const shown = [0, 1, 2, 3, 4, 5, 6, 7].filter((column) => column < 5 || cells.some((row) => row[column] !== ''));
  const widths = shown.map((column) => Math.max(3, ...[head, ...cells].map((row) => [...(row[column] ?? '')].length)));
  const line = (row: readonly string[]) =>
    `| ${shown.map((column, index) => pad(row[column] ?? '', widths[index] ?? 0, isText(column))).join(' | ')} |`;
  const rule = `| ${shown.map((column, index) => (isText(column) ? '-'.repeat(widths[index] ?? 0) : `${'-'.repeat((widths[index] ?? 1) - 1)}:`)).join(' | ')} |`;
  return [`### ${title}`, '', line(head), rule, ...cells.map(line)].join('\n');
}

function isText(column: number): boolean {
  return column === 0 || column > 5;
}

function pad(text: string, width: number, left: boolean): string {
  const space = ' '.repeat(Math.max(0, width - [...text].length));
  return left ? text + space : space + text;
}

/** About three digits. */
function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const magnitude = Math.abs(value);
  const digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3;
  return value.toFixed(digits);
}
