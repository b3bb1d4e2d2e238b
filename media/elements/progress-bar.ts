import { html, nothing, type TemplateResult } from 'lit';
import type { ProgressBar } from '../protocol.ts';

/** A bar with its text. One whose end nobody knows moves to and fro while it runs. */
export function progressBar({ text, fraction, state }: ProgressBar): TemplateResult {
  const percent = fraction === null ? null : Math.floor(fraction * 100);
  return html`<div class="progress ${state}">
    <div
      class="track ${percent === null && state === 'running' ? 'endless' : ''}"
      role="progressbar"
      aria-label=${text}
      aria-valuetext=${text}
      aria-valuenow=${percent ?? nothing}
      aria-valuemin="0"
      aria-valuemax="100"
    >
      <div class="done" .style=${`width: ${percent ?? (state === 'done' ? 100 : 30)}%`}></div>
    </div>
    <span class="progress-text">${text}</span>
  </div>`;
}
