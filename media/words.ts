import type { ItemStatus } from './protocol.ts';

/** The page's own words, translated by the extension. */
export interface PageWords {
  readonly results: string;
  readonly namespace: string;
  readonly plots: string;
  readonly noResults: string;
  readonly noVariables: string;
  readonly noPlots: string;
  /** `{0}`: what was searched for. */
  readonly noMatches: string;
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly size: string;
  readonly session: string;
  readonly filter: string;
  readonly openGrid: string;
  readonly collapse: string;
  readonly copy: string;
  readonly cancel: string;
  readonly rerun: string;
  readonly save: string;
  readonly openOutput: string;
  readonly clear: string;
  readonly popOut: string;
  readonly search: string;
  readonly nextMatch: string;
  readonly previousMatch: string;
  readonly closeSearch: string;
  /** `{0}`: which one, `{1}`: how many. */
  readonly matchOf: string;
  /** `{0}`: number of characters. */
  readonly cut: string;
  /** `{0}`: number of variables. */
  readonly more: string;
  readonly running: string;
  readonly showCode: string;
  /** Label of the choice between the MIME forms of a value. */
  readonly shownAs: string;
  readonly loading: string;
  readonly notKept: string;
  /** `{0}`: why. */
  readonly cannotShow: string;
  /** `{0}`: a size in MB. */
  readonly tooLarge: string;
  readonly copyPlot: string;
  readonly savePlot: string;
  readonly showResult: string;
  readonly copied: string;
  readonly htmlContent: string;
  readonly plot: string;
  readonly moreItems: string;
  readonly expand: string;
  readonly statuses: Readonly<Record<ItemStatus, string>>;
}
