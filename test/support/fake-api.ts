import type {
  AddKeysOutcome,
  ApiError,
  CaptureStatus,
  FrameFilter,
  KeyRow,
  PushName,
  Pushes,
  RequestName,
  Requests,
  SipherApi,
} from '../../core/api.ts';
import type { RowOrder } from '../../core/api-order.ts';
import { encodeBase64, parseBase64 } from '../../core/bytes/base64.ts';
import { decodeUtf8, encodeUtf8 } from '../../core/bytes/text.ts';
import type { FrameVerdictId } from '../../core/verdict.ts';
import { EMPTY_STATUS } from '../../renderer/model/session.ts';
import { allFindings, conversationDetail, frameDetail, sipRow } from './fake/details.ts';
import { compare, needsOf, roleOf, timingOf } from './fake/judgements.ts';
import { inOrder } from './fake/in-order.ts';
import { sipOf } from './fake/sip-texts.ts';
import { createWorld, isSip, type World } from './fake/world.ts';
import { createCalls } from './fake-calls.ts';
import { createExports } from './fake-exports.ts';

export interface FakeOptions {
  /** Frames of the large capture; the sample has 38. */
  readonly frames?: number;
  /** Calls of the large capture. */
  readonly calls?: number;
  /** How long reading takes, in milliseconds; 0 for at once. */
  readonly readingTime?: number;
  /** How long each answer takes, in milliseconds; 0 for the next turn. */
  readonly delay?: number;
  /** How many windows of a filtered list say that the filter is not through. */
  readonly unsettled?: number;
  readonly host?: 'electron' | 'browser';
  readonly fallbackReason?: string | null;
  /** Requests that fail, each with this sentence. */
  readonly failing?: Partial<Record<RequestName, string>>;
}

/** The contract with made-up data behind it: the page can be built and tested without any analysis. */
export function createFakeApi(options: FakeOptions = {}): SipherApi & {
  push<N extends PushName>(name: N, value: Pushes[N]): void;
  readonly asked: { readonly name: RequestName; readonly params: unknown }[];
} {
  const listeners = new Map<PushName, Set<(value: never) => void>>();
  const asked: { name: RequestName; params: unknown }[] = [];
  const fake = createState(options, (name, value) => push(name, value));

  function push<N extends PushName>(name: N, value: Pushes[N]): void {
    const called: ReadonlySet<(value: never) => void> = listeners.get(name) ?? new Set();
    for (const listener of called) Reflect.apply(listener, undefined, [value]);
  }

  return {
    asked,
    push,
    request: async (name, params) => {
      asked.push({ name, params });
      await new Promise((resolve) => setTimeout(resolve, options.delay ?? 0));
      const fault = options.failing?.[name];
      if (fault !== undefined) throw refusal('unreadable', fault);
      const answer: Answers[typeof name] = fake[name];
      return answer(params);
    },
    subscribe: (name, listener) => {
      const own = listeners.get(name) ?? new Set();
      own.add(listener);
      listeners.set(name, own);
      return () => own.delete(listener);
    },
  };
}

type Answers = { readonly [N in RequestName]: (params: Requests[N]['params']) => Requests[N]['result'] };

const PEM_KEY: KeyRow = {
  key: 1,
  name: 'pbx.example.com.pem',
  kind: 'rsa-private-key',
  format: 'PEM, PKCS#8',
  encrypted: false,
  usable: true,
  bits: 2048,
  sha256OfPublicKey: 'ab8c41d7e2f09b6c35a1f4087d52e9c6b1304f7a9ed25c80716bf3ea4d9c2051',
  subject: 'CN=pbx.example.com, O=Müller & Söhne Telekommunikationsanlagen GmbH, L=München, C=DE',
  notAfter: '2017-03-01 00:00:00 UTC',
  lines: null,
  linesUsed: null,
  opens: 0,
  matches: 0,
  problem: null,
};

function createState(
  options: FakeOptions,
  push: <N extends PushName>(name: N, value: Pushes[N]) => void,
): Answers {
  let world: World = createWorld(0, 0);
  let status = EMPTY_STATUS;
  let keys: readonly KeyRow[] = [];
  let nextKey = 1;
  let captures = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const lists = new Map<string, Int32Array>();
  let unsettled = options.unsettled ?? 0;

  const withKey = (): boolean => keys.some(({ kind, usable }) => kind === 'rsa-private-key' && usable);
  const setStatus = (next: CaptureStatus): CaptureStatus => {
    status = next;
    push('status', status);
    return status;
  };
  const read = (files: readonly string[], frames: number, conversations: number): CaptureStatus => {
    clearInterval(timer);
    world = createWorld(frames, conversations);
    lists.clear();
    captures += 1;
    const bytesTotal = frames * 612;
    const began = Date.now();
    const time = options.readingTime ?? 0;
    const advance = (share: number): CaptureStatus => {
      const now = Math.floor(frames * share);
      const done = share >= 1;
      return setStatus({
        capture: captures,
        phase: done ? 'done' : 'reading',
        files,
        bytesRead: Math.floor(bytesTotal * share),
        bytesTotal,
        frames: now,
        conversations: Math.round(world.conversations.length * share),
        sipMessages: done ? sipFrames().length : Math.floor(now / 4),
        revision: captures * 100 + (done ? 1 : 0),
        told: captures * 100 + (done ? 1 : 0),
        verdicts: countVerdicts(world, now, withKey()),
        warnings:
          done && frames > 1000
            ? [
                'Damage at byte 183,214,007: a block of 0 bytes. 12 frames after it were found again.',
                'Interface 2 has link type 220 (USB), which holds no network packets: 118 frames skipped.',
              ]
            : [],
        error: null,
        summary: done ? summaryOf(world, withKey()) : '',
      });
    };
    if (time === 0) return advance(1);
    timer = setInterval(() => {
      const share = Math.min(1, (Date.now() - began) / time);
      advance(share);
      if (share >= 1) clearInterval(timer);
    }, 100);
    return advance(0.001);
  };
  const rekey = (next: readonly KeyRow[]): readonly KeyRow[] => {
    keys = next.map((key) => ({ ...key, ...openedBy(world, key) }));
    lists.clear();
    push('keys', keys);
    if (status.phase !== 'empty') {
      setStatus({
        ...status,
        revision: status.revision + 1,
        told: status.told + 1,
        sipMessages: sipFrames().length,
        verdicts: countVerdicts(world, status.frames, withKey()),
        summary: status.phase === 'done' ? summaryOf(world, withKey()) : '',
      });
    }
    return keys;
  };
  const addKey = (row: KeyRow): AddKeysOutcome => {
    const own = { ...row, key: nextKey };
    nextKey += 1;
    return {
      keys: rekey([...keys, own]),
      added: own.usable ? 1 : 0,
      problems: own.usable || own.kind === 'locked' ? [] : [own.problem ?? ''],
    };
  };
  const sipFrames = (): Int32Array => {
    const list =
      lists.get('sip') ??
      selectFrames(world.frames, (frame) =>
        isSip(world.conversationOf(frame), world.stepOf(frame), withKey()),
      );
    lists.set('sip', list);
    return list;
  };
  const filtered = (filter: FrameFilter): Int32Array | null => {
    if (filter.text === '' && filter.verdicts.length === 0 && filter.conversation === null) return null;
    const name = JSON.stringify(filter);
    const known = lists.get(name);
    if (known !== undefined) return known;
    const wanted = filter.text.toLowerCase();
    const list = selectFrames(world.frames, (frame) => {
      if (filter.conversation !== null && String(world.conversationOf(frame)?.id) !== filter.conversation)
        return false;
      const row = world.rowOf(frame, withKey());
      if (filter.verdicts.length > 0 && !filter.verdicts.includes(row.verdict)) return false;
      return (
        wanted === '' ||
        `${row.frame} ${row.source} ${row.destination} ${row.protocol} ${row.info}`
          .toLowerCase()
          .includes(wanted)
      );
    });
    lists.set(name, list);
    return list;
  };
  /** While it reads, as captured. */
  const ordered = (filter: FrameFilter, order: RowOrder<'frames'> | null | undefined): Int32Array | null => {
    const list = filtered(filter);
    if (order == null || status.phase === 'reading') return list;
    const name = `${withKey()} ${JSON.stringify([filter, order])}`;
    const known = lists.get(name);
    if (known !== undefined) return known;
    const frames = list === null ? Array.from({ length: status.frames }, (_, at) => at + 1) : [...list];
    const rows = inOrder(
      frames.map((frame) => world.rowOf(frame, withKey())),
      order,
    );
    lists.set(
      name,
      Int32Array.from(rows, ({ frame }) => frame),
    );
    return lists.get(name) ?? null;
  };
  const conversationRows = (text: string, verdicts: readonly string[]) =>
    world.conversations
      .map((conversation) => world.conversationRow(conversation, withKey()))
      .filter(
        (row) =>
          (verdicts.length === 0 || verdicts.includes(row.verdict)) &&
          JSON.stringify(row).toLowerCase().includes(text.toLowerCase()),
      );

  return {
    'host.info': () => ({
      version: '0.1.0',
      host: options.host ?? 'electron',
      platform: 'linux',
      nativeDialogs: (options.host ?? 'electron') === 'electron',
      fallbackReason: options.fallbackReason ?? null,
    }),
    'capture.choose': () => read(['site-berlin-2017-07-11.pcapng'], options.frames ?? 300_000, 400),
    'capture.open': ({ paths }) =>
      read(paths.length === 0 ? ['capture.pcap'] : paths, options.frames ?? 300_000, 400),
    'capture.openSample': () => {
      const opened = read(['04-question-63f-beside-10.pcap'], 38, 2);
      if (keys.length === 0) addKey(PEM_KEY);
      return opened;
    },
    'capture.cancel': () => {
      clearInterval(timer);
      return setStatus({ ...status, phase: 'cancelled', revision: status.revision + 1 });
    },
    'capture.close': () => {
      clearInterval(timer);
      world = createWorld(0, 0);
      return setStatus(EMPTY_STATUS);
    },
    'capture.status': () => status,
    'capture.needs': () => needsOf(world),
    'capture.findings': () => allFindings(world, withKey()),
    'frames.window': ({ filter, order, from, count }) => {
      const list = ordered(filter, order);
      const early = list !== null && unsettled > 0;
      if (early) unsettled -= 1;
      const total = list === null ? status.frames : early ? Math.floor(list.length / 2) : list.length;
      const rows = [];
      for (let at = from; at < Math.min(total, from + count); at += 1) {
        const row = world.rowOf(list === null ? at + 1 : (list[at] ?? 1), withKey());
        const above = list === null ? at : (list[at - 1] ?? 0);
        const delta = above === 0 ? null : row.relative - world.rowOf(above, withKey()).relative;
        rows.push({ ...row, delta });
      }
      const reading = status.phase === 'reading';
      return {
        revision: status.revision,
        total,
        settled: !reading && !early,
        ordered: order == null || !reading,
        from,
        rows,
      };
    },
    'frames.rowOf': ({ filter, order, frame }) => {
      const list = ordered(filter, order);
      if (list === null) return frame >= 1 && frame <= status.frames ? frame - 1 : null;
      const row = list.indexOf(frame);
      return row < 0 ? null : row;
    },
    'frame.detail': ({ frame }) => {
      if (frame < 1 || frame > status.frames) throw refusal('not-found', `There is no frame ${frame}.`);
      return frameDetail(world, frame, withKey());
    },
    'record.plaintext': ({ record }) => ({
      bytes: encodeBase64(encodeUtf8(sipOf(world.stepOf(Math.floor(record / 10)).step, '10.0.0.9').text)),
      authenticated: true,
    }),
    'conversations.window': ({ text, verdicts, order, from, count }) => {
      const rows = inOrder(conversationRows(text, verdicts), order);
      return {
        revision: status.revision,
        total: rows.length,
        ordered: true,
        from,
        rows: rows.slice(from, from + count),
      };
    },
    'conversations.rowOf': ({ text, verdicts, order, conversation }) => {
      const rows = inOrder(conversationRows(text, verdicts), order);
      const row = rows.findIndex((each) => each.conversation === conversation);
      return row < 0 ? null : row;
    },
    'conversation.detail': ({ conversation }) => {
      const detail = conversationDetail(world, conversation, withKey());
      if (detail === null) throw refusal('not-found', `There is no conversation ${conversation}.`);
      return detail;
    },
    'conversation.timing': ({ conversation }) => timingOf(world, conversation),
    'conversations.compare': ({ left, right }) => compare(world, left, right, withKey()),
    'conversation.ladder': ({ conversation, as }) => ({
      text: as === 'svg' ? '<svg xmlns="http://www.w3.org/2000/svg"/>' : `ladder of ${conversation}`,
    }),
    ...createExports(options.host ?? 'electron'),
    ...createCalls(() => ({
      revision: status.revision,
      // The sample holds registrations and messages only.
      calls: world.frames > 100 ? (options.calls ?? 300) : 0,
      withKey: withKey(),
    })),
    'keys.roles': () => keys.map((key) => roleOf(world, key)),
    'conversation.debug-log': ({ conversation }) => ({
      text: `dissect_ssl enter frame #1\n  conversation = ${conversation}\n`,
      complete: true,
    }),
    'conversation.text': ({ conversation, limit }) => {
      const frames = world.conversations[Number(conversation)]?.frames ?? [];
      const texts = frames
        .filter((frame) => isSip(world.conversationOf(frame), world.stepOf(frame), withKey()))
        .map(
          (frame) =>
            `---- frame ${frame}, ${world.stepOf(frame).from} ----\r\n${sipOf(world.stepOf(frame).step, '10.0.0.9').text}`,
        );
      const text = texts.join('\r\n');
      return { text: text.slice(0, limit), complete: text.length <= limit };
    },
    'sip.window': ({ text, order, from, count }) => {
      const wanted = text.toLowerCase();
      let list = sipFrames();
      if (wanted !== '') {
        const name = `sip ${wanted}`;
        list =
          lists.get(name) ??
          list.filter((frame) => {
            const row = sipRow(world, frame);
            return `${row.startLine} ${row.callId} ${row.source} ${row.destination}`
              .toLowerCase()
              .includes(wanted);
          });
        lists.set(name, list);
      }
      const rows =
        order == null
          ? [...list.subarray(from, from + count)].map((frame) => sipRow(world, frame))
          : inOrder(
              [...list].map((frame) => sipRow(world, frame)),
              order,
            ).slice(from, from + count);
      return { total: list.length, ordered: true, from, rows };
    },
    'sip.text': ({ message }) => ({ text: sipOf(world.stepOf(message).step, '10.0.0.9').text }),
    'keys.list': () => keys,
    'keys.choose': () => addKey(PEM_KEY),
    'keys.addPaths': () => addKey(PEM_KEY),
    'keys.addBytes': ({ name, bytes }) =>
      addKey(keyOfText(name, decodeUtf8(parseBase64(bytes) ?? new Uint8Array(0)))),
    'keys.unlock': ({ key, password }) => {
      if (password !== 'geheim')
        return { keys, added: 0, problems: ['This password does not open the file.'] };
      return {
        keys: rekey(
          keys.map((row) =>
            row.key === key ? { ...PEM_KEY, key, name: row.name, format: 'PKCS#12', encrypted: true } : row,
          ),
        ),
        added: 1,
        problems: [],
      };
    },
    'keys.remove': ({ key }) => rekey(keys.filter((row) => row.key !== key)),
  };
}

function keyOfText(name: string, text: string): KeyRow {
  const none = { ...PEM_KEY, name, bits: null, sha256OfPublicKey: null, subject: null, notAfter: null };
  if (text.includes('CLIENT_RANDOM'))
    return {
      ...none,
      kind: 'keylog',
      format: 'NSS key log',
      lines: text.trim().split('\n').length,
      linesUsed: 0,
    };
  if (text.includes('ENCRYPTED') || name.endsWith('.pfx'))
    return {
      ...none,
      kind: 'locked',
      format: 'PKCS#12',
      encrypted: true,
      usable: false,
      problem: 'This file is protected by a password.',
    };
  if (text.includes('PRIVATE KEY')) return { ...PEM_KEY, name };
  if (text.includes('BEGIN CERTIFICATE'))
    return {
      ...PEM_KEY,
      name,
      kind: 'certificate',
      format: 'PEM, X.509',
      usable: false,
      problem: `${name} is a certificate. It holds the public key only; decryption needs the private key.`,
    };
  return {
    ...none,
    kind: 'unknown',
    format: 'unknown',
    usable: false,
    problem: `${name} is no key, certificate or key log that Sipher knows.`,
  };
}

function openedBy(world: World, key: KeyRow): { opens: number; matches: number } {
  if (key.sha256OfPublicKey === null) return { opens: 0, matches: 0 };
  const matches = world.conversations.filter(({ scenario }) => scenario.keyExchange !== null).length;
  const opens = key.usable
    ? world.conversations.filter(({ scenario }) => scenario.verdictWithKey === 'decrypted').length
    : 0;
  return { opens, matches };
}

function selectFrames(frames: number, keep: (frame: number) => boolean): Int32Array {
  const list = new Int32Array(frames);
  let size = 0;
  for (let frame = 1; frame <= frames; frame += 1) {
    if (!keep(frame)) continue;
    list[size] = frame;
    size += 1;
  }
  return list.slice(0, size);
}

function countVerdicts(world: World, upTo: number, withKey: boolean): Record<FrameVerdictId, number> {
  const counts = { ...EMPTY_STATUS.verdicts };
  // Every seventh frame is enough for a made-up count.
  const stride = upTo > 5000 ? 7 : 1;
  for (let frame = 1; frame <= upTo; frame += stride) counts[world.rowOf(frame, withKey).verdict] += stride;
  return counts;
}

function summaryOf(world: World, withKey: boolean): string {
  const tls = world.conversations.filter(({ scenario }) => scenario.protocol === 'TLS');
  const rsa = tls.filter(({ scenario }) => scenario.verdictWithKey === 'decrypted').length;
  const mid = tls.filter(({ scenario }) => scenario.midStream).length;
  const logs = tls.filter(
    ({ scenario }) =>
      scenario.causeWithKey === 'forward-secrecy' || scenario.causeWithKey === 'tls13-needs-keylog',
  ).length;
  const opened = withKey
    ? `${rsa} decrypt with the key of CN=pbx.example.com`
    : `${rsa} need the key of CN=pbx.example.com`;
  return `${tls.length} TLS connections: ${opened}, ${logs} need a key log, ${mid} were set up before the capture began, ${tls.length - rsa - mid - logs} have other causes.`;
}

function refusal(code: ApiError['code'], message: string): Error & ApiError {
  return Object.assign(new Error(message), { code, message });
}
