import type {
  CertificateDetail,
  ConversationDetail,
  Finding,
  FrameDetail,
  LadderStep,
  RecordDetail,
  RichText,
  SipMessageRow,
  TreeNode,
  WhyPanel,
} from '../../../core/api.ts';
import { encodeBase64 } from '../../../core/bytes/base64.ts';
import { STATE_FLAGS, type CauseId, type FrameVerdictId, type StateFlag } from '../../../core/verdict.ts';
import { sipOf } from './sip-texts.ts';
import {
  HANDSHAKE,
  isSip,
  lengthOf,
  relativeOf,
  stateOf,
  timeOf,
  verdictOf,
  type FakeConversation,
  type World,
} from './world.ts';

const FINGERPRINT = 'ab8c41d7e2f09b6c35a1f4087d52e9c6b1304f7a9ed25c80716bf3ea4d9c2051';
const HEADERS = 54;

export function frameDetail(world: World, frame: number, withKey: boolean): FrameDetail {
  const conversation = world.conversationOf(frame);
  const step = world.stepOf(frame);
  const row = world.rowOf(frame, withKey);
  const sip = isSip(conversation, step, withKey);
  const text = sip ? sipOf(step.step, '10.0.0.9').text : null;
  const records = recordsOf(world, frame, withKey);
  return {
    row,
    file: 'site-berlin-2017-07-11.pcapng',
    frameInFile: frame,
    captured: row.cause === 'snapped-short' ? Math.min(row.length, 96) : row.length,
    completedIn: step.kind === 'part' ? Math.min(world.frames, frame + 3) : null,
    duplicateOf: null,
    tree: treeOf(row.length, row.source, row.destination, records, text, frame),
    records,
    sip: text === null ? [] : [{ message: sipRow(world, frame), text }],
    why: whyOf(world, frame, row.verdict, row.cause, withKey),
    bytes: encodeBase64(bytesOf(frame, lengthOf(frame, step), text === null || withKey ? null : text)),
  };
}

function recordsOf(world: World, frame: number, withKey: boolean): RecordDetail[] {
  const conversation = world.conversationOf(frame);
  const step = world.stepOf(frame);
  const state = stateOf(conversation, step, withKey);
  if (conversation === null || state === null || step.kind === 'part') return [];
  const { verdict, cause } = verdictOf(conversation, step, withKey);
  const total = lengthOf(frame, step) - HEADERS;
  const many = step.kind === 'handshake' && step.step >= 4 ? 3 : step.step % 4 === 0 ? 2 : 1;
  const size = Math.floor(total / many);
  return Array.from({ length: many }, (_, index): RecordDetail => {
    const opened = verdict === 'decrypted' || (verdict === 'partly-decrypted' && index === 0);
    const opaque = verdict === 'opaque' || (verdict === 'partly-decrypted' && index > 0);
    const handshake = step.kind === 'handshake';
    return {
      record: frame * 10 + index,
      type: handshake ? 'handshake' : step.kind === 'failure' ? 'alert' : 'application_data',
      innerType: conversation.scenario.version === 'TLS 1.3' && opened ? 'application_data' : null,
      version: conversation.scenario.version === 'TLS 1.3' ? 'TLS 1.2' : 'TLS 1.2',
      length: size - 5,
      from: step.from,
      frames: index === 0 && step.step % 5 === 0 && frame > 4 ? [frame - 2, frame] : [frame],
      verdict: opened ? 'decrypted' : opaque ? 'opaque' : 'clear',
      cause: opaque ? cause : null,
      otherCauses: opaque && cause === 'no-key' ? ['resumed-unseen-session'] : [],
      state,
      decoder: opened ? 'opened' : opaque ? 'none' : 'not-yet',
      decoderWords: opened
        ? `TLS_RSA_WITH_AES_256_CBC_SHA, record ${step.step}, key pbx.example.com.pem, MAC ok`
        : opaque
          ? 'No decoder: the master secret is not known.'
          : 'Not yet: before Change Cipher Spec.',
      cipherSuite: opened ? 'TLS_RSA_WITH_AES_256_CBC_SHA' : null,
      sequence: opened ? step.step : null,
      key: opened ? 'pbx.example.com.pem' : null,
      epoch: null,
      resynchronised: opened && step.step % 19 === 7 ? 2 : null,
      authenticated: opened ? true : null,
      content: handshake
        ? (HANDSHAKE[step.step]?.info.split(', ')[index] ?? 'Handshake')
        : opened
          ? sipOf(step.step, '10.0.0.9').start
          : step.kind === 'failure'
            ? 'Alert: fatal, unknown_ca'
            : 'Application Data',
      bytesInFrame: [{ offset: HEADERS + index * size, length: size }],
      hasPlaintext: opened,
    };
  });
}

function treeOf(
  length: number,
  source: string,
  destination: string,
  records: readonly RecordDetail[],
  text: string | null,
  frame: number,
): TreeNode[] {
  const node = (
    label: string,
    offset: number | null,
    size: number | null,
    ...children: TreeNode[]
  ): TreeNode => ({
    label,
    offset,
    length: size,
    record: null,
    children,
  });
  const tree = [
    node(
      `Frame ${frame}: ${length} bytes on wire, ${length} bytes captured`,
      0,
      length,
      node(`Arrival time: ${timeOf(frame)}`, null, null),
      node(`Frame length: ${length}`, null, null),
    ),
    node(
      'Ethernet II, Src: 00:0c:29:5a:11:7e, Dst: 00:15:5d:01:28:05',
      0,
      14,
      node('Destination: 00:15:5d:01:28:05', 0, 6),
      node('Source: 00:0c:29:5a:11:7e', 6, 6),
      node('Type: IPv4 (0x0800)', 12, 2),
    ),
    node(
      `Internet Protocol Version 4, Src: ${source}, Dst: ${destination}`,
      14,
      20,
      node('Version: 4', 14, 1),
      node('Header length: 20 bytes', 14, 1),
      node(`Total length: ${length - 14}`, 16, 2),
      node('Time to live: 64', 22, 1),
      node('Protocol: TCP (6)', 23, 1),
    ),
    node(
      `Transmission Control Protocol, Src: ${source}, Dst: ${destination}, Len: ${length - HEADERS}`,
      34,
      20,
      node('Source port', 34, 2),
      node('Destination port', 36, 2),
      node('Sequence number: 2891336453', 38, 4),
      node('Acknowledgement number: 1182213', 42, 4),
      node('Flags: 0x018 (PSH, ACK)', 46, 2, node('Acknowledgement: set', 47, 1), node('Push: set', 47, 1)),
    ),
  ];
  for (const record of records) {
    const [where] = record.bytesInFrame;
    if (where === undefined) continue;
    tree.push(
      node(
        `TLS record: ${record.type}, ${record.version}, ${record.length} bytes — ${record.content}`,
        where.offset,
        where.length,
        node(`Content type: ${record.type}`, where.offset, 1),
        node(`Version: ${record.version} (0x0303)`, where.offset + 1, 2),
        node(`Length: ${record.length}`, where.offset + 3, 2),
        node(`Body: ${record.verdict}`, where.offset + 5, record.length),
      ),
    );
    if (!record.hasPlaintext || text === null) continue;
    let at = 0;
    tree.push({
      label: `Session Initiation Protocol (decrypted from the record above)`,
      offset: 0,
      length: text.length,
      record: record.record,
      children: text.split('\r\n').map((line): TreeNode => {
        const offset = at;
        at += line.length + 2;
        return {
          label: line === '' ? '(empty line)' : line,
          offset,
          length: line.length,
          record: record.record,
          children: [],
        };
      }),
    });
  }
  return tree;
}

function bytesOf(frame: number, length: number, text: string | null): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = frame;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    bytes[at] = (state >>> 16) & 0xff;
  }
  bytes.set([0x00, 0x15, 0x5d, 0x01, 0x28, 0x05, 0x00, 0x0c, 0x29, 0x5a, 0x11, 0x7e, 0x08, 0x00, 0x45, 0x00]);
  bytes.set([0x17, 0x03, 0x03, (length - 59) >> 8, (length - 59) & 0xff], HEADERS);
  if (text !== null) bytes.set(new TextEncoder().encode(text).subarray(0, length - HEADERS), HEADERS);
  return bytes;
}

export function sipRow(world: World, frame: number): SipMessageRow {
  const conversation = world.conversationOf(frame);
  const row = world.rowOf(frame, true);
  const { start, callId, cseq } = sipOf(world.stepOf(frame).step, '10.0.0.9');
  return {
    message: frame,
    frame,
    time: timeOf(frame),
    conversation: row.conversation,
    source: row.source,
    destination: row.destination,
    startLine: start,
    callId,
    cseq,
    decrypted: conversation?.scenario.protocol === 'TLS',
  };
}

export const richText = (
  ...parts: (string | number | { conversation: string } | { term: string; meaning: string })[]
): RichText =>
  parts.map((part) => {
    if (typeof part === 'string') return { kind: 'text', text: part };
    if (typeof part === 'number') return { kind: 'frame', frame: part };
    if ('conversation' in part) return { kind: 'conversation', conversation: part.conversation };
    return { kind: 'term', text: part.term, meaning: part.meaning };
  });

const MASTER_SECRET = {
  term: 'master secret',
  meaning: 'The secret both ends derive in the handshake; all keys of the connection come from it.',
};

function whyOf(
  world: World,
  frame: number,
  verdict: FrameVerdictId,
  cause: CauseId | null,
  withKey: boolean,
): WhyPanel {
  const conversation = world.conversationOf(frame);
  const frames = conversation?.frames ?? [];
  const mid = conversation?.scenario.midStream === true;
  const at = (step: number): number | null => (mid ? null : (frames[step] ?? null));
  const other = world.conversations.find(({ scenario }) => scenario.name === 'rsa');
  const state = stateOf(conversation, world.stepOf(frame), withKey);
  const checklist: WhyPanel['checklist'] =
    conversation?.scenario.protocol === 'TLS' && verdict !== 'not-tls'
      ? [
          ...['Client Hello', 'Server Hello', 'Certificate', 'Client Key Exchange'].map((item, index) => {
            const step = [3, 4, 4, 5][index] ?? 3;
            const seen = at(step);
            return {
              item,
              status: seen === null ? ('missing' as const) : ('present' as const),
              frame: seen,
              note: seen === null ? richText('the capture began after it') : richText(),
            };
          }),
          {
            item: 'Private key',
            status: withKey ? 'present' : 'missing',
            frame: null,
            note: withKey
              ? richText('pbx.example.com.pem')
              : richText('no loaded key has the fingerprint ', FINGERPRINT.slice(0, 16), '…'),
          },
          {
            item: 'Key block',
            status: withKey && !mid ? 'present' : 'missing',
            frame: null,
            note: richText('derived from the ', MASTER_SECRET),
          },
          { item: 'Change Cipher Spec', status: mid ? 'missing' : 'present', frame: at(5), note: richText() },
          { item: 'Finished', status: mid ? 'unknown' : 'present', frame: at(6), note: richText() },
          {
            item: 'MAC',
            status: cause === 'mac-mismatch' ? 'missing' : withKey && !mid ? 'present' : 'not-needed',
            frame: null,
            note: richText(),
          },
        ]
      : [];
  return {
    verdict,
    cause,
    otherCauses: cause === 'no-key' ? ['resumed-unseen-session'] : [],
    title:
      WHY_TITLES[cause ?? 'none'] ??
      (cause === null ? titleOfVerdict(verdict) : `This record stays encrypted`),
    what:
      cause === 'handshake-not-captured'
        ? richText(
            'This connection was set up before the capture began, so the ',
            MASTER_SECRET,
            ' that protects it cannot be derived from anything in this file, whatever key is loaded.',
          )
        : cause === null
          ? richText(
              verdict === 'decrypted'
                ? 'Every record that ends here was decrypted with pbx.example.com.pem, and its MAC is right.'
                : verdict === 'not-tls'
                  ? 'It carries no TLS record: a TCP segment without data, or another protocol.'
                  : 'It was sent before encryption began, as every handshake does.',
            )
          : richText(
              'The server presented the certificate of CN=pbx.example.com in ',
              at(4) ?? frame,
              '. Its private key opens this connection; no key with that public key is loaded.',
            ),
    proof:
      cause === null && verdict !== 'decrypted'
        ? []
        : cause === null
          ? [richText('Sequence number and MAC were checked against ', frame, '.')]
          : [
              richText(
                'The first captured bytes of conversation ',
                { conversation: String(conversation?.id ?? 0) },
                ' are encrypted already, in ',
                frames[0] ?? frame,
                '.',
              ),
              richText(
                'No Client Hello and no Server Hello stands in any of its ',
                String(frames.length),
                ' frames.',
              ),
              richText(
                'Conversation ',
                { conversation: String(other?.id ?? 1) },
                ' between the same hosts was set up later, and decrypts.',
              ),
            ],
    fixNow:
      cause === null
        ? []
        : [
            richText(
              'Load the private key of CN=pbx.example.com (SHA-256 ',
              FINGERPRINT.slice(0, 24),
              '…), held by 10.0.0.5:5061.',
            ),
            richText('Or open the earlier file of the ring buffer together with this one.'),
          ],
    fixNext:
      cause === null
        ? []
        : [
            richText(
              'Start the capture, then restart the phone 10.0.0.9: it sets up a new connection, which decrypts.',
            ),
            richText(
              'Turn off ',
              {
                term: 'session tickets',
                meaning: 'A ticket lets a client resume a session without a full handshake.',
              },
              ' on the PBX while you capture.',
            ),
          ],
    checklist,
    state: state === null ? null : { mask: state, bits: bitsOf(state) },
  };
}

function titleOfVerdict(verdict: FrameVerdictId): string {
  return {
    'not-tls': 'Not TLS: nothing to decrypt',
    clear: 'Not encrypted',
    decrypted: 'Decrypted',
    'partly-decrypted': 'Partly decrypted',
    awaiting: 'Part of a record that goes on',
    opaque: 'Encrypted',
    malformed: 'Damaged below TLS',
  }[verdict];
}

const WHY_TITLES: Readonly<Record<string, string>> = {
  'handshake-not-captured': 'Set up before the capture began',
  'no-key': 'The private key is not loaded',
  'forward-secrecy': 'Diffie-Hellman: a private key does not help',
  'tls13-needs-keylog': 'TLS 1.3 needs a key log',
};

function bitsOf(mask: number): NonNullable<WhyPanel['state']>['bits'] {
  const meanings: Readonly<Record<StateFlag, string>> = {
    CLIENT_RANDOM: 'Client random seen',
    SERVER_RANDOM: 'Server random seen',
    CIPHER: 'Cipher suite known',
    HAVE_SESSION_KEY: 'Key block made',
    VERSION: 'Version known',
    MASTER_SECRET: 'Master secret known',
    PRE_MASTER_SECRET: 'Pre-master secret known',
    CLIENT_EXTENDED_MASTER_SECRET: 'Client offers extended master secret',
    SERVER_EXTENDED_MASTER_SECRET: 'Server agrees to extended master secret',
    SERVER_HELLO_DONE: 'Server Hello Done seen',
    NEW_SESSION_TICKET: 'New session ticket seen',
    ENCRYPT_THEN_MAC: 'Encrypt-then-MAC agreed',
    SEEN_0RTT_APPDATA: 'Early data tried',
  };
  const bits: { flag: StateFlag; value: number; set: boolean; meaning: string }[] = [];
  let flag: StateFlag;
  for (flag in STATE_FLAGS) {
    const value = STATE_FLAGS[flag];
    bits.push({ flag, value, set: (mask & value) !== 0, meaning: meanings[flag] });
  }
  return bits;
}

export function conversationDetail(world: World, id: string, withKey: boolean): ConversationDetail | null {
  const conversation = world.conversations[Number(id)];
  if (conversation === undefined) return null;
  const row = world.conversationRow(conversation, withKey);
  const frame = conversation.frames[4] ?? row.firstFrame;
  const tls = conversation.scenario.protocol === 'TLS' && !conversation.scenario.midStream;
  const asked = conversation.frames.find((own) => world.rowOf(own, withKey).cause !== null);
  return {
    row,
    headline:
      row.verdict === 'handshake-failed'
        ? richText(
            'The client ended the handshake with unknown_ca in ',
            conversation.frames[5] ?? frame,
            ', 1.5 ms after the Certificate in ',
            frame,
            ': it does not trust the server’s chain.',
          )
        : row.cause === null
          ? richText(
              'All ',
              String(row.decrypted),
              ' records of this conversation decrypt with pbx.example.com.pem.',
            )
          : richText(
              'None of its ',
              String(row.opaque),
              ' records decrypts: set up before ',
              row.firstFrame,
              ', and no earlier file is open.',
            ),
    keyExchange: conversation.scenario.keyExchange,
    resumed: conversation.id % 5 === 4 ? 'ticket' : null,
    certificates: tls
      ? [
          certificate('pbx.example.com', 'Example Issuing CA 2', frame),
          certificate('Example Issuing CA 2', 'Example Root CA', frame),
        ]
      : [],
    clientCertificates:
      conversation.id % 6 === 2
        ? [certificate('001565a1b2c3 (Yealink T46S)', 'Yealink Equipment Issuing CA', frame)]
        : [],
    canBeDecryptedBy:
      row.cause === null ? [] : ['the RSA private key of CN=pbx.example.com', 'a key log of either end'],
    findings: findingsOf(conversation, row.verdict),
    why: asked === undefined ? null : frameDetail(world, asked, withKey).why,
    ladder: ladderOf(world, conversation, withKey),
    ladderComplete: conversation.frames.length <= 1500,
  };
}

function certificate(subject: string, issuer: string, frame: number): CertificateDetail {
  return {
    subject: `CN=${subject}, O=Müller & Söhne Telekommunikationsanlagen GmbH, L=München, C=DE`,
    issuer: `CN=${issuer}, O=Example, C=DE`,
    serial: '04:d2:18:9a:0b:77:31',
    notBefore: '2016-03-01 00:00:00 UTC',
    notAfter: subject.startsWith('pbx') ? '2017-03-01 00:00:00 UTC' : '2026-03-01 00:00:00 UTC',
    publicKey: 'RSA 2048',
    signature: subject.startsWith('pbx') ? 'sha1WithRSAEncryption' : 'sha256WithRSAEncryption',
    sha256: FINGERPRINT,
    sha256OfPublicKey: FINGERPRINT,
    names: subject.startsWith('pbx') ? ['pbx.example.com', 'sip.example.com', '10.0.0.5'] : [],
    frame,
    pem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  };
}

function findingsOf(conversation: FakeConversation, verdict: string): Finding[] {
  const own = String(conversation.id);
  const frame = conversation.frames[4] ?? conversation.frames[0] ?? 1;
  const make = (
    id: string,
    severity: Finding['severity'],
    sentence: string,
    fix: string,
    confidence: Finding['confidence'],
  ): Finding => ({
    id,
    severity,
    sentence,
    rich: richText(`${sentence.replace(/\.$/, '')}, `, frame, '.'),
    frames: [frame],
    fix,
    confidence,
    conversation: own,
  });
  const findings: Finding[] = [];
  if (verdict === 'handshake-failed') {
    findings.push(
      make(
        'handshake-failed',
        'error',
        'The client ended the handshake with unknown_ca, 1.5 ms after the server’s Certificate.',
        'Send the intermediate certificate “Example Issuing CA 2” with the server’s own, or add its root to the phone’s trusted certificates.',
        'certain',
      ),
      make(
        'chain-incomplete',
        'warning',
        'The server sent its own certificate only; the intermediate is missing.',
        'Configure the full chain on the server.',
        'likely',
      ),
    );
  }
  if (conversation.scenario.suite !== null) {
    findings.push(
      make(
        'certificate-expired',
        'warning',
        'The certificate of CN=pbx.example.com had expired 132 days before the capture.',
        'Renew the certificate.',
        'certain',
      ),
      make(
        'weak-signature',
        'note',
        'The certificate is signed with SHA-1.',
        'Have it issued anew with SHA-256.',
        'certain',
      ),
    );
  }
  if (conversation.scenario.midStream) {
    findings.push(
      make(
        'which-keys-can-work',
        'note',
        'No key opens this conversation: its handshake is not in the capture.',
        'Capture the setup of a new connection.',
        'certain',
      ),
    );
  }
  return findings;
}

export function allFindings(world: World, withKey: boolean): Finding[] {
  return world.conversations.flatMap((conversation) =>
    findingsOf(conversation, world.conversationRow(conversation, withKey).verdict),
  );
}

function ladderOf(world: World, conversation: FakeConversation, withKey: boolean): LadderStep[] {
  const first = relativeOf(conversation.frames[0] ?? 1);
  return conversation.frames.slice(0, 1500).flatMap((frame): LadderStep[] => {
    const step = world.stepOf(frame);
    const row = world.rowOf(frame, withKey);
    if (step.kind === 'ack') return [];
    const base = {
      frame,
      time: row.time,
      relative: row.relative - first,
      from: step.from,
      message: null,
      decrypted: false,
    };
    if (step.kind === 'failure') {
      return [
        {
          ...base,
          layer: 'tls',
          label: 'Alert: fatal, unknown_ca',
          detail: 'The client does not trust the chain.',
          verdict: 'failure',
        },
      ];
    }
    if (step.kind === 'tcp')
      return [{ ...base, layer: 'tcp', label: row.info, detail: '', verdict: 'plain' }];
    if (step.kind === 'part' && step.step % 2 === 1) {
      return [
        {
          ...base,
          from: 'both',
          layer: 'mark',
          label: '1,460 bytes lost',
          detail: 'Between two frames of this direction.',
          verdict: 'gap',
        },
      ];
    }
    if (step.kind === 'part')
      return [
        {
          ...base,
          layer: 'tcp',
          label: 'Retransmission',
          detail: 'Bytes already seen.',
          verdict: 'retransmission',
        },
      ];
    const sip = isSip(conversation, step, withKey);
    return [
      {
        ...base,
        layer: sip ? 'application' : 'tls',
        label: row.info,
        detail: sip ? `Call-ID ${sipOf(step.step, '10.0.0.9').callId}` : row.info,
        verdict:
          row.verdict === 'decrypted'
            ? 'decrypted'
            : row.verdict === 'opaque'
              ? 'opaque'
              : row.verdict === 'not-tls'
                ? 'plain'
                : 'clear',
        decrypted: sip && conversation.scenario.protocol === 'TLS',
        message: sip ? frame : null,
      },
    ];
  });
}
