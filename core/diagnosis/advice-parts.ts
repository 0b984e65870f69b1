import type { RichText } from '../api.ts';
import { decodeClientHello, offeredVersions } from '../tls/messages/client-hello.ts';
import { extensionOf } from '../tls/messages/extension.ts';
import { cipherSuiteOf } from '../tls/tables/cipher-suites.ts';
import { describeVersion, isDtls, isTls13, TLS_1_0, tlsVersionBehind } from '../tls/tables/versions.ts';
import { formatFingerprint } from '../x509/certificate.ts';
import { shortName } from '../x509/names.ts';
import type { CauseContext } from './cause-context.ts';
import { describeHole } from './hole.ts';
import { recipeLines } from './recipe-lines.ts';
import { recipesFor } from './recipes/products.ts';
import { conversationLink, frameLink, rich, term } from './rich-text.ts';

/** Parts of the sentences of advice.ts: names, proofs, and what may be done, each of this capture. */

export const RSA_EXCHANGE = term(
  'RSA key exchange',
  'the client encrypts the secret with the key of the server’s certificate; whoever has the private key can read along',
);
export const KEY_LOG = term(
  'key log',
  'a text file into which a program writes the secrets of its TLS connections (SSLKEYLOGFILE)',
);
const CAPTURE_KEYLOG = rich`Have one of the two programs write a ${KEY_LOG} while you capture (SSLKEYLOGFILE or the product's own setting).`;

/** How secrets are logged, first with the products that were recognised. */
export function captureKeyLog(c: CauseContext): RichText[] {
  return [CAPTURE_KEYLOG, ...recipeLines(c.products, 'log-secrets')];
}

export const LOSSLESS = rich`Capture with a larger buffer (tcpdump -B 65536) and on the host itself rather than on a mirror port, which drops packets under load.`;

/** "CN=pbx.example (public key SHA-256 …, serial …, valid … to …, presented in frame 27)". */
export function nameOfServerKey(c: CauseContext): RichText {
  const certificate = c.serverCertificate;
  const frame = c.handshake?.serverCertificate?.frame ?? null;
  if (certificate === null) return rich`the server (its certificate is not in the capture)`;
  const subject =
    certificate.subject === null
      ? 'the certificate that cannot be read whole'
      : shortName(certificate.subject);
  const day = (time: string | undefined): string => time?.slice(0, 10) ?? '?';
  const validity = `valid ${day(certificate.notBefore?.text)} to ${day(certificate.notAfter?.text)}`;
  const shown = frame === null ? rich`` : rich`, presented in ${frameLink(frame)}`;
  const key =
    certificate.sha256OfPublicKey === null
      ? ''
      : `public key SHA-256 ${fingerprint(certificate.sha256OfPublicKey)}, `;
  return rich`${subject} (${key}serial ${certificate.serial ?? '?'}, ${validity}${shown})`;
}

export function fingerprint(hex: string | null | undefined): string {
  return hex === null || hex === undefined ? 'unknown' : `${formatFingerprint(hex.slice(0, 16))}…`;
}

export function proofOfSuite(c: CauseContext): RichText[] {
  const handshake = c.handshake;
  if (handshake === null || handshake.serverHello === null || handshake.suite === null) return [];
  const from = c.evidence.resumedFrom;
  return [
    rich`The Server Hello in ${frameLink(handshake.serverHello.frame)} chose ${handshake.suite.name} with ${describeVersion(handshake.version)}.`,
    ...(from === null || handshake.resumed === null
      ? []
      : [
          rich`It resumes the session of ${conversationLink(from.id)} (${frameLink(from.frame)}): what opens that one opens this one too.`,
        ]),
  ];
}

export function proofOfCertificate(c: CauseContext): RichText[] {
  const seen = c.handshake?.serverCertificate ?? null;
  if (seen === null || c.serverCertificate === null) return [];
  const { subject } = c.serverCertificate;
  const shown =
    subject === null ? 'a certificate that cannot be read whole' : `the certificate of ${shortName(subject)}`;
  return [rich`The server showed ${shown} in ${frameLink(seen.frame)}.`];
}

export function helloProof(c: CauseContext): RichText[] {
  const hello = c.handshake?.clientHello ?? null;
  return hello === null ? [] : [rich`The connection's Client Hello is ${frameLink(hello.frame)}.`];
}

export function serverKeyExchangeProof(c: CauseContext): RichText[] {
  const seen = c.handshake?.serverKeyExchange ?? null;
  return seen === null
    ? []
    : [
        c.handshake?.suite?.keyExchange.startsWith('rsa') === true
          ? rich`The Server Key Exchange in ${frameLink(seen.frame)} carries the temporary key.`
          : rich`The Server Key Exchange in ${frameLink(seen.frame)} carries the fresh public value.`,
      ];
}

export function holeProof(c: CauseContext): RichText[] {
  return c.holes.slice(0, 3).map(describeHole);
}

export function missingWords(c: CauseContext): string[] {
  const h = c.handshake;
  const missing: string[] = [];
  if (h === null || h.clientHello === null) missing.push('the Client Hello');
  if (h === null || h.serverHello === null) missing.push('the Server Hello');
  if (h !== null && h.clientKeyExchange === null && h.suite !== null && !h.suite.forwardSecret)
    missing.push('the Client Key Exchange');
  return missing.length === 0 ? ['a message'] : missing;
}

export function presentParts(c: CauseContext): RichText[] {
  const h = c.handshake;
  if (h === null) return [];
  const parts: [string, number | undefined][] = [
    ['Client Hello', h.clientHello?.frame],
    ['Server Hello', h.serverHello?.frame],
    ['Certificate', h.serverCertificate?.frame],
    ['Client Key Exchange', h.clientKeyExchange?.frame],
  ];
  return parts.flatMap(([name, frame]) =>
    frame === undefined ? [] : [rich`The ${name} is in ${frameLink(frame)}.`],
  );
}

export function remainingWays(c: CauseContext): RichText {
  const h = c.handshake;
  if (h !== null && h.clientHello !== null && h.serverHello !== null && h.clientKeyExchange === null)
    return rich`A private key cannot help without the Client Key Exchange; a key log can.`;
  if (h !== null && h.clientHello === null)
    return rich`Without the Client Hello the client random is unknown; load the key log of this time, and every line of it is tried.`;
  const files = rich`Open the file in which the missing packets are, if the capture has several.`;
  return c.notTls13 === null && h !== null && h.clientHello !== null && h.serverHello === null
    ? rich`${files} If the connection is TLS 1.3, a key log opens it all the same.`
    : files;
}

function offersTls12(c: CauseContext): boolean {
  const hello = c.handshake?.clientHello ?? null;
  if (hello === null) return false;
  const versions = offeredVersions(decodeClientHello(hello.body, isDtls(c.handshake?.offeredVersion ?? 0)));
  return versions.some((version) => !isTls13(version) && tlsVersionBehind(version) >= TLS_1_0);
}

/** DTLS that makes the keys of SRTP (RFC 5764). */
export function agreesOnMedia(c: CauseContext): boolean {
  const hello = c.handshake?.clientHello ?? null;
  if (hello === null || !isDtls(c.handshake?.offeredVersion ?? 0)) return false;
  return extensionOf(decodeClientHello(hello.body, true).extensions, 'use-srtp') !== null;
}

/** Forcing RSA key exchange helps only where the client would take it. */
export function forceRsa(c: CauseContext): RichText[] {
  const hello = c.handshake?.clientHello ?? null;
  if (hello === null) return [];
  // What agrees on keys for media has certificates of its own making and suites that no setting changes.
  if (agreesOnMedia(c)) return [];
  const refusing = recipesFor(c.products, 'force-rsa').find(({ recipe }) =>
    recipe.text.includes('trunk down'),
  );
  if (refusing !== undefined)
    return [
      rich`Do not force RSA key exchange here. ${refusing.product}: ${refusing.recipe.text} (${refusing.recipe.source})`,
    ];
  const offered = decodeClientHello(hello.body, isDtls(c.handshake?.offeredVersion ?? 0)).cipherSuites.map(
    cipherSuiteOf,
  );
  const protocol = isDtls(c.handshake?.version ?? 0) ? 'DTLS' : 'TLS';
  const real = offered.filter((suite) => suite.kind !== 'signal');
  if (isTls13(c.handshake?.version ?? 0) && !offersTls12(c))
    return [
      rich`The Client Hello in ${frameLink(hello.frame)} offers no version before ${protocol} 1.3: limiting the server to ${protocol} 1.2 would end this connection.`,
    ];
  const rsa = real.filter((suite) => suite.keyExchange === 'rsa');
  const own = c.serverCertificate;
  if (rsa.length > 0 && own !== null && own.kind !== 'malformed' && own.publicKey.algorithm !== 'rsa')
    return [
      rich`RSA key exchange cannot be forced here as things stand: the server’s certificate has a key of another kind (${own.publicKey.description}). It would need a certificate with an RSA key first.`,
    ];
  if (rsa.length === 0)
    return [
      rich`The Client Hello in ${frameLink(hello.frame)} offers ${real.length} ${real.length === 1 ? 'suite' : 'suites'}, none with RSA key exchange: forcing RSA on the server would end this connection.`,
    ];
  return [
    rich`The Client Hello in ${frameLink(hello.frame)} offers ${rsa.length} of ${real.length} suites with RSA key exchange (for example ${rsa[0]?.name ?? ''}): allowing only these on the server, for the time of a capture, makes its private key enough${isTls13(c.handshake?.version ?? 0) ? ` (with ${protocol} 1.2, not 1.3)` : ''}${own === null ? ', if its certificate has an RSA key' : ''}. That gives up forward secrecy for that time, and clients that refuse such suites would be cut off.`,
    ...recipeLines(c.products, 'force-rsa'),
  ];
}
