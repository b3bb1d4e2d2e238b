import type { TableColumn } from '../../backend/protocol/inspection.ts';
import { columnWidth } from './cells.ts';
import type { Row } from './row-pages.ts';

const MIN_PIXELS = 24;
const STEP_PIXELS = 24;

/** How wide the columns are: as what is in view needs, or as the person has made them. */
export class ColumnWidths {
  /** In pixels, by column. */
  readonly #chosen = new Map<number, number>();

  set(column: number, pixels: number): void {
    this.#chosen.set(column, Math.max(MIN_PIXELS, pixels));
  }

  /** As what is in view needs, again. */
  reset(column: number): void {
    this.#chosen.delete(column);
  }

  /** Wider or narrower by a step. @param pixels its width now */
  step(column: number, pixels: number, wider: boolean): void {
    this.set(column, pixels + (wider ? STEP_PIXELS : -STEP_PIXELS));
  }

  /** A `grid-template-columns`: that of the labels, then those of the columns. @param first number of the first of them */
  template(label: string, columns: readonly TableColumn[], first: number, rows: readonly (Row | undefined)[]): string {
    const values = (index: number) => rows.map((row) => row?.[index] ?? null);
    const labels = columnWidth({ name: label, kind: 'other', type: '' }, values(0));
    const widths = columns.map((column, index) => {
      const chosen = this.#chosen.get(first + index);
      return chosen === undefined ? `${columnWidth(column, values(index + 1))}ch` : `${chosen}px`;
    });
    return [`${labels}ch`, ...widths].join(' ');
  }
}

/** Follows the pointer that has been pressed at the edge of a column, until it is let go. @param pixels the column's width now */
export function dragEdge(event: PointerEvent, pixels: number, resize: (pixels: number) => void): void {
  const edge = event.currentTarget as HTMLElement;
  const from = event.clientX;
  const move = ({ clientX }: PointerEvent) => resize(pixels + clientX - from);
  edge.setPointerCapture(event.pointerId);
  edge.addEventListener('pointermove', move);
  edge.addEventListener('lostpointercapture', () => edge.removeEventListener('pointermove', move), { once: true });
  event.preventDefault();
}
