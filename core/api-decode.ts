/**
 * Checks what crosses between a page and its host: a host decodes params, a page decodes results and pushes. The tables
 * at the end do not compile when core/api.ts gains a request, a push or a member that is not checked here.
 */
import {
  COMMANDS,
  type ApiError,
  type CaptureStatus,
  type HostInfo,
  type NeedGroup,
  type PushName,
  type Pushes,
  type RequestName,
  type Requests,
} from './api.ts';
import { CALL_REQUESTS } from './api-decode-calls.ts';
import { conversationIds, finding, paths, type ShapesOf } from './api-decode-common.ts';
import { CONVERSATION_REQUESTS } from './api-decode-conversations.ts';
import { EXPORT_REQUESTS } from './api-decode-export.ts';
import { FRAME_REQUESTS } from './api-decode-frames.ts';
import { KEY_REQUESTS, keyRows } from './api-decode-keys.ts';
import { arrayOf, count, countsOf, flag, nothing, object, oneOf, orNull, text, type Shape } from './shape.ts';
import { FRAME_VERDICTS } from './verdict.ts';

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
  told: count,
  verdicts: countsOf(...FRAME_VERDICTS),
  warnings: arrayOf(text),
  error: orNull(text),
  summary: text,
});

const needGroup: Shape<NeedGroup> = object({ need: text, conversations: conversationIds });

const REQUESTS: ShapesOf<Requests> = {
  ...CALL_REQUESTS,
  ...CONVERSATION_REQUESTS,
  ...EXPORT_REQUESTS,
  ...FRAME_REQUESTS,
  ...KEY_REQUESTS,
  'host.info': { params: nothing, result: hostInfo },
  'capture.choose': { params: nothing, result: orNull(status) },
  'capture.open': { params: paths, result: status },
  'capture.openSample': { params: nothing, result: status },
  'capture.cancel': { params: nothing, result: status },
  'capture.close': { params: nothing, result: status },
  'capture.status': { params: nothing, result: status },
  'capture.findings': { params: nothing, result: arrayOf(finding) },
  'capture.needs': { params: nothing, result: arrayOf(needGroup) },
};

const PUSHES: { readonly [N in PushName]: Shape<Pushes[N]> } = {
  status,
  keys: keyRows,
  command: object({ command: oneOf(...COMMANDS) }),
};
