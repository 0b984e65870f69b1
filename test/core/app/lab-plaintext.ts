import { readFileSync } from 'node:fs';

/** What the endpoints of a lab capture said inside TLS, record by record (test/vectors/app). */
export interface LabPlaintext {
  readonly sipStartLines: readonly string[];
  readonly conversations: readonly LabConversation[];
}

export interface LabConversation {
  readonly client: string;
  readonly server: string;
  readonly records: readonly LabRecord[];
}

export interface LabRecord {
  readonly frame: number;
  readonly from: 0 | 1;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
}

interface Stored {
  readonly sipStartLines: string[];
  readonly conversations: {
    client: string;
    server: string;
    records: { frame: number; from: 0 | 1; time: string; data: string }[];
  }[];
}

export const LAB_PLAINTEXTS = [
  '01-calls-tls10-aes256-sha',
  '01-sipp-stunnel-aes128-gcm',
  '10-large-records-gcm',
  '13-baresip-rtp-plain',
  '13-baresip-srtp-sdes',
  '13-crlf-pingpong',
  '13-many-sip-in-one-record-and-one-sip-over-many-records',
  '13-message-utf8',
  '13-sip-over-wss',
] as const;

export function labPlaintext(name: (typeof LAB_PLAINTEXTS)[number]): LabPlaintext {
  const file = new URL(`../../vectors/app/${name}.json`, import.meta.url);
  const stored: Stored = JSON.parse(readFileSync(file, 'utf8'));
  return {
    sipStartLines: stored.sipStartLines,
    conversations: stored.conversations.map(({ client, server, records }) => ({
      client,
      server,
      records: records.map(({ frame, from, time, data }) => {
        const [seconds = '0', fraction = ''] = time.split('.');
        const bytes = new Uint8Array(Buffer.from(data, 'base64'));
        return { frame, from, seconds: Number(seconds), nanoseconds: Number(fraction.padEnd(9, '0')), bytes };
      }),
    })),
  };
}

/** The records of all conversations in order of their frames. */
export function labRecordsInOrder(lab: LabPlaintext): (LabRecord & { readonly conversation: number })[] {
  return lab.conversations
    .flatMap(({ records }, conversation) => records.map((record) => ({ ...record, conversation })))
    .sort((a, b) => a.frame - b.frame);
}
