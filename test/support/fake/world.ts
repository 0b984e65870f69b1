import type { ConversationRow, FrameRow } from '../../../core/api.ts';
import { STATE_FLAGS, type CauseId, type DecoderState, type FrameVerdictId } from '../../../core/verdict.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { sipOf } from './sip-texts.ts';

/** Steps of a made-up TLS conversation before its data. */
export const HANDSHAKE = [
  { info: 'SYN', from: 'client', length: 74 },
  { info: 'SYN, ACK', from: 'server', length: 74 },
  { info: 'ACK', from: 'client', length: 66 },
  { info: 'Client Hello (SNI=pbx.example.com)', from: 'client', length: 583 },
  { info: 'Server Hello, Certificate, Server Hello Done', from: 'server', length: 1514 },
  { info: 'Client Key Exchange, Change Cipher Spec, Finished', from: 'client', length: 392 },
  { info: 'Change Cipher Spec, Finished', from: 'server', length: 141 },
] as const;

export interface FakeConversation {
  readonly id: number;
  readonly scenario: Scenario;
  readonly client: string;
  readonly server: string;
  readonly frames: number[];
}

export interface FakeStep {
  readonly from: 'client' | 'server';
  readonly step: number;
  readonly kind: 'tcp' | 'handshake' | 'data' | 'ack' | 'part' | 'rtp' | 'failure' | 'malformed';
}

const START = 1_499_789_160;
const ACTIVE = 9;

/** A deterministic world of frames and conversations: which frame belongs to whom, and what it is. */
export function createWorld(frames: number, conversations: number) {
  const owner = new Int32Array(frames + 1).fill(-1);
  const position = new Int32Array(frames + 1);
  const all: FakeConversation[] = [];
  const active: FakeConversation[] = [];
  const random = createRandom(20170711);
  const each = Math.max(6, Math.floor(frames / conversations));

  for (let frame = 1; frame <= frames; frame += 1) {
    while (active.length < Math.min(ACTIVE, 1 + Math.floor(frame / 5)) && all.length < conversations) {
      const made = createConversation(all.length);
      all.push(made);
      active.push(made);
    }
    const at = Math.floor(random() * active.length);
    const chosen = active[at];
    if (chosen === undefined) continue;
    owner[frame] = chosen.id;
    position[frame] = chosen.frames.length;
    chosen.frames.push(frame);
    if (chosen.frames.length >= each * (0.6 + random()) && all.length < conversations) active.splice(at, 1);
  }

  const stepOf = (frame: number): FakeStep => describeStep(all[owner[frame] ?? -1], position[frame] ?? 0);
  return {
    frames,
    conversations: all,
    conversationOf: (frame: number): FakeConversation | null => all[owner[frame] ?? -1] ?? null,
    stepOf,
    rowOf: (frame: number, withKey: boolean): FrameRow =>
      rowOf(frame, all[owner[frame] ?? -1] ?? null, stepOf(frame), withKey),
    conversationRow: (conversation: FakeConversation, withKey: boolean): ConversationRow =>
      conversationRow(conversation, withKey),
  };
}

export type World = ReturnType<typeof createWorld>;

export function relativeOf(frame: number): number {
  return (frame - 1) * 0.0031 + ((frame * 7919) % 997) / 1e6;
}

export function timeOf(frame: number): string {
  const relative = relativeOf(frame);
  const nanos = 123_456_789 + Math.round((relative % 1) * 1e9);
  const seconds = START + Math.floor(relative) + Math.floor(nanos / 1e9);
  return `${seconds}.${String(nanos % 1_000_000_000).padStart(9, '0')}`;
}

export function verdictOf(
  conversation: FakeConversation | null,
  step: FakeStep,
  withKey: boolean,
): { verdict: FrameVerdictId; cause: CauseId | null } {
  if (conversation === null || step.kind === 'tcp' || step.kind === 'ack' || step.kind === 'rtp') {
    return { verdict: 'not-tls', cause: null };
  }
  if (step.kind === 'malformed') return { verdict: 'malformed', cause: null };
  const { scenario } = conversation;
  if (scenario.protocol === 'SIP') return { verdict: 'not-tls', cause: null };
  if (step.kind === 'part') return { verdict: 'awaiting', cause: null };
  if (step.kind === 'failure' || (step.kind === 'handshake' && step.step < 5)) {
    return { verdict: 'clear', cause: null };
  }
  const cause = withKey ? scenario.causeWithKey : scenario.cause;
  const verdict = withKey ? scenario.verdictWithKey : scenario.verdict;
  if (cause === null)
    return { verdict: scenario.suite?.includes('NULL') === true ? 'clear' : 'decrypted', cause };
  if (verdict !== 'partly-decrypted') return { verdict: 'opaque', cause };
  const turn = step.step % 9;
  if (turn === 4) return { verdict: 'opaque', cause };
  return turn === 5 ? { verdict: 'partly-decrypted', cause } : { verdict: 'decrypted', cause: null };
}

export function stateOf(
  conversation: FakeConversation | null,
  step: FakeStep,
  withKey: boolean,
): number | null {
  if (conversation === null || conversation.scenario.protocol !== 'TLS') return null;
  if (step.kind === 'tcp' || step.kind === 'ack' || step.kind === 'rtp' || step.kind === 'malformed')
    return null;
  const { scenario } = conversation;
  if (scenario.midStream) return STATE_FLAGS.VERSION;
  if (step.kind === 'handshake') return [0x01, 0x01, 0x01, 0x01, 0x11, 0x237, 0x63f][step.step] ?? 0x63f;
  return withKey && scenario.causeWithKey === null ? 0x63f : 0x617;
}

export function isSip(conversation: FakeConversation | null, step: FakeStep, withKey: boolean): boolean {
  if (conversation === null || step.kind !== 'data') return false;
  if (conversation.scenario.protocol === 'SIP') return true;
  const { verdict } = verdictOf(conversation, step, withKey);
  return verdict === 'decrypted' || verdict === 'partly-decrypted' || verdict === 'clear';
}

function createConversation(id: number): FakeConversation {
  const scenario = SCENARIOS[id % SCENARIOS.length] ?? SCENARIOS[0];
  if (scenario === undefined) throw new Error('There are no scenarios');
  const v6 = id % 17 === 11;
  const client = v6
    ? `[2001:db8:12:4::${(id + 9).toString(16)}]:${50212 + id}`
    : `10.0.${id % 7}.${9 + (id % 200)}:${50212 + id}`;
  const server = v6 ? '[2001:db8:12:4::5]:5061' : `10.0.0.5:${scenario.protocol === 'SIP' ? 5060 : 5061}`;
  return { id, scenario, client, server, frames: [] };
}

function describeStep(conversation: FakeConversation | undefined, position: number): FakeStep {
  const even = position % 2 === 0;
  const from = even ? 'client' : 'server';
  if (conversation === undefined) return { from, step: position, kind: 'malformed' };
  const { scenario } = conversation;
  if (scenario.protocol === 'RTP')
    return { from, step: position, kind: position % 97 === 60 ? 'malformed' : 'rtp' };
  if (scenario.protocol === 'SIP') return { from, step: position, kind: 'data' };
  if (!scenario.midStream && position < HANDSHAKE.length) {
    const shake = HANDSHAKE[position];
    if (scenario.name === 'failed' && position === 5)
      return { from: 'client', step: position, kind: 'failure' };
    if (scenario.name === 'failed' && position > 5) return { from, step: position, kind: 'tcp' };
    return { from: shake?.from ?? from, step: position, kind: position < 3 ? 'tcp' : 'handshake' };
  }
  if (scenario.name === 'failed') return { from, step: position, kind: 'tcp' };
  const turn = position % 7;
  if (turn === 3) return { from, step: position, kind: 'ack' };
  if (turn === 5 && position % 3 === 0) return { from, step: position, kind: 'part' };
  return { from, step: position, kind: 'data' };
}

function rowOf(
  frame: number,
  conversation: FakeConversation | null,
  step: FakeStep,
  withKey: boolean,
): FrameRow {
  const { verdict, cause } = verdictOf(conversation, step, withKey);
  const state = stateOf(conversation, step, withKey);
  const client = conversation?.client ?? '10.0.0.1:1';
  const server = conversation?.server ?? '10.0.0.2:2';
  return {
    frame,
    relative: relativeOf(frame),
    delta: null,
    time: timeOf(frame),
    source: step.from === 'client' ? client : server,
    destination: step.from === 'client' ? server : client,
    conversation: conversation === null ? null : String(conversation.id),
    protocol: protocolOf(conversation, step, withKey),
    length: lengthOf(frame, step),
    verdict,
    cause,
    state,
    decoder: state === null ? null : decoderOf(verdict, step),
    info: infoOf(frame, conversation, step, withKey),
  };
}

function protocolOf(conversation: FakeConversation | null, step: FakeStep, withKey: boolean): string {
  if (conversation === null || step.kind === 'malformed') return 'IPv4';
  if (step.kind === 'tcp' || step.kind === 'ack') return 'TCP';
  if (conversation.scenario.protocol === 'RTP') return 'RTP';
  if (conversation.scenario.protocol === 'SIP') return 'SIP';
  return isSip(conversation, step, withKey) ? 'SIP/TLS' : (conversation.scenario.version ?? 'TLS');
}

function decoderOf(verdict: FrameVerdictId, step: FakeStep): DecoderState {
  if (step.kind === 'handshake' && step.step < 5) return 'not-yet';
  if (verdict === 'decrypted') return 'opened';
  return verdict === 'partly-decrypted' ? 'failed' : verdict === 'awaiting' ? 'ready' : 'none';
}

export function lengthOf(frame: number, step: FakeStep): number {
  if (step.kind === 'tcp' || step.kind === 'ack') return 66;
  if (step.kind === 'handshake') return HANDSHAKE[step.step]?.length ?? 140;
  if (step.kind === 'rtp') return 214;
  if (step.kind === 'part') return 1514;
  return 420 + ((frame * 37) % 640);
}

function infoOf(
  frame: number,
  conversation: FakeConversation | null,
  step: FakeStep,
  withKey: boolean,
): string {
  if (step.kind === 'malformed') return 'IPv4: total length 40 is shorter than the header says (44)';
  if (step.kind === 'rtp') return `PT=PCMA, SSRC=0x5F1E2D3C, Seq=${(frame * 3) % 65536}, Time=${frame * 160}`;
  if (step.kind === 'failure') return 'Alert: fatal, unknown_ca';
  if (step.kind === 'tcp')
    return `[${step.step < 3 ? (HANDSHAKE[step.step]?.info ?? '') : 'FIN, ACK'}] Seq=0 Win=64240 Len=0`;
  if (step.kind === 'ack') return `[ACK] Seq=${step.step * 311} Ack=${step.step * 512} Win=501 Len=0`;
  if (step.kind === 'handshake') return HANDSHAKE[step.step]?.info ?? 'Handshake';
  if (step.kind === 'part') return `Part of a record that goes on in a later frame`;
  if (isSip(conversation, step, withKey)) return sipOf(step.step, '10.0.0.9').start;
  return step.step % 4 === 0 ? 'Application Data, Application Data' : 'Application Data';
}

function conversationRow(conversation: FakeConversation, withKey: boolean): ConversationRow {
  const { scenario, frames } = conversation;
  const first = frames[0] ?? 1;
  const last = frames.at(-1) ?? first;
  const cause = withKey ? scenario.causeWithKey : scenario.cause;
  const verdict = withKey ? scenario.verdictWithKey : scenario.verdict;
  const records = scenario.protocol === 'TLS' ? Math.max(0, Math.round(frames.length * 0.7)) : 0;
  const decrypted =
    verdict === 'decrypted' ? records : verdict === 'partly-decrypted' ? Math.round(records * 0.8) : 0;
  const clear = verdict === 'clear' ? records : Math.min(5, records);
  return {
    conversation: String(conversation.id),
    transport: scenario.protocol === 'RTP' ? 'UDP' : 'TCP',
    protocol: decrypted > 0 || verdict === 'clear' ? 'SIP/TLS' : scenario.protocol,
    client: conversation.client,
    server: conversation.server,
    rolesAssumed: scenario.midStream,
    firstFrame: first,
    lastFrame: last,
    frames: frames.length,
    start: timeOf(first),
    duration: relativeOf(last) - relativeOf(first),
    version: scenario.version,
    cipherSuite: scenario.suite,
    serverName: scenario.suite === null ? null : 'pbx.example.com',
    verdict,
    cause,
    key: decrypted > 0 ? 'pbx.example.com.pem' : null,
    decrypted,
    opaque:
      verdict === 'opaque'
        ? records
        : records - decrypted - clear > 0 && decrypted > 0
          ? records - decrypted
          : 0,
    clear,
    sipMessages:
      decrypted > 0 || scenario.protocol === 'SIP' || verdict === 'clear'
        ? Math.round(frames.length * 0.5)
        : 0,
  };
}

/** Mulberry32: small, and the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
