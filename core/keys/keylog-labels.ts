/** Labels of NSS key logs: RFC 9850, RFC 9846's draft predecessors, and the older ones of NSS and OpenSSL. */

/** How a line is found again: by client random, by the first bytes of the encrypted pre-master secret, by session id. */
export type KeyLogIndex = 'client-random' | 'encrypted-premaster' | 'session-id';

/** Position in this table is the label's code; lengths are those possible, in bytes. */
export const KEY_LOG_LABELS = [
  { label: 'CLIENT_RANDOM', index: 'client-random', least: 48, most: 48 },
  { label: 'PMS_CLIENT_RANDOM', index: 'client-random', least: 1, most: 4096 },
  { label: 'CLIENT_EARLY_TRAFFIC_SECRET', index: 'client-random', least: 32, most: 64 },
  { label: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET', index: 'client-random', least: 32, most: 64 },
  { label: 'SERVER_HANDSHAKE_TRAFFIC_SECRET', index: 'client-random', least: 32, most: 64 },
  { label: 'CLIENT_TRAFFIC_SECRET_0', index: 'client-random', least: 32, most: 64 },
  { label: 'SERVER_TRAFFIC_SECRET_0', index: 'client-random', least: 32, most: 64 },
  { label: 'EARLY_EXPORTER_SECRET', index: 'client-random', least: 32, most: 64 },
  { label: 'EXPORTER_SECRET', index: 'client-random', least: 32, most: 64 },
  { label: 'ECH_SECRET', index: 'client-random', least: 16, most: 128 },
  { label: 'ECH_CONFIG', index: 'client-random', least: 4, most: 65_535 },
  { label: 'RSA', index: 'encrypted-premaster', least: 48, most: 48 },
  { label: 'RSA Session-ID', index: 'session-id', least: 48, most: 48 },
] as const satisfies readonly {
  readonly label: string;
  readonly index: KeyLogIndex;
  readonly least: number;
  readonly most: number;
}[];

export type KeyLogLabel =
  | (typeof KEY_LOG_LABELS)[number]['label']
  | `CLIENT_TRAFFIC_SECRET_${number}`
  | `SERVER_TRAFFIC_SECRET_${number}`;

/** Code of a label in the low eight bits; above them the generation of a traffic secret (KeyUpdate count). */
export type LabelCode = number;

export const RSA_CODE: LabelCode = KEY_LOG_LABELS.findIndex(({ label }) => label === 'RSA');
export const SESSION_ID_CODE: LabelCode = KEY_LOG_LABELS.findIndex(({ label }) => label === 'RSA Session-ID');

/** The code of a label in upper case; -1 for a label of no TLS secret. */
export function codeOfLabel(text: string): LabelCode {
  const known = CODES.get(text);
  if (known !== undefined) return known;
  const numbered = /^((?:CLIENT|SERVER)_TRAFFIC_SECRET_)(\d{1,5})$/.exec(text);
  if (numbered === null) return -1;
  const generation = Number(numbered[2]);
  const base = CODES.get(`${numbered[1] ?? ''}0`);
  return base === undefined || generation > 0xffff ? -1 : base | (generation << 8);
}

/** The label of a code, with its generation. */
export function labelOfCode(code: LabelCode): string {
  const base = KEY_LOG_LABELS[code & 0xff]?.label ?? '';
  return code > 0xff ? base.replace(/0$/, String(code >>> 8)) : base;
}

const CODES: ReadonlyMap<string, LabelCode> = new Map([
  ...KEY_LOG_LABELS.map(({ label }, code): [string, number] => [label, code]),
  // Names that other writers gave the same secrets.
  ['CLIENT_TRAFFIC_SECRET', KEY_LOG_LABELS.findIndex((row) => row.label === 'CLIENT_TRAFFIC_SECRET_0')],
  ['SERVER_TRAFFIC_SECRET', KEY_LOG_LABELS.findIndex((row) => row.label === 'SERVER_TRAFFIC_SECRET_0')],
  ['EARLY_EXPORTER_MASTER_SECRET', KEY_LOG_LABELS.findIndex((row) => row.label === 'EARLY_EXPORTER_SECRET')],
  ['EXPORTER_MASTER_SECRET', KEY_LOG_LABELS.findIndex((row) => row.label === 'EXPORTER_SECRET')],
]);
