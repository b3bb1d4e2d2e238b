/** A time as the person's clock shows it, to the second. @param at Unix milliseconds */
export function localTime(at: number): string {
  const behindUtcMs = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - behindUtcMs).toISOString().slice(0, 19).replace('T', ' ');
}
