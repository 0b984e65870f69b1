import type { RichText } from '../api.ts';
import { CLIENT, type Handshake, SERVER } from '../tls/handshake.ts';
import type { CauseContext } from './cause-context.ts';
import { describeHole } from './hole.ts';
import { recipeLines } from './recipe-lines.ts';
import { conversationLink, frameLink, plainText, rich, term } from './rich-text.ts';
import { LOSSLESS, holeProof, missingWords, presentParts, remainingWays } from './advice-parts.ts';
import type { Advice } from './advice-shape.ts';

export function adviseHandshakeNotCaptured(c: CauseContext): Advice {
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

export function adviseHandshakeIncomplete(c: CauseContext): Advice {
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

export function adviseOneDirection(c: CauseContext): Advice {
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

export function adviseResumed(c: CauseContext): Advice {
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

export function adviseGap(c: CauseContext): Advice {
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

export function adviseRecordIncomplete(c: CauseContext): Advice {
  return {
    title: 'The record has no end',
    what: rich`The connection or the capture ends inside this record, so its check value is missing and it cannot be opened.`,
    proof: c.record === null ? [] : [rich`The last bytes of it are in ${frameLink(c.record.frame)}.`],
    fixNow: [rich`If the capture goes on in another file, open both together.`],
    fixNext: [rich`Let the capture run a few seconds longer than the call.`],
  };
}

export function adviseSnapped(c: CauseContext): Advice {
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

export function adviseTranscript(c: CauseContext): Advice {
  return {
    title: 'The handshake has a hole, and this connection needs every byte of it',
    what: rich`Client and server agreed on the ${term('extended master secret', 'RFC 7627: the secret is mixed with a hash of all handshake messages')}. The key fits, but bytes between the Client Hello and the Client Key Exchange are missing, so the secret cannot be derived.`,
    proof: [...presentParts(c), ...holeProof(c)],
    fixNow: [rich`A key log opens this connection: it holds the finished secret.`],
    fixNext: [LOSSLESS],
  };
}
