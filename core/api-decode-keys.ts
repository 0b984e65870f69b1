/** The shapes of what core/api-keys.ts says; api-decode.ts checks with them. */
import type { AddKeysOutcome, KeyRequests, KeyRole, KeyRow } from './api-keys.ts';
import { conversationIds, paths, richText, words, type ShapesOf } from './api-decode-common.ts';
import { arrayOf, count, flag, nothing, object, oneOf, orNull, text, textUpTo, type Shape } from './shape.ts';

/** Base64 of a key file of 48 MB: key logs grow large. */
const MOST_KEY_TEXT = 64 * 1024 * 1024;

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

export const keyRows = arrayOf(keyRow);

const addKeysOutcome: Shape<AddKeysOutcome> = object({
  keys: keyRows,
  added: count,
  problems: arrayOf(text),
});

const keyRole: Shape<KeyRole> = object({
  key: count,
  opens: conversationIds,
  lacking: conversationIds,
  onlySigned: conversationIds,
  asClient: conversationIds,
  sentence: richText,
});

export const KEY_REQUESTS: ShapesOf<KeyRequests> = {
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
