/** Where results are shown. `both`: on the line and in the panel; `checkmark`: on the line only whether it went well. */
export const INLINE_MODES = ['inline', 'panel', 'both', 'checkmark'] as const;
export type InlineMode = (typeof INLINE_MODES)[number];

/** The mode that a setting names; one that does not exist counts as not set. */
export function inlineMode(setting: string): InlineMode {
  return INLINE_MODES.find((mode) => mode === setting) ?? 'inline';
}

/** A run brings up the results panel. */
export function opensPanel(mode: InlineMode): boolean {
  return mode === 'panel' || mode === 'both';
}
