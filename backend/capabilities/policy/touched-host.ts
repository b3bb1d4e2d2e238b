import { domainToASCII } from 'node:url';

/** A socket in the file system is the host of its path behind this. */
export const UNIX = 'unix:';

/**
 * A host by its one name: lower case, in ASCII, without the closing dot; an address in its usual form, an IPv4 address also when it was
 * written as a number, in octal, in hex, or inside of IPv6.
 */
export function touchedHost(given: string): string {
  if (given.startsWith(UNIX)) return given;
  const bare = given.trim().replace(/^\[|\]$/g, '');
  // Behind `%` an address names the interface it is reached by.
  if (bare.includes(':')) return ipv6(bare.replace(/%.*$/, ''));
  const name = bare.replace(/\.+$/, '').toLowerCase();
  return ipv4(name) ?? (domainToASCII(name) || name);
}

/** As the URL Standard reads it: https://url.spec.whatwg.org/#concept-ipv4-parser */
function ipv4(text: string): string | undefined {
  if (!/^(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}$/.test(text)) return undefined;
  try {
    return new URL(`http://${text}/`).hostname;
  } catch {
    return undefined;
  }
}

function ipv6(text: string): string {
  try {
    const host = new URL(`http://[${text}]/`).hostname.slice(1, -1);
    const mapped = /^::(?:ffff:)?(?:0:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
    if (!mapped || !/^::ffff:/.test(host)) return host;
    const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  } catch {
    return text.toLowerCase();
  }
}
