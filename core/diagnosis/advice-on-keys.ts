import type { RichText } from '../api.ts';
import { decodeClientHello } from '../tls/messages/client-hello.ts';
import { extensionOf } from '../tls/messages/extension.ts';
import { isDtls } from '../tls/tables/versions.ts';
import type { CauseContext } from './cause-context.ts';
import { pskIdentityOf } from './needed-keys.ts';
import { recipeLines } from './recipe-lines.ts';
import { conversationLink, frameLink, rich, term } from './rich-text.ts';
import {
  KEY_LOG,
  RSA_EXCHANGE,
  captureKeyLog,
  fingerprint,
  helloProof,
  nameOfServerKey,
  proofOfCertificate,
  proofOfSuite,
} from './advice-parts.ts';
import type { Advice } from './advice-shape.ts';

export function adviseNoKey(c: CauseContext): Advice {
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

export function adviseWrongKey(c: CauseContext): Advice {
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

export function adviseKeyOfTheClient(c: CauseContext): Advice {
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

export function adviseKeyLogNoMatch(c: CauseContext): Advice {
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

export function adviseKeyLogIncomplete(c: CauseContext): Advice {
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

export function advisePskMissing(c: CauseContext): Advice {
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

export function adviseWrongSecret(c: CauseContext): Advice {
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
