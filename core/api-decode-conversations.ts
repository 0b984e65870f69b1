/** The shapes of what core/api-conversations.ts says; api-decode.ts checks with them. */
import type {
  CertificateDetail,
  CompareRow,
  Comparison,
  ConversationDetail,
  ConversationRequests,
  ConversationRow,
  HandshakeTiming,
  LadderStep,
} from './api-conversations.ts';
import { whyPanel } from './api-decode-frames.ts';
import {
  cause,
  conversationId,
  conversationVerdict,
  finding,
  richText,
  rowCount,
  rowOrder,
  windowOf,
  words,
  type ShapesOf,
} from './api-decode-common.ts';
import {
  arrayOf,
  count,
  finite,
  flag,
  integerUpTo,
  object,
  oneOf,
  orNull,
  text,
  type Shape,
} from './shape.ts';
import { CONVERSATION_VERDICTS, RECORD_VERDICTS } from './verdict.ts';

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

const listWish = {
  text: words,
  verdicts: arrayOf(conversationVerdict, CONVERSATION_VERDICTS.length),
  order: rowOrder('conversations'),
};

export const CONVERSATION_REQUESTS: ShapesOf<ConversationRequests> = {
  'conversations.window': {
    params: object({ ...listWish, from: count, count: rowCount }),
    result: windowOf(conversationRow),
  },
  'conversations.rowOf': {
    params: object({ ...listWish, conversation: conversationId }),
    result: orNull(count),
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
};
