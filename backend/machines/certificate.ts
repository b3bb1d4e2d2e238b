import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

/** What a machine shows of itself for as long as its process lives. */
export interface Identity {
  /** PEM */
  readonly key: string;
  /** PEM */
  readonly certificate: string;
  /** SHA-256 of the certificate, as `tls` writes it. */
  readonly fingerprint: string;
}

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const TAG = { integer: 2, bits: 3, oid: 6, text: 12, time: 24, sequence: 48, set: 49, version: 160 } as const;
/** Of X.680's object identifiers, in DER. */
const ECDSA_SHA256 = der(TAG.sequence, der(TAG.oid, Buffer.from('2a8648ce3d040302', 'hex')));
const COMMON_NAME = der(TAG.oid, Buffer.from('550403', 'hex'));

/**
 * A new key and a certificate of its own making (RFC 5280) for it: nobody vouches for it, it is known by its fingerprint. Node makes keys, and
 * no certificates.
 */
export function makeIdentity(): Identity {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const body = toBeSigned(privateKey);
  const signature = sign('sha256', body, privateKey);
  const whole = der(TAG.sequence, body, ECDSA_SHA256, der(TAG.bits, Buffer.from([0]), signature));
  const certificate = new X509Certificate(whole);
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: certificate.toString(),
    fingerprint: certificate.fingerprint256,
  };
}

function toBeSigned(key: KeyObject): Buffer {
  const name = der(TAG.sequence, der(TAG.set, der(TAG.sequence, COMMON_NAME, der(TAG.text, Buffer.from('holdfast')))));
  const serial = randomBytes(16);
  // Positive and in as few bytes as it can be.
  serial[0] = (serial.readUInt8(0) & 0x7f) | 0x40;
  const now = Date.now();
  return der(
    TAG.sequence,
    der(TAG.version, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, serial),
    ECDSA_SHA256,
    name,
    der(TAG.sequence, time(now - YEAR_MS), time(now + 20 * YEAR_MS)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  );
}

function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(TAG.time, Buffer.from(text));
}

/** One value of ASN.1 in DER: its tag, its length, what is in it. */
function der(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length = [body.length];
  if (body.length > 0xff) length.splice(0, 1, 0x82, body.length >> 8, body.length & 0xff);
  else if (body.length > 0x7f) length.unshift(0x81);
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
