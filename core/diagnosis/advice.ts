import type { RichText } from '../api.ts';
import { CLIENT, type Handshake, SERVER } from '../tls/handshake.ts';
import { decodeClientHello } from '../tls/messages/client-hello.ts';
import { extensionOf } from '../tls/messages/extension.ts';
import { describeAlert } from '../tls/tables/alerts.ts';
import { describeVersion, isDtls } from '../tls/tables/versions.ts';
import type { CauseId } from '../verdict.ts';
import type { CauseContext } from './cause-context.ts';
import { describeHole } from './hole.ts';
import { PASSWORDS, pskIdentityOf } from './needed-keys.ts';
import { recipeLines } from './recipe-lines.ts';
import { conversationLink, frameLink, plainText, rich, term } from './rich-text.ts';
import {
  RSA_EXCHANGE,
  KEY_LOG,
  captureKeyLog,
  LOSSLESS,
  nameOfServerKey,
  fingerprint,
  proofOfSuite,
  proofOfCertificate,
  helloProof,
  serverKeyExchangeProof,
  holeProof,
  missingWords,
  presentParts,
  remainingWays,
  agreesOnMedia,
  forceRsa,
} from './advice-parts.ts';

/** What is said of one cause: what it is, what proves it, what to do now and at the next capture. */
export interface Advice {
  readonly title: string;
  readonly what: RichText;
  readonly proof: readonly RichText[];
  readonly fixNow: readonly RichText[];
  readonly fixNext: readonly RichText[];
}

/** The story of a cause in this capture. */
export function advise(cause: CauseId, context: CauseContext): Advice {
  return ADVICE[cause](context);
}

/** A cause without advice does not compile. */
const ADVICE = {
  'no-key': adviseNoKey,
  'wrong-key': adviseWrongKey,
  'key-of-the-client': adviseKeyOfTheClient,
  'keylog-no-match': adviseKeyLogNoMatch,
  'keylog-incomplete': adviseKeyLogIncomplete,
  'psk-missing': advisePskMissing,
  'handshake-not-captured': adviseHandshakeNotCaptured,
  'handshake-incomplete': adviseHandshakeIncomplete,
  'one-direction': adviseOneDirection,
  'resumed-unseen-session': adviseResumed,
  'gap-in-stream': adviseGap,
  'record-incomplete': adviseRecordIncomplete,
  'snapped-short': adviseSnapped,
  'ems-transcript-incomplete': adviseTranscript,
  'forward-secrecy': adviseForwardSecrecy,
  'tls13-needs-keylog': adviseTls13,
  'unsupported-cipher': adviseUnsupportedCipher,
  'unsupported-version': adviseUnsupportedVersion,
  'unsupported-compression': adviseUnsupportedCompression,
  'mac-mismatch': adviseMismatch,
  'tag-mismatch': adviseMismatch,
  'bad-padding': adviseMismatch,
  'wrong-secret': adviseWrongSecret,
  'damaged-record': adviseDamaged,
  internal: adviseInternal,
} as const satisfies { readonly [K in CauseId]: (context: CauseContext) => Advice };

function adviseNoKey(c: CauseContext): Advice {
  return {
    title: 'No key is loaded',
    what: rich`This connection uses ${RSA_EXCHANGE}: the server's private key decrypts it, and no key is loaded.`,
    proof: [...proofOfSuite(c), ...proofOfCertificate(c)],
    fixNow: [
      rich`Load the private key of ${nameOfServerKey(c)}. It is on the host that answers at ${c.server}. A key log of either side does as well, if one was written.`,
      ...recipeLines(c.products, 'export-key'),
    ],
    fixNext: captureKeyLog(c),
  };
}

function adviseWrongKey(c: CauseContext): Advice {
  const wanted = fingerprint(c.serverCertificate?.sha256OfPublicKey);
  const tried = c.handshake?.keysTried ?? 0;
  const loaded = c.keys.map(
    (key) =>
      rich`Loaded: ${key.name}${key.subject === null ? '' : ` (${key.subject})`}, SHA-256 ${fingerprint(key.sha256OfPublicKey)} of its public key.`,
  );
  const sameSubject = c.keys.find(
    (key) => key.subject !== null && key.subject === (c.serverCertificate?.subject?.text ?? ''),
  );
  const elsewhere = c.opensElsewhere.map(
    (found) => rich`${found.key} is a good key: it opens ${conversationLink(found.conversation)}.`,
  );
  return {
    title: 'None of the loaded keys is this server’s',
    what:
      tried > 0
        ? rich`The Certificate is not in the capture, so all ${tried} loaded keys were tried on the Client Key Exchange: none opens it.`
        : rich`The server at ${c.server} proved itself with another key than those that are loaded.`,
    proof: [
      ...proofOfCertificate(c),
      rich`Wanted: SHA-256 ${wanted} of the public key.`,
      ...loaded,
      ...elsewhere,
      ...(sameSubject === undefined
        ? []
        : [
            rich`${sameSubject.name} has the same subject but another key: the certificate was probably renewed. The one in this capture is valid from ${c.serverCertificate?.notBefore?.text ?? 'an unknown date'}.`,
          ]),
    ],
    fixNow: [
      rich`Load the private key of ${nameOfServerKey(c)} from the host that answers at ${c.server}. A key log of either side does as well, if one was written.`,
    ],
    fixNext: captureKeyLog(c),
  };
}

function adviseKeyOfTheClient(c: CauseContext): Advice {
  const elsewhere = c.opensElsewhere.map(
    (found) =>
      rich`The same key does work in ${conversationLink(found.conversation)}, where its host is the server.`,
  );
  const seen = c.handshake?.clientCertificate ?? null;
  return {
    title: 'The loaded key belongs to the client of this connection',
    what: rich`On this connection your host, ${c.client}, is the TLS client. A client's key only signs: it cannot decrypt. The key of the server at ${c.server} can.`,
    proof: [
      ...(seen === null
        ? []
        : [rich`The client showed the loaded key's certificate in ${frameLink(seen.frame)}.`]),
      ...proofOfCertificate(c),
      ...elsewhere,
    ],
    fixNow: [
      rich`Ask whoever runs ${c.server} for the private key of ${nameOfServerKey(c)}; or load a key log that your own host wrote while this was captured.`,
    ],
    fixNext: [
      rich`Let your own host write a ${KEY_LOG} while you capture: as the client, that is all that can be done without the other side.`,
      ...recipeLines(c.products, 'log-secrets'),
    ],
  };
}

function adviseKeyLogNoMatch(c: CauseContext): Advice {
  const hello = c.handshake?.clientHello ?? null;
  const secrets = c.keyLogs.reduce((sum, log) => sum + log.secrets, 0);
  return {
    title: 'The key log has no line for this connection',
    what: rich`A key log is loaded, but none of its ${secrets} secrets belongs to this connection.`,
    proof: [
      ...(hello === null
        ? []
        : [rich`No line has the client random of the Client Hello in ${frameLink(hello.frame)}.`]),
      ...c.keyLogs.map((log) => rich`${log.name} holds ${log.secrets} secrets.`),
      ...proofOfSuite(c),
      ...encryptedHello(c),
    ],
    fixNow: [
      rich`Load the key log of the process that spoke here: the client at ${c.client} or the server at ${c.server}. Either side's is enough.`,
      ...(opensByServerKey(c)
        ? [
            rich`Or load the private key of ${nameOfServerKey(c)}: this connection uses ${RSA_EXCHANGE}, so that opens it as well.`,
          ]
        : []),
    ],
    fixNext: [
      rich`Turn the logging on before the connection is set up: a line is written during the handshake only.`,
      rich`If a proxy or SBC stands between the two, it makes a handshake of its own on each side: log there too.`,
    ],
  };
}

/** RSA key exchange, seen as far as a private key needs it. */
function opensByServerKey({ handshake: h }: CauseContext): boolean {
  if (h?.suite?.keyExchange !== 'rsa' || h.resumed !== null) return false;
  return (
    h.clientKeyExchange !== null && h.clientHello !== null && (h.transcriptWhole || !h.extendedMasterSecret)
  );
}

/** Whether a hello hides another one cannot be told from its grease (RFC 9849 §6.2): said as what it is. */
function encryptedHello(c: CauseContext): RichText[] {
  const hello = c.handshake?.clientHello ?? null;
  if (hello === null) return [];
  const { extensions } = decodeClientHello(hello.body, isDtls(c.handshake?.offeredVersion ?? 0));
  if (extensionOf(extensions, 'encrypted-client-hello') === null) return [];
  return [
    rich`The Client Hello in ${frameLink(hello.frame)} has an encrypted_client_hello extension. If it is a real one and not filling, the key log names another client random than the one that can be seen here.`,
  ];
}

function adviseKeyLogIncomplete(c: CauseContext): Advice {
  const missing = c.handshake?.labelsMissing ?? [];
  const found = c.handshake?.labelsFound ?? [];
  return {
    title: 'The key log lacks lines for this connection',
    what: rich`The key log has ${found.join(', ') || 'no line'} for this connection, and lacks ${missing.join(', ')}.`,
    proof: helloProof(c),
    fixNow: [
      rich`Load the complete key log: it may have been cut, or copied while it was still being written.`,
    ],
    fixNext: [rich`Copy the key log after the connection has ended.`],
  };
}

function advisePskMissing(c: CauseContext): Advice {
  const exchange = c.handshake?.clientKeyExchange ?? null;
  const name = c.handshake === null ? null : pskIdentityOf(c.handshake);
  return {
    title: 'The pre-shared key is needed',
    what: rich`Client and server use a ${term('pre-shared key', 'a secret that both ends were given beforehand, instead of a certificate')}; it is not loaded${name === null ? '' : `, or not for the identity “${name}”`}.`,
    proof: [
      ...proofOfSuite(c),
      ...(exchange === null ? [] : [rich`The client names the identity in ${frameLink(exchange.frame)}.`]),
    ],
    fixNow: [
      rich`The key stands in the configuration of both ends, ${c.client} and ${c.server}. Give it to Sipher when it is started: “--psk ${name ?? 'IDENTITY'}=HEX”.`,
    ],
    fixNext: captureKeyLog(c),
  };
}

function adviseHandshakeNotCaptured(c: CauseContext): Advice {
  return {
    title: 'The connection was set up before the capture began',
    what: rich`The keys of a connection are agreed in its handshake. This connection's handshake is not in the capture: its first captured frame, ${frameLink(c.firstFrame)}, is already encrypted. ${c.notTls13 === null ? `For TLS 1.2 and before no key can make up for that${c.keyLogs.length > 0 ? '; the secrets of the loaded key log were tried in case it is TLS 1.3, and none opens it' : '; if it is TLS 1.3, a key log alone can, and would be tried'}` : 'No key can make up for that'}.`,
    proof: [
      rich`No Client Hello and no Server Hello of ${c.client} → ${c.server} is in the capture.`,
      ...(c.notTls13 === null ? [] : [c.notTls13]),
      ...(c.decryptingSibling === null
        ? []
        : [
            rich`Another connection of the same two hosts, ${conversationLink(c.decryptingSibling)}, began during the capture and does decrypt.`,
          ]),
    ],
    fixNow: [
      rich`If the capture is one of a series (a ring buffer), open the earlier files together with this one.`,
    ],
    fixNext: [
      rich`Start the capture first, then break the connection: restart the phone or the trunk, or close the TCP connection on the server. The new handshake is then in the capture.`,
      ...recipeLines(c.products, 'break-connection', c.client),
    ],
  };
}

function adviseHandshakeIncomplete(c: CauseContext): Advice {
  const missing = missingWords(c);
  const holes = c.holes.filter((hole) => !hole.snapped).slice(0, 3);
  return {
    title: 'A part of the handshake is missing',
    what: rich`Of the handshake ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not in the capture; a private key cannot derive the keys of the connection without ${missing.length === 1 ? 'it' : 'them'}.`,
    proof: [...holes.map(describeHole), ...presentParts(c)],
    fixNow: [remainingWays(c)],
    fixNext: [LOSSLESS, rich`Then let the connection be set up anew while capturing.`],
  };
}

function adviseOneDirection(c: CauseContext): Advice {
  const { bytes, unseenAcknowledged } = c.evidence;
  const missing = bytes[CLIENT] === 0 ? CLIENT : SERVER;
  const who = missing === CLIENT ? 'client' : 'server';
  const host = missing === CLIENT ? c.client : c.server;
  const proven = unseenAcknowledged[missing];
  const noneFits = c.keyLogs.length > 0 ? ' Of those that are loaded none fits.' : '';
  return {
    title: `Only the ${missing === CLIENT ? 'server' : 'client'}’s packets were captured`,
    what: rich`Nothing that the ${who} (${host}) sent is in the capture. Half of the handshake is missing with it, and no private key makes up for that.`,
    proof: [
      proven > 0
        ? rich`The other side acknowledged at least ${proven} bytes from the ${who} that are not here: they were sent.`
        : rich`What the other side sent is encrypted, and nothing is encrypted before both sides have spoken: the ${who} did send.`,
    ],
    fixNow: [
      rich`If the ${who}’s packets are in another file, open both together.`,
      missing === CLIENT && c.handshake?.serverHello != null
        ? rich`A key log of this connection opens what the server sent: each of its lines is tried.${noneFits}`
        : c.notTls13 === null
          ? rich`If the connection is TLS 1.3, a key log opens what the ${missing === CLIENT ? 'server' : 'client'} sent: each of its lines is tried.${noneFits} Up to TLS 1.2 nothing does without the Server Hello.`
          : rich`No key opens it without the Server Hello. ${c.notTls13}`,
    ],
    fixNext: [
      rich`Mirror both directions of the port (receive and transmit), or capture on one of the two hosts themselves.`,
    ],
  };
}

function adviseResumed(c: CauseContext): Advice {
  const handshake = c.handshake;
  const by = handshake?.resumed === 'ticket' ? 'session ticket' : 'session id';
  const hello = handshake?.clientHello ?? null;
  const from = c.evidence.resumedFrom;
  const forward = handshake?.suite?.forwardSecret === true;
  return {
    title: 'An older session was resumed',
    what: rich`Client and server took up an earlier session by its ${by}. ${term('Resumption', 'a short handshake that reuses the secret of an earlier full one; no new key exchange takes place')} sends no key exchange: the secret was agreed in a full handshake that is not in the open captures.`,
    proof: [
      ...(hello === null ? [] : [rich`The Client Hello in ${frameLink(hello.frame)} offers the ${by}.`]),
      ...(handshake?.serverHello == null
        ? []
        : [
            rich`After the Server Hello in ${frameLink(handshake.serverHello.frame)} there is no Certificate and no Client Key Exchange.`,
          ]),
      ...(from === null
        ? []
        : [rich`The full handshake is in ${conversationLink(from.id)} (${frameLink(from.frame)}).`]),
    ],
    fixNow: [
      ...(forward
        ? [
            rich`Load a key log of this connection, if one was written. The session’s suite has forward secrecy, so nothing but a key log opens it.`,
          ]
        : [
            rich`Open the earlier capture that holds the full handshake together with this one, and load the server’s key. A key log of this connection does as well, if one was written.`,
          ]),
    ],
    fixNext: [
      rich`Restart both ends while capturing: then nothing is left to resume. Or turn off ${handshake?.resumed === 'ticket' ? 'session tickets' : 'the session cache'} on the server for the time of the capture.`,
      ...recipeLines(c.products, 'no-resumption').filter((line) =>
        helpsAgainst(handshake?.resumed ?? null, line),
      ),
    ],
  };
}

/** What turns off tickets alone does not help where a session id was resumed. */
function helpsAgainst(resumed: Handshake['resumed'], line: RichText): boolean {
  return resumed === 'ticket' || !/gives out no tickets/.test(plainText(line));
}

function adviseGap(c: CauseContext): Advice {
  const holes = c.holes.filter((hole) => !hole.snapped && (c.record === null || hole.from === c.record.from));
  return {
    title: 'Bytes were lost',
    what: rich`The capture lost bytes of this record, or so many before it that it can no longer be placed.`,
    proof: holes.slice(0, 5).map(describeHole),
    fixNow: [
      rich`What was lost cannot be brought back; records after the hole are found again where their keys are known.`,
    ],
    fixNext: [LOSSLESS],
  };
}

function adviseRecordIncomplete(c: CauseContext): Advice {
  return {
    title: 'The record has no end',
    what: rich`The connection or the capture ends inside this record, so its check value is missing and it cannot be opened.`,
    proof: c.record === null ? [] : [rich`The last bytes of it are in ${frameLink(c.record.frame)}.`],
    fixNow: [rich`If the capture goes on in another file, open both together.`],
    fixNext: [rich`Let the capture run a few seconds longer than the call.`],
  };
}

function adviseSnapped(c: CauseContext): Advice {
  const record = c.record;
  return {
    title: 'The capture cut its packets',
    what: rich`Packets were captured only up to a ${term('snap length', 'a limit on how many bytes of each packet are kept (tcpdump -s)')}; the rest of them is gone, and an encrypted record can only be opened whole.`,
    proof: [
      ...(record === null || record.original <= record.captured
        ? []
        : [
            rich`The capture holds ${record.captured} of ${record.original} bytes of ${frameLink(record.frame)}.`,
          ]),
      ...c.holes
        .filter((hole) => hole.snapped)
        .slice(0, 3)
        .map(
          (hole) =>
            rich`${hole.bytes} bytes from the ${hole.from} are cut off at the end of ${frameLink(hole.before)}.`,
        ),
    ],
    fixNow: [rich`The bytes that were cut off are not in the file.`],
    fixNext: [
      rich`Capture whole packets: no snap length, in Wireshark no limit in the capture options.`,
      ...recipeLines(c.products, 'capture', c.server),
    ],
  };
}

function adviseTranscript(c: CauseContext): Advice {
  return {
    title: 'The handshake has a hole, and this connection needs every byte of it',
    what: rich`Client and server agreed on the ${term('extended master secret', 'RFC 7627: the secret is mixed with a hash of all handshake messages')}. The key fits, but bytes between the Client Hello and the Client Key Exchange are missing, so the secret cannot be derived.`,
    proof: [...presentParts(c), ...holeProof(c)],
    fixNow: [rich`A key log opens this connection: it holds the finished secret.`],
    fixNext: [LOSSLESS],
  };
}

function adviseForwardSecrecy(c: CauseContext): Advice {
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

function adviseTls13(c: CauseContext): Advice {
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

function adviseUnsupportedCipher(c: CauseContext): Advice {
  return {
    title: 'This cipher cannot be opened',
    what: rich`The server chose ${c.handshake?.suite?.name ?? 'a suite'}, which Sipher does not decrypt.`,
    proof: proofOfSuite(c),
    fixNow: [rich`There is no way to open it here.`],
    fixNext: [rich`Choose a suite with AES or ChaCha20 on the server for the time of the capture.`],
  };
}

function adviseUnsupportedVersion(c: CauseContext): Advice {
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

function adviseUnsupportedCompression(c: CauseContext): Advice {
  return {
    title: 'The records are compressed in a way that cannot be undone',
    what: rich`Client and server agreed on compression method ${c.handshake?.compression ?? 0}; Sipher undoes DEFLATE (1) only.`,
    proof: proofOfSuite(c),
    fixNow: [rich`There is no way to open it here.`],
    fixNext: [rich`Turn TLS compression off; it is unsafe anyway (CRIME).`],
  };
}

function adviseMismatch(c: CauseContext): Advice {
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

function adviseWrongSecret(c: CauseContext): Advice {
  const source = c.stretch?.epoch?.source ?? null;
  const where =
    source === null
      ? 'The secret'
      : source.kind === 'keylog'
        ? `Line ${source.line} of ${source.name}`
        : source.kind === 'psk'
          ? 'The pre-shared key'
          : `The secret from ${source.kind === 'rsa-key' ? source.name : 'the earlier session'}`;
  return {
    title: 'The secret does not open this connection',
    what: rich`${where} names this connection, but opens none of its records.`,
    proof: [...helloProof(c), rich`No record of this stretch passes its check with that secret.`],
    fixNow: [
      rich`The line may be damaged or from another run, or the pre-shared key mistyped: load the right one.`,
    ],
    fixNext: captureKeyLog(c),
  };
}

function adviseDamaged(c: CauseContext): Advice {
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

function adviseInternal(c: CauseContext): Advice {
  return {
    title: 'Sipher cannot say why',
    what: rich`This record stays encrypted and no reason was found: that is a fault of Sipher, not of the capture.`,
    proof: helloProof(c),
    fixNow: [rich`Please report it, with the frame number and the versions of both ends.`],
    fixNext: [],
  };
}
