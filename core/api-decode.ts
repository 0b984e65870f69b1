/**
 * Checks what crosses between a page and its host: a host decodes params, a page decodes results and pushes. The tables
 * at the end do not compile when core/api.ts gains a request, a push or a member that is not checked here.
 */
import {
  COMMANDS,
  type AddKeysOutcome,
  type ApiError,
  type CaptureStatus,
  type CertificateDetail,
  type CompareRow,
  type Comparison,
  type ConversationDetail,
  type ConversationRow,
  type FrameDetail,
  type FrameRow,
  type HandshakeTiming,
  type HostInfo,
  type KeyRole,
  type KeyRow,
  type LadderStep,
  type NeedGroup,
  type PushName,
  type Pushes,
  type RecordDetail,
  type RequestName,
  type Requests,
  type TreeNode,
  type WhyPanel,
} from './api.ts';
import { CALL_REQUESTS } from './api-decode-calls.ts';
import { EXPORT_REQUESTS } from './api-decode-export.ts';
import {
  cause,
  causes,
  conversationId,
  conversationVerdict,
  finding,
  frameFilter,
  frames,
  frameVerdict,
  MOST_ROWS,
  recordVerdict,
  richText,
  rowCount,
  sipRow,
  words,
} from './api-decode-common.ts';
import {
  arrayOf,
  count,
  countsOf,
  finite,
  flag,
  integerUpTo,
  never,
  nothing,
  object,
  oneOf,
  orNull,
  text,
  textUpTo,
  type Shape,
} from './shape.ts';
import {
  CONVERSATION_VERDICTS,
  DECODER_STATES,
  FRAME_VERDICTS,
  namesOfState,
  RECORD_VERDICTS,
} from './verdict.ts';

/** `fault` is one sentence that repeats nothing of the value: it may hold a password. */
export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string };

export function isRequestName(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(REQUESTS, name);
}

export function isPushName(name: unknown): name is PushName {
  return typeof name === 'string' && Object.hasOwn(PUSHES, name);
}

/** Host side: what a page sent with a request. */
export function decodeParams<N extends RequestName>(name: N, value: unknown): Decoded<Requests[N]['params']> {
  const shape: Shape<Requests[N]['params']> = REQUESTS[name].params;
  return decode(shape, value, `params of ${name}`);
}

/** Page side: what a host answered. */
export function decodeResult<N extends RequestName>(name: N, value: unknown): Decoded<Requests[N]['result']> {
  const shape: Shape<Requests[N]['result']> = REQUESTS[name].result;
  return decode(shape, value, `result of ${name}`);
}

/** Page side: what a host pushed. */
export function decodePush<N extends PushName>(name: N, value: unknown): Decoded<Pushes[N]> {
  const shape: Shape<Pushes[N]> = PUSHES[name];
  return decode(shape, value, `push ${name}`);
}

/** Page side: why a host did not answer. */
export function decodeError(value: unknown): Decoded<ApiError> {
  return decode(apiError, value, 'error');
}

function decode<T>(shape: Shape<T>, value: unknown, subject: string): Decoded<T> {
  if (shape.is(value)) return { ok: true, value };
  return { ok: false, fault: `${subject}: ${shape.fault(value, '')}` };
}

const MOST_PATHS = 1000;
/** Base64 of a key file of 48 MB: key logs grow large. */
const MOST_KEY_TEXT = 64 * 1024 * 1024;

const apiError: Shape<ApiError> = object({
  code: oneOf('bad-request', 'not-found', 'unreadable', 'unsupported-by-host', 'cancelled', 'internal'),
  message: text,
});

const hostInfo: Shape<HostInfo> = object({
  version: text,
  host: oneOf('electron', 'browser'),
  platform: text,
  nativeDialogs: flag,
  fallbackReason: orNull(text),
});

const status: Shape<CaptureStatus> = object({
  capture: count,
  phase: oneOf('empty', 'reading', 'opening', 'done', 'cancelled', 'failed'),
  files: arrayOf(text),
  bytesRead: count,
  bytesTotal: orNull(count),
  frames: count,
  conversations: count,
  sipMessages: count,
  revision: count,
  verdicts: countsOf(...FRAME_VERDICTS),
  warnings: arrayOf(text),
  error: orNull(text),
  summary: text,
});

const frameRow: Shape<FrameRow> = object({
  frame: count,
  relative: finite,
  time: text,
  source: text,
  destination: text,
  conversation: orNull(text),
  protocol: text,
  length: count,
  verdict: frameVerdict,
  cause,
  state: orNull(count),
  decoder: orNull(oneOf(...DECODER_STATES)),
  info: text,
});

const recordDetail: Shape<RecordDetail> = object({
  record: count,
  type: text,
  innerType: orNull(text),
  version: text,
  length: count,
  from: oneOf('client', 'server'),
  frames,
  verdict: recordVerdict,
  cause,
  otherCauses: causes,
  state: count,
  decoder: oneOf(...DECODER_STATES),
  decoderWords: text,
  cipherSuite: orNull(text),
  sequence: orNull(count),
  key: orNull(text),
  epoch: orNull(count),
  resynchronised: orNull(finite),
  authenticated: orNull(flag),
  content: text,
  bytesInFrame: arrayOf(object({ offset: count, length: count })),
  hasPlaintext: flag,
});

const treeNode: Shape<TreeNode> = treeOf(64);

/** A tree of at most `depth` levels: what a hostile capture nests deeper is cut by the host. */
function treeOf(depth: number): Shape<TreeNode> {
  const node = (children: Shape<readonly TreeNode[]>): Shape<TreeNode> =>
    object({ label: text, offset: orNull(count), length: orNull(count), record: orNull(count), children });
  let tree = node(arrayOf(never, 0));
  for (let level = 1; level < depth; level += 1) tree = node(arrayOf(tree));
  return tree;
}

const whyPanel: Shape<WhyPanel> = object({
  verdict: frameVerdict,
  cause,
  otherCauses: causes,
  title: text,
  what: richText,
  proof: arrayOf(richText),
  fixNow: arrayOf(richText),
  fixNext: arrayOf(richText),
  checklist: arrayOf(
    object({
      item: text,
      status: oneOf('present', 'missing', 'not-needed', 'unknown'),
      frame: orNull(count),
      note: richText,
    }),
  ),
  state: orNull(
    object({
      mask: count,
      bits: arrayOf(object({ flag: oneOf(...namesOfState(0xffff)), value: count, set: flag, meaning: text })),
    }),
  ),
});

const frameDetail: Shape<FrameDetail> = object({
  row: frameRow,
  file: text,
  frameInFile: count,
  captured: count,
  completedIn: orNull(count),
  duplicateOf: orNull(count),
  tree: arrayOf(treeNode),
  records: arrayOf(recordDetail),
  sip: arrayOf(object({ message: sipRow, text })),
  why: whyPanel,
  bytes: text,
});

const certificate: Shape<CertificateDetail> = object({
  subject: text,
  issuer: text,
  serial: text,
  notBefore: text,
  notAfter: text,
  publicKey: text,
  signature: text,
  sha256: text,
  sha256OfPublicKey: text,
  names: arrayOf(text),
  frame: count,
  pem: text,
});

const conversationRow: Shape<ConversationRow> = object({
  conversation: text,
  transport: text,
  protocol: text,
  client: text,
  server: text,
  rolesAssumed: flag,
  firstFrame: count,
  lastFrame: count,
  frames: count,
  start: text,
  duration: finite,
  version: orNull(text),
  cipherSuite: orNull(text),
  serverName: orNull(text),
  verdict: conversationVerdict,
  cause,
  key: orNull(text),
  decrypted: count,
  opaque: count,
  clear: count,
  sipMessages: count,
});

const ladderStep: Shape<LadderStep> = object({
  frame: count,
  time: text,
  relative: finite,
  from: oneOf('client', 'server', 'both'),
  layer: oneOf('tcp', 'tls', 'application', 'mark'),
  label: text,
  detail: text,
  verdict: oneOf(...RECORD_VERDICTS, 'gap', 'retransmission', 'failure', 'plain'),
  decrypted: flag,
  message: orNull(count),
});

const conversationDetail: Shape<ConversationDetail> = object({
  row: conversationRow,
  headline: richText,
  keyExchange: orNull(text),
  resumed: orNull(oneOf('session-id', 'ticket', 'psk')),
  certificates: arrayOf(certificate),
  clientCertificates: arrayOf(certificate),
  canBeDecryptedBy: arrayOf(text),
  findings: arrayOf(finding),
  why: orNull(whyPanel),
  ladder: arrayOf(ladderStep),
  ladderComplete: flag,
});

const keyRow: Shape<KeyRow> = object({
  key: count,
  name: text,
  kind: oneOf(
    'rsa-private-key',
    'ec-private-key',
    'ed25519-private-key',
    'other-private-key',
    'certificate',
    'csr',
    'public-key',
    'keylog',
    'psk',
    'locked',
    'unknown',
  ),
  format: text,
  encrypted: flag,
  usable: flag,
  bits: orNull(count),
  sha256OfPublicKey: orNull(text),
  subject: orNull(text),
  notAfter: orNull(text),
  lines: orNull(count),
  linesUsed: orNull(count),
  opens: count,
  matches: count,
  problem: orNull(text),
});

const keyRows = arrayOf(keyRow);
const addKeysOutcome: Shape<AddKeysOutcome> = object({
  keys: keyRows,
  added: count,
  problems: arrayOf(text),
});

const conversationIds = arrayOf(text);
const keyRole: Shape<KeyRole> = object({
  key: count,
  opens: conversationIds,
  lacking: conversationIds,
  onlySigned: conversationIds,
  asClient: conversationIds,
  sentence: richText,
});

const needGroup: Shape<NeedGroup> = object({ need: text, conversations: conversationIds });

const handshakeTiming: Shape<HandshakeTiming> = object({
  resumed: flag,
  duration: orNull(finite),
  clientTime: finite,
  serverTime: finite,
  steps: arrayOf(
    object({ label: text, from: oneOf('client', 'server'), frame: count, relative: finite, delay: finite }),
  ),
  sentence: richText,
});

const compareRow: Shape<CompareRow> = object({
  section: text,
  field: text,
  left: orNull(text),
  right: orNull(text),
  leftFrame: orNull(count),
  rightFrame: orNull(count),
  same: flag,
  matters: oneOf('yes', 'maybe', 'no'),
  why: text,
});

const comparison: Shape<Comparison> = object({
  left: conversationRow,
  right: conversationRow,
  sentence: richText,
  rows: arrayOf(compareRow),
});

const paths = object({ paths: arrayOf(textUpTo(32_768), MOST_PATHS) });

type RequestShapes = {
  readonly [N in RequestName]: {
    readonly params: Shape<Requests[N]['params']>;
    readonly result: Shape<Requests[N]['result']>;
  };
};

const REQUESTS: RequestShapes = {
  ...CALL_REQUESTS,
  ...EXPORT_REQUESTS,
  'host.info': { params: nothing, result: hostInfo },
  'capture.choose': { params: nothing, result: orNull(status) },
  'capture.open': { params: paths, result: status },
  'capture.openSample': { params: nothing, result: status },
  'capture.cancel': { params: nothing, result: status },
  'capture.close': { params: nothing, result: status },
  'capture.status': { params: nothing, result: status },
  'capture.findings': { params: nothing, result: arrayOf(finding) },
  'capture.needs': { params: nothing, result: arrayOf(needGroup) },
  'frames.window': {
    params: object({ filter: frameFilter, from: count, count: rowCount }),
    result: object({
      revision: count,
      total: count,
      settled: flag,
      from: count,
      rows: arrayOf(frameRow, MOST_ROWS),
    }),
  },
  'frames.rowOf': { params: object({ filter: frameFilter, frame: count }), result: orNull(count) },
  'frame.detail': { params: object({ frame: count }), result: frameDetail },
  'record.plaintext': {
    params: object({ record: count }),
    result: object({ bytes: text, authenticated: flag }),
  },
  'conversations.window': {
    params: object({
      text: words,
      verdicts: arrayOf(conversationVerdict, CONVERSATION_VERDICTS.length),
      from: count,
      count: rowCount,
    }),
    result: object({
      revision: count,
      total: count,
      from: count,
      rows: arrayOf(conversationRow, MOST_ROWS),
    }),
  },
  'conversation.detail': { params: object({ conversation: conversationId }), result: conversationDetail },
  'conversation.timing': {
    params: object({ conversation: conversationId }),
    result: arrayOf(handshakeTiming),
  },
  'conversations.compare': {
    params: object({ left: conversationId, right: conversationId }),
    result: comparison,
  },
  'conversation.ladder': {
    params: object({ conversation: conversationId, as: oneOf('text', 'svg') }),
    result: object({ text }),
  },
  'conversation.text': {
    params: object({ conversation: conversationId, limit: integerUpTo(64 * 1024 * 1024) }),
    result: object({ text, complete: flag }),
  },
  'conversation.debug-log': {
    params: object({ conversation: conversationId }),
    result: object({ text, complete: flag }),
  },
  'sip.window': {
    params: object({ text: words, from: count, count: rowCount }),
    result: object({ total: count, from: count, rows: arrayOf(sipRow, MOST_ROWS) }),
  },
  'sip.text': { params: object({ message: count }), result: object({ text }) },
  'keys.roles': { params: nothing, result: arrayOf(keyRole) },
  'keys.list': { params: nothing, result: keyRows },
  'keys.choose': { params: nothing, result: orNull(addKeysOutcome) },
  'keys.addPaths': { params: paths, result: addKeysOutcome },
  'keys.addBytes': {
    params: object({ name: words, bytes: textUpTo(MOST_KEY_TEXT) }),
    result: addKeysOutcome,
  },
  'keys.unlock': { params: object({ key: count, password: words }), result: addKeysOutcome },
  'keys.remove': { params: object({ key: count }), result: keyRows },
};

const PUSHES: { readonly [N in PushName]: Shape<Pushes[N]> } = {
  status,
  keys: keyRows,
  command: object({ command: oneOf(...COMMANDS) }),
};
