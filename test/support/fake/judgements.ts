import type {
  CompareRow,
  Comparison,
  HandshakeTiming,
  KeyRole,
  KeyRow,
  NeedGroup,
} from '../../../core/api.ts';
import { richText } from './details.ts';
import { HANDSHAKE, relativeOf, type World } from './world.ts';

/** What would decrypt what. */
export function needsOf(world: World): NeedGroup[] {
  const of = (test: (name: string, mid: boolean) => boolean): string[] =>
    world.conversations
      .filter(({ scenario }) => scenario.protocol === 'TLS' && test(scenario.name, scenario.midStream))
      .map(({ id }) => String(id));
  return [
    { need: 'the private key of CN=pbx.example.com', conversations: of((name) => name === 'rsa') },
    { need: 'a key log of either end', conversations: of((name) => name === 'ecdhe' || name === 'tls13') },
    { need: 'nothing: the handshake is not in the capture', conversations: of((_, mid) => mid) },
  ].filter(({ conversations }) => conversations.length > 0);
}

export function roleOf(world: World, key: KeyRow): KeyRole {
  const named = (...names: string[]): string[] =>
    key.usable && key.kind === 'rsa-private-key'
      ? world.conversations
          .filter(({ scenario }) => names.includes(scenario.name))
          .map(({ id }) => String(id))
      : [];
  return {
    key: key.key,
    opens: named('rsa'),
    lacking: named('handshake-incomplete', 'resumed-unseen-session'),
    onlySigned: named('ecdhe', 'tls13'),
    asClient: named('key-of-the-client'),
    sentence: key.usable
      ? richText(
          'It opens ',
          { conversation: named('rsa')[0] ?? '1' },
          ' and others; where its host is the client it never can.',
        )
      : richText('It holds no private key, so it opens nothing.'),
  };
}

export function timingOf(world: World, id: string): HandshakeTiming[] {
  const conversation = world.conversations[Number(id)];
  if (
    conversation === undefined ||
    conversation.scenario.protocol !== 'TLS' ||
    conversation.scenario.midStream
  )
    return [];
  const frames = conversation.frames.slice(3, 7);
  const first = relativeOf(frames[0] ?? 1);
  const steps = frames.map((frame, index) => ({
    label: HANDSHAKE[index + 3]?.info ?? 'Finished',
    from: index % 2 === 0 ? ('client' as const) : ('server' as const),
    frame,
    relative: relativeOf(frame) - first,
    delay: index === 0 ? 0 : relativeOf(frame) - relativeOf(frames[index - 1] ?? frame),
  }));
  const last = steps.at(-1)?.relative ?? 0;
  return [
    {
      resumed: conversation.id % 5 === 4,
      duration: conversation.scenario.name === 'failed' ? null : last,
      clientTime: last * 0.35,
      serverTime: last * 0.65,
      steps,
      sentence: richText('The handshake waited mostly for the server, longest before ', frames[1] ?? 1, '.'),
    },
  ];
}

export function compare(world: World, left: string, right: string, withKey: boolean): Comparison {
  const row = (id: string) => {
    const found = world.conversations[Number(id)] ?? world.conversations[0];
    if (found === undefined) throw new Error('There is nothing to compare');
    return world.conversationRow(found, withKey);
  };
  const [a, b] = [row(left), row(right)];
  const fact = (
    section: string,
    field: string,
    x: string | null,
    y: string | null,
    matters: CompareRow['matters'],
    why = '',
  ): CompareRow => ({
    section,
    field,
    left: x,
    right: y,
    leftFrame: a.firstFrame,
    rightFrame: b.firstFrame,
    same: x === y,
    matters: x === y ? 'no' : matters,
    why: x === y ? '' : why,
  });
  return {
    left: a,
    right: b,
    sentence: richText(
      'What can matter: the signature of the client’s certificate, in ',
      a.firstFrame,
      ' and ',
      b.firstFrame,
      '.',
    ),
    rows: [
      fact(
        'Client certificate',
        'Signature',
        'md5WithRSAEncryption',
        'sha256WithRSAEncryption',
        'yes',
        'The server’s list of signature algorithms does not hold MD5.',
      ),
      fact('Ending', 'Outcome', a.verdict, b.verdict, 'yes'),
      fact(
        'Client Hello',
        'Cipher suites offered',
        '49200, 49196, 49192, 49188, 157, 61, 53',
        '53, 47',
        'maybe',
        'The suite that was chosen is in both lists.',
      ),
      fact('Server Hello', 'Cipher suite', a.cipherSuite, b.cipherSuite, 'maybe'),
      fact('Client Hello', 'Server name', a.serverName, b.serverName, 'no'),
      fact('Server Hello', 'Version', a.version, b.version, 'maybe'),
    ].toSorted((x, y) => Number(x.same) - Number(y.same)),
  };
}
