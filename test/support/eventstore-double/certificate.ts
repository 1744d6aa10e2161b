// A certificate for the double on loopback, of its own making: valid for a day, its own authority,
// and nothing that a program could be configured with by mistake.
import { generateKeyPairSync, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS 8. */
  readonly key: string;
}

const TAG = {
  ...{ boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, text: 0x0c },
  ...{ time: 0x17, sequence: 0x30, set: 0x31, version: 0xa0, extensions: 0xa3 },
  ...{ dnsName: 0x82, ipAddress: 0x87 },
} as const;

const OID = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  basicConstraints: [0x55, 0x1d, 0x13],
  subjectAltName: [0x55, 0x1d, 0x11],
} as const;

const DAY_MS = 86_400_000;

/** For `localhost` and 127.0.0.1. https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
export function selfSigned(): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(TAG.sequence, der(TAG.oid, OID.ecdsaWithSha256));
  const commonName = [der(TAG.oid, OID.commonName), der(TAG.text, Buffer.from('test double'))];
  const name = der(TAG.sequence, der(TAG.set, der(TAG.sequence, ...commonName)));
  const validity = [-DAY_MS, DAY_MS].map((ms) => der(TAG.time, utcTime(Date.now() + ms)));
  const isAuthority = der(TAG.sequence, der(TAG.boolean, [0xff]));
  const names = der(
    TAG.sequence,
    der(TAG.dnsName, Buffer.from('localhost')),
    der(TAG.ipAddress, [127, 0, 0, 1]),
  );
  const extensions = [
    der(TAG.sequence, der(TAG.oid, OID.basicConstraints), der(TAG.octets, isAuthority)),
    der(TAG.sequence, der(TAG.oid, OID.subjectAltName), der(TAG.octets, names)),
  ];
  const toSign = der(
    TAG.sequence,
    ...[der(TAG.version, der(TAG.integer, [2])), der(TAG.integer, [1]), algorithm, name],
    ...[der(TAG.sequence, ...validity), name, publicKey.export({ type: 'spki', format: 'der' })],
    der(TAG.extensions, der(TAG.sequence, ...extensions)),
  );
  const signature = der(TAG.bits, [0], sign('sha256', toSign, privateKey));
  const whole = der(TAG.sequence, toSign, algorithm, signature).toString('base64');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${whole}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** @param contents one after another, e.g. the members of a sequence */
function der(tag: number, ...contents: readonly (Uint8Array | readonly number[])[]): Buffer {
  const content = Buffer.concat(contents.map((bytes) => Buffer.from(bytes)));
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

/** YYMMDDhhmmssZ */
function utcTime(ms: number): Buffer {
  return Buffer.from(
    `${new Date(ms)
      .toISOString()
      .replaceAll(/[-:T]|\..*$/g, '')
      .slice(2)}Z`,
  );
}
