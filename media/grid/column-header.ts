import { html, type TemplateResult } from 'lit';
import type { TableColumn } from '../../backend/protocol/inspection.ts';
import type { GridWords } from '../grid-protocol.ts';
import { dragEdge } from './column-widths.ts';

export type Order = 'none' | 'ascending' | 'descending';

export interface ColumnHeader {
  readonly column: TableColumn;
  readonly order: Order;
  /** What stands in its filter. */
  readonly filter: string;
  readonly words: GridWords;
  sort(): void;
  setFilter(text: string): void;
  /** Undefined: as wide as what is in view needs. */
  resize(pixels: number | undefined): void;
}

/** The head of a column: its name, which sorts, its type, its filter, and the edge to make it wider by. */
export function columnHeader({ column, order, filter, words, ...act }: ColumnHeader): TemplateResult {
  const { name, type } = column;
  return html`<div role="columnheader" aria-sort=${order} title=${`${name}: ${type}`}>
    <button tabindex="-1" @click=${act.sort}>
      <span class="name">${name}</span><span class="order">${orderMark(order)}</span>
      <span class="type">${type}</span>
    </button>
    <input
      type="text"
      spellcheck="false"
      aria-label=${words.filter.replace('{0}', name)}
      title=${words.filterHint}
      .value=${filter}
      @change=${(event: Event) => act.setFilter((event.currentTarget as HTMLInputElement).value)}
    >
    <div
      class="edge"
      title=${words.resizeHint}
      @pointerdown=${(event: PointerEvent) => dragEdge(event, widthOfHead(event), act.resize)}
      @dblclick=${() => act.resize(undefined)}
    ></div>
  </div>`;
}

export function orderMark(order: Order): string {
  return { none: '', ascending: '▲', descending: '▼' }[order];
}

function widthOfHead({ currentTarget }: PointerEvent): number {
  return (currentTarget as HTMLElement).parentElement?.offsetWidth ?? 0;
}
