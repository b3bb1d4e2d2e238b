import type { Policy } from '../../shared/messages.ts';
import { NativeSet, setAdd } from '../primordials.ts';

export type Category = Policy['asks'][number];

/** A policy as the gate looks at it: without arrays, whose prototype user code may have changed. */
export class PolicyView {
  readonly asks = new NativeSet<Category>();
  readonly roots = new NativeSet<string>();
  readonly readsFree: boolean;
  readonly writesFree: boolean;

  constructor({ asks, roots, readsFree, writesFree }: Policy) {
    for (let i = 0; i < asks.length; i++) setAdd(this.asks, asks[i] as Category);
    for (let i = 0; i < roots.length; i++) setAdd(this.roots, roots[i] as string);
    this.readsFree = readsFree;
    this.writesFree = writesFree;
  }
}
