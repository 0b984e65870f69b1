import type { HandshakeTiming } from '../../api.ts';
import { formatDelay } from '../../diagnosis/format-delay.ts';
import { tellFailure } from '../../diagnosis/failure-findings.ts';
import type { DecodedCertificate, FindingContext } from '../../diagnosis/finding-context.ts';
import { clientFlight } from '../../diagnosis/handshake-outcome.ts';
import { plainText } from '../../diagnosis/rich-text.ts';
import { certificateRequestOf } from '../../tls/certificate-request-of.ts';
import { CLIENT, SERVER, type SeenMessage } from '../../tls/handshake.ts';
import { decodeClientHello, offeredVersions } from '../../tls/messages/client-hello.ts';
import type { Extension } from '../../tls/messages/extension.ts';
import { decodeServerKeyExchange } from '../../tls/messages/key-exchange.ts';
import { decodeServerHello } from '../../tls/messages/server-hello.ts';
import { decodeCertificateVerify, decodeEncryptedExtensions } from '../../tls/messages/session-messages.ts';
import { cipherSuiteOf, isGrease } from '../../tls/tables/cipher-suites.ts';
import { describeExtension } from '../../tls/tables/extensions.ts';
import { describeNamedGroup } from '../../tls/tables/named-groups.ts';
import { describeSignatureScheme } from '../../tls/tables/signature-schemes.ts';
import { describeVersion, isDtls, TLS_1_2, tlsVersionBehind } from '../../tls/tables/versions.ts';
import { describeExtensionValue } from './extension-value.ts';
import { requestedAuthorityNames } from './requested-authority-names.ts';

/** One fact of a conversation, under a name that the same fact has in every other. */
export interface Fact {
  readonly section: string;
  readonly field: string;
  readonly value: string;
  readonly frame: number | null;
  /** Values that differ between any two conversations and mean nothing. */
  readonly random: boolean;
}

/** Everything about a conversation that can be held against another one. */
export function gatherFacts(c: FindingContext, timing: HandshakeTiming | null, verdict: string): Fact[] {
  const facts = new FactList();
  facts.add('Connection', 'client', c.client, c.firstFrame, true);
  facts.add('Connection', 'server', c.server, c.firstFrame);
  for (const { side, product } of c.products) facts.add('Connection', `${side} program`, product.name, null);
  addClientHello(facts, c);
  addServerHello(facts, c);
  addChain(facts, c, SERVER);
  addKeyExchange(facts, c);
  addRequest(facts, c);
  addChain(facts, c, CLIENT);
  addTiming(facts, timing);
  facts.add('Ending', 'verdict', verdict, null);
  facts.add('Ending', 'how the handshake ended', endingOf(c), c.failure?.frame ?? null);
  facts.add('Ending', 'who closed', whoClosed(c), null);
  return facts.list;
}

class FactList {
  readonly list: Fact[] = [];

  add(section: string, field: string, value: string, frame: number | null, random = false): void {
    this.list.push({ section, field, value, frame, random });
  }
}

function addClientHello(facts: FactList, c: FindingContext): void {
  const seen = c.handshake?.clientHello ?? null;
  if (seen === null || c.handshake === null) return;
  const hello = decodeClientHello(seen.body, isDtls(c.handshake.offeredVersion));
  const section = 'Client Hello';
  const real = (values: readonly number[]): readonly number[] => values.filter((value) => !isGrease(value));
  facts.add(
    section,
    'versions offered',
    real(offeredVersions(hello)).map(describeVersion).join(', '),
    seen.frame,
  );
  const suites = real(hello.cipherSuites).map(cipherSuiteOf);
  facts.add(
    section,
    'cipher suites',
    suites
      .filter((suite) => suite.kind !== 'signal')
      .map((suite) => suite.name)
      .join(', '),
    seen.frame,
  );
  facts.add(section, 'session offered', hello.sessionId.length === 0 ? 'none' : 'a session id', seen.frame);
  facts.add(section, 'compression', hello.compressionMethods.join(', '), seen.frame);
  facts.add(section, 'first of two', c.handshake.firstClientHello === null ? 'no' : 'yes', seen.frame);
  addExtensions(facts, section, hello.extensions, seen.frame);
}

function addServerHello(facts: FactList, c: FindingContext): void {
  const h = c.handshake;
  const seen = h?.serverHello ?? null;
  if (h === null || seen === null) return;
  const hello = decodeServerHello(seen.body);
  const section = 'Server Hello';
  facts.add(section, 'version', describeVersion(h.version), seen.frame);
  facts.add(section, 'cipher suite', h.suite?.name ?? '', seen.frame);
  facts.add(section, 'session', h.resumed === null ? 'new' : `resumed (${h.resumed})`, seen.frame);
  facts.add(section, 'compression', String(hello.compressionMethod), seen.frame);
  addExtensions(facts, section, hello.extensions, seen.frame);
  if (h.encryptedExtensions !== null)
    addExtensions(
      facts,
      'Encrypted Extensions',
      decodeEncryptedExtensions(h.encryptedExtensions.body).extensions,
      h.encryptedExtensions.frame,
    );
}

function addExtensions(
  facts: FactList,
  section: string,
  extensions: readonly Extension[],
  frame: number,
): void {
  for (const extension of extensions) {
    if (extension.kind === 'grease' || extension.kind === 'padding') continue;
    facts.add(
      section,
      `extension ${describeExtension(extension.id)}`,
      describeExtensionValue(extension),
      frame,
      extension.kind === 'key-share' || extension.kind === 'cookie',
    );
  }
}

function addChain(facts: FactList, c: FindingContext, side: typeof CLIENT | typeof SERVER): void {
  const h = c.handshake;
  const seen = side === SERVER ? (h?.serverCertificate ?? null) : (h?.clientCertificate ?? null);
  const section = side === SERVER ? 'Server’s certificate' : 'Client’s certificate';
  if (seen === null) {
    if (side === CLIENT) addHiddenChain(facts, section, c);
    return;
  }
  const chain = c.chains[side];
  facts.add(section, 'certificates sent', String(chain.length), seen.frame);
  chain.slice(0, 4).forEach((certificate, at) => addCertificate(facts, section, certificate, at, seen, c));
}

/** TLS 1.3 without keys: whether the client showed a certificate is told by the length of its answer. */
function addHiddenChain(facts: FactList, section: string, c: FindingContext): void {
  if (c.handshake === null) return;
  const flight = clientFlight(c.handshake, c.closing.dataLengths[CLIENT]);
  if (flight !== 'certificate' && flight !== 'empty-certificate') return;
  const told = flight === 'certificate' ? 'some' : '0';
  const frame = c.closing.firstDataFrame[CLIENT];
  facts.add(section, 'certificates sent', `${told}, by the length of its encrypted answer`, frame || null);
}

function addCertificate(
  facts: FactList,
  section: string,
  certificate: DecodedCertificate,
  at: number,
  seen: SeenMessage,
  c: FindingContext,
): void {
  const name = (field: string): string => (at === 0 ? field : `${field} (${ORDINALS[at] ?? ''} certificate)`);
  const add = (field: string, value: string, random = false): void =>
    facts.add(section, name(field), value, seen.frame, random);
  add('subject', certificate.subject?.text ?? 'unreadable');
  add('issuer', certificate.issuer?.text ?? 'unreadable');
  add('serial', certificate.serial ?? 'unreadable', true);
  const { notBefore, notAfter } = certificate;
  const now = c.secondsOf(seen.frame);
  const judged =
    notBefore === null || notAfter === null
      ? 'unreadable'
      : now > notAfter.seconds
        ? 'expired'
        : now < notBefore.seconds
          ? 'not valid yet'
          : 'valid';
  add('validity', judged);
  add('period', `${notBefore?.text ?? '?'} to ${notAfter?.text ?? '?'}`, true);
  add('public key', certificate.publicKey?.description ?? 'unreadable');
  add('signature', certificate.signature?.name ?? 'unreadable');
  const names = certificate.kind === 'certificate' ? (certificate.extensions.names ?? []) : [];
  add('names', names.map((one) => one.value).join(', '));
  add('SHA-256', certificate.sha256, true);
}

/** Of the certificates behind the first. */
const ORDINALS = ['', '2nd', '3rd', '4th'] as const;

function addKeyExchange(facts: FactList, c: FindingContext): void {
  const h = c.handshake;
  if (h === null || h.suite === null) return;
  facts.add('Key exchange', 'kind', h.suite.keyExchange, h.serverHello?.frame ?? null);
  if (h.serverKeyExchange === null) return;
  const withScheme = tlsVersionBehind(h.version) >= TLS_1_2;
  const { group, bits, signatureScheme } = decodeServerKeyExchange(
    h.serverKeyExchange.body,
    h.suite.keyExchange,
    withScheme,
  );
  const { frame } = h.serverKeyExchange;
  if (group !== null) facts.add('Key exchange', 'group', describeNamedGroup(group), frame);
  if (bits !== null) facts.add('Key exchange', 'prime', `${bits} bits`, frame);
  if (signatureScheme !== null)
    facts.add('Key exchange', 'signature of the server', describeSignatureScheme(signatureScheme), frame);
}

function addRequest(facts: FactList, c: FindingContext): void {
  const h = c.handshake;
  if (h === null || h.serverHello === null) return;
  const section = 'Certificate Request';
  const frame = h.certificateRequest?.frame ?? null;
  const request = certificateRequestOf(h);
  facts.add(section, 'client certificate asked for', request === null ? 'no' : 'yes', frame);
  if (request === null) return;
  const schemes = request.signatureSchemes;
  facts.add(
    section,
    'signature algorithms',
    schemes === null ? 'none named (before TLS 1.2)' : schemes.map(describeSignatureScheme).join(', '),
    frame,
  );
  const authorities = requestedAuthorityNames(h);
  facts.add(section, 'authorities', authorities.length === 0 ? 'any' : authorities.join('; '), frame);
  const verify = h.certificateVerify[CLIENT];
  if (verify === null || tlsVersionBehind(h.version) < TLS_1_2) return;
  const { signatureScheme } = decodeCertificateVerify(verify.body, true);
  if (signatureScheme !== null)
    facts.add(section, 'client signed with', describeSignatureScheme(signatureScheme), verify.frame);
}

function addTiming(facts: FactList, timing: HandshakeTiming | null): void {
  if (timing === null) return;
  const section = 'Timing';
  facts.add(
    section,
    'handshake',
    timing.duration === null ? 'not complete' : formatDelay(timing.duration),
    null,
  );
  facts.add(section, 'waited for the server', formatDelay(timing.serverTime), null);
  facts.add(section, 'waited for the client', formatDelay(timing.clientTime), null);
}

function endingOf(c: FindingContext): string {
  if (c.failure !== null)
    return plainText(tellFailure(c, c.failure)).replace(/ in frame \d+| \(frame \d+\)/g, '');
  if (c.handshake === null) return 'no handshake';
  return c.handshake.complete ? 'complete' : 'not seen to its end';
}

function whoClosed(c: FindingContext): string {
  const { fin, rst } = c.closing;
  const ends = (
    [
      ['the client, by RST', rst[CLIENT]],
      ['the server, by RST', rst[SERVER]],
      ['the client, by FIN', fin[CLIENT]],
      ['the server, by FIN', fin[SERVER]],
    ] as const
  ).filter(([, frame]) => frame > 0);
  return [...ends].sort((a, b) => a[1] - b[1])[0]?.[0] ?? 'nobody, as far as the capture goes';
}
