import { CLIENT, SERVER } from '../tls/handshake.ts';
import { describeAlert, meaningOfAlert } from '../tls/tables/alerts.ts';
import { decodeElement } from '../x509/der.ts';
import { decodeName, shortName } from '../x509/names.ts';
import { blamesCertificate, clientChainFits, leafOf, requestedAuthorities } from './certificate-facts.ts';
import { failsOnSignature, suspectsOf } from './certificate-suspects.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { clientFlight } from './handshake-outcome.ts';
import { frameLink, rich } from './rich-text.ts';
import { uniqueFrames } from './unique-frames.ts';

/** The server did not accept the certificate that the client showed. */
export function findClientCertificateRefused(c: FindingContext): Found[] {
  const { failure, handshake } = c;
  if (failure === null || handshake === null || failure.by !== SERVER || failure.inferred)
    return inferredRefusal(c);
  const shown = handshake.clientCertificate;
  if (shown === null || c.chains[CLIENT].length === 0) return [];
  if (failure.how === 'alert' && !blamesCertificate(c, CLIENT) && !failsOnSignature(failure)) return [];
  if (failure.how !== 'alert' && handshake.changeCipherSpec[SERVER] > 0) return [];
  const leaf = leafOf(c, CLIENT);
  const reason =
    failure.alert === null
      ? rich`It gave no reason`
      : rich`It said ${describeAlert(failure.alert.description)}: ${meaningOfAlert(failure.alert.description).replace('the sender', 'the server')}`;
  const suspects = suspectsOf(c, CLIENT);
  const authorities = requestedAuthorities(c);
  const unfit =
    authorities !== null && !clientChainFits(c, authorities)
      ? rich` It is from none of the authorities that the server asked for (${namesOf(authorities)}).`
      : rich``;
  return [
    {
      severity: 'error',
      sentence: rich`The server ${failure.alert === null ? 'probably refused' : 'refused'} the client’s certificate ${leaf === null ? '' : `${shortName(leaf.subject)}, issued by ${shortName(leaf.issuer)} `}(${frameLink(shown.frame)}). ${reason}.${unfit}`,
      frames: uniqueFrames([shown.frame, failure.frame, ...suspects.frames]),
      fix:
        suspects.fix ??
        `Look into the log of the server at ${c.server}; install a client certificate that it accepts${authorities === null ? '' : ` (issued by ${namesOf(authorities)})`}, or let the server not ask for one.`,
      confidence: failure.alert !== null && blamesCertificate(c, CLIENT) ? 'certain' : 'likely',
    },
  ];
}

/** The server asked for a certificate, and the client had none to show. */
export function findClientCertificateMissing(c: FindingContext): Found[] {
  const { failure, handshake } = c;
  if (handshake === null) return [];
  const request = handshake.certificateRequest;
  const answer = handshake.clientCertificate;
  const demanded = failure?.alert?.description === CERTIFICATE_REQUIRED;
  const empty = answer !== null && c.chains[CLIENT].length === 0;
  const authorities = requestedAuthorities(c);
  const wanted =
    authorities === null
      ? 'any authority'
      : `${authorities.length === 1 ? '' : `one of ${authorities.length}: `}${namesOf(authorities)}`;
  if ((request !== null && empty) || demanded) {
    const failed = failure !== null && failure.by === SERVER;
    const asked = request === null ? rich`` : rich` in ${frameLink(request.frame)} (issued by ${wanted})`;
    const shown = answer === null ? rich`` : rich`; the client sent none (${frameLink(answer.frame)})`;
    const ending = !failed
      ? '. The server went on without'
      : failure.alert === null
        ? rich`, and the server ended the connection in ${frameLink(failure.frame)}`
        : rich`, and the server broke off with ${describeAlert(failure.alert.description)} in ${frameLink(failure.frame)}`;
    return [
      {
        severity: failed ? 'error' : 'note',
        sentence: rich`The server asked for a client certificate${asked}${shown}${ending}.`,
        frames: uniqueFrames([request?.frame ?? 0, answer?.frame ?? 0, failed ? failure.frame : 0]),
        fix: failed
          ? `Install a client certificate on ${c.client}, or let the server at ${c.server} not demand one.`
          : '',
        confidence: 'certain',
      },
    ];
  }
  if (failure === null || !failure.inferred || failure.by !== SERVER) return [];
  if (clientFlight(handshake, c.closing.dataLengths[CLIENT]) !== 'empty-certificate') return [];
  return [
    {
      severity: 'error',
      sentence: rich`The client’s first encrypted record is as long as a Certificate message without any certificate, and the server ended the connection after it (${frameLink(failure.frame)}). So the server probably demanded a client certificate and got none. TLS 1.3 encrypts the messages themselves.`,
      frames: [failure.frame],
      fix: `Install a client certificate on ${c.client}, or let the server at ${c.server} not demand one. A key log shows the alert itself.`,
      confidence: 'likely',
    },
  ];
}

const CERTIFICATE_REQUIRED = 116;

function inferredRefusal(c: FindingContext): Found[] {
  const { failure, handshake } = c;
  if (failure === null || handshake === null || !failure.inferred || failure.by !== SERVER) return [];
  if (clientFlight(handshake, c.closing.dataLengths[CLIENT]) !== 'certificate') return [];
  return [
    {
      severity: 'error',
      sentence: rich`The client’s encrypted answer is long enough for a certificate, and the server ended the connection right after it (${frameLink(failure.frame)}). So the server probably refused the client’s certificate. TLS 1.3 encrypts the messages themselves.`,
      frames: [failure.frame],
      fix: `Check the client certificate of ${c.client} and the log of the server at ${c.server}. A key log shows certificate and alert.`,
      confidence: 'likely',
    },
  ];
}

function namesOf(authorities: readonly Uint8Array[]): string {
  const names = authorities.slice(0, 3).map((der) => {
    const element = decodeElement(der);
    const name = element.kind === 'element' ? decodeName(element) : null;
    return name === null ? 'an unreadable name' : shortName(name);
  });
  return names.join(', ') + (authorities.length > 3 ? ' …' : '');
}
