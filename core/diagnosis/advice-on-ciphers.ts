import { describeAlert } from '../tls/tables/alerts.ts';
import { describeVersion, isDtls } from '../tls/tables/versions.ts';
import type { CauseContext } from './cause-context.ts';
import { PASSWORDS } from './needed-keys.ts';
import { frameLink, rich, term } from './rich-text.ts';
import {
  KEY_LOG,
  agreesOnMedia,
  captureKeyLog,
  forceRsa,
  helloProof,
  proofOfSuite,
  serverKeyExchangeProof,
} from './advice-parts.ts';
import type { Advice } from './advice-shape.ts';

export function adviseForwardSecrecy(c: CauseContext): Advice {
  const exchange = c.handshake?.suite?.keyExchange ?? 'unknown';
  const anonymous = exchange.endsWith('anon');
  const psk = exchange.endsWith('psk');
  const suite = c.handshake?.suite?.name ?? 'its suite';
  const why = exchange.startsWith('rsa')
    ? rich`This connection uses a ${TEMPORARY_KEY} (${suite}): the server’s private key only signs it.`
    : PASSWORDS.has(exchange)
      ? rich`Client and server agree on their secret by a ${PASSWORD} (${suite}): no private key opens it, nor does the password.`
      : rich`This connection uses ${DIFFIE_HELLMAN} (${suite}): ${anonymous || psk ? 'neither a certificate’s key nor a pre-shared key opens it' : 'the server’s private key only signs'}.`;
  return {
    title: 'Forward secrecy: no private key can decrypt this',
    what: rich`${why} Only a key log opens it.${agreesOnMedia(c) ? rich` It makes the keys of an SRTP stream between the same ports (${term('DTLS-SRTP', 'RFC 5764: the handshake goes over the media’s own ports, and its secret keys the audio')}): the key log opens that as well.` : rich``}`,
    proof: [...proofOfSuite(c), ...serverKeyExchangeProof(c)],
    fixNow: [
      rich`If one of the two programs wrote a TLS key log while this was captured, load it. Nothing else can open these records.`,
    ],
    fixNext: [...captureKeyLog(c), ...forceRsa(c)],
  };
}

const DIFFIE_HELLMAN = term(
  'Diffie-Hellman',
  'both sides agree on a fresh secret that is never sent and then forgotten',
);

const TEMPORARY_KEY = term(
  'temporary RSA key',
  'exportable suites of the nineties: a key of 512 or 1024 bits that the server makes for its connections',
);

const PASSWORD = term(
  'password-authenticated key exchange',
  'both sides prove that they know a password, and make a fresh secret by it',
);

export function adviseTls13(c: CauseContext): Advice {
  return {
    title: `${isDtls(c.handshake?.version ?? 0) ? 'DTLS' : 'TLS'} 1.3 needs a key log`,
    what: rich`Private keys never decrypt ${isDtls(c.handshake?.version ?? 0) ? 'DTLS' : 'TLS'} 1.3: it always agrees on fresh secrets. A ${KEY_LOG} is needed, and none is loaded.`,
    proof: proofOfSuite(c),
    fixNow: [
      rich`Load the key log of the client at ${c.client} or of the server at ${c.server}, if one was written.`,
    ],
    fixNext: [...captureKeyLog(c), ...forceRsa(c)],
  };
}

export function adviseUnsupportedCipher(c: CauseContext): Advice {
  return {
    title: 'This cipher cannot be opened',
    what: rich`The server chose ${c.handshake?.suite?.name ?? 'a suite'}, which Sipher does not decrypt.`,
    proof: proofOfSuite(c),
    fixNow: [rich`There is no way to open it here.`],
    fixNext: [rich`Choose a suite with AES or ChaCha20 on the server for the time of the capture.`],
  };
}

export function adviseUnsupportedVersion(c: CauseContext): Advice {
  return {
    title: 'This version cannot be opened',
    what: rich`The connection speaks ${describeVersion(c.handshake?.version ?? 0)}, which Sipher does not decrypt.`,
    proof:
      c.handshake?.serverHello == null
        ? []
        : [rich`The Server Hello in ${frameLink(c.handshake.serverHello.frame)} speaks it.`],
    fixNow: [rich`There is no way to open it here.`],
    fixNext: [rich`Use TLS 1.2 or TLS 1.3.`],
  };
}

export function adviseUnsupportedCompression(c: CauseContext): Advice {
  return {
    title: 'The records are compressed in a way that cannot be undone',
    what: rich`Client and server agreed on compression method ${c.handshake?.compression ?? 0}; Sipher undoes DEFLATE (1) only.`,
    proof: proofOfSuite(c),
    fixNow: [rich`There is no way to open it here.`],
    fixNext: [rich`Turn TLS compression off; it is unsafe anyway (CRIME).`],
  };
}

export function adviseMismatch(c: CauseContext): Advice {
  const complaint = c.complaints.find((known) => known.record?.frame === c.record?.frame) ?? null;
  return {
    title: 'This record was altered',
    what: rich`Other records of this connection open with the same keys, and nothing was lost before ${c.record === null ? 'this one' : rich`the one in ${frameLink(c.record.frame)}`}. It alone fails its check: its bytes are not those that were sent.`,
    proof: [
      ...(c.record === null
        ? []
        : [
            rich`The record of ${c.record.length} bytes from the ${c.record.from} ends in ${frameLink(c.record.frame)}.`,
          ]),
      ...(complaint === null
        ? [
            rich`No complaint of the receiver (an alert) is in the capture, so the bytes were probably altered by the capture, not on the way.`,
          ]
        : [
            rich`The ${complaint.by} complained as well (${describeAlert(complaint.description)} in ${frameLink(complaint.alertFrame)}): the record was altered by its sender or on the way, before the place of this capture.`,
          ]),
    ],
    fixNow: [rich`The record's own bytes are wrong; no key can help.`],
    fixNext: [
      rich`Capture on each of the two hosts: where the record is whole on one and altered on the other, something between them changes packets (a faulty switch, a VPN, a firewall).`,
    ],
  };
}

export function adviseDamaged(c: CauseContext): Advice {
  return {
    title: 'These bytes are no TLS record',
    what: rich`Where the next record should begin stand bytes that cannot be its header.`,
    proof: c.record === null ? [] : [rich`They are in ${frameLink(c.record.frame)}.`],
    fixNow: [rich`What follows is read again from the next place where a record begins.`],
    fixNext: [
      rich`Capture nearer to one of the hosts, and check that nothing between them rewrites the stream.`,
    ],
  };
}

export function adviseInternal(c: CauseContext): Advice {
  return {
    title: 'Sipher cannot say why',
    what: rich`This record stays encrypted and no reason was found: that is a fault of Sipher, not of the capture.`,
    proof: helloProof(c),
    fixNow: [rich`Please report it, with the frame number and the versions of both ends.`],
    fixNext: [],
  };
}
