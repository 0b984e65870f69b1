/** Scenarios for SIPp, each a caller and a called side, as steps: what is sent, what is awaited, how long is waited. */
export type SippStep =
  | { readonly send: string; readonly retransmit?: number; readonly toTag?: string; readonly cseq?: string }
  | { readonly receive: string; readonly optional?: boolean }
  | { readonly pause: number };

export interface SippScenario {
  readonly name: string;
  readonly caller: readonly SippStep[];
  readonly called: readonly SippStep[];
}

const INVITE: SippStep = { send: 'INVITE' };
const BYE: SippStep = { send: 'BYE', cseq: '2' };

export const SIPP_SCENARIOS: readonly SippScenario[] = [
  {
    name: 'cancelled',
    caller: [
      INVITE,
      { receive: '180' },
      { pause: 200 },
      { send: 'CANCEL' },
      { receive: '200' },
      { receive: '487' },
      { send: 'ACK' },
    ],
    called: [
      { receive: 'INVITE' },
      { send: '180', toTag: 'b' },
      { receive: 'CANCEL' },
      { send: '200', toTag: 'b' },
      { send: '487', toTag: 'b', cseq: '1 INVITE' },
      { receive: 'ACK' },
    ],
  },
  {
    name: 'answer crosses CANCEL',
    caller: [
      INVITE,
      { receive: '180' },
      { receive: '200' },
      { send: 'CANCEL' },
      { receive: '481' },
      { send: 'ACK-2xx' },
      BYE,
      { receive: '200' },
    ],
    called: [
      { receive: 'INVITE' },
      { send: '180', toTag: 'b' },
      { send: '200', toTag: 'b' },
      { receive: 'CANCEL' },
      { send: '481', toTag: 'b' },
      { receive: 'ACK' },
      { receive: 'BYE' },
      { send: '200', toTag: 'b' },
    ],
  },
  {
    name: 'ACK never sent',
    caller: [
      INVITE,
      { receive: '180' },
      { receive: '200' },
      { pause: 1800 },
      BYE,
      { receive: '200', optional: false },
    ],
    called: [
      { receive: 'INVITE' },
      { send: '180', toTag: 'b' },
      { send: '200', toTag: 'b', retransmit: 500 },
      { receive: 'BYE' },
      { send: '200', toTag: 'b' },
    ],
  },
  {
    name: 're-INVITE',
    caller: [
      INVITE,
      { receive: '180' },
      { receive: '200' },
      { send: 'ACK-2xx' },
      { pause: 100 },
      { send: 'INVITE', cseq: '2', toTag: 'b' },
      { receive: '200' },
      { send: 'ACK-2xx', cseq: '2' },
      { send: 'BYE', cseq: '3' },
      { receive: '200' },
    ],
    called: [
      { receive: 'INVITE' },
      { send: '180', toTag: 'b' },
      { send: '200', toTag: 'b' },
      { receive: 'ACK' },
      { receive: 'INVITE' },
      { send: '200' },
      { receive: 'ACK' },
      { receive: 'BYE' },
      { send: '200' },
    ],
  },
  {
    name: 'fork',
    caller: [
      INVITE,
      { receive: '180' },
      { receive: '183' },
      { receive: '200' },
      { send: 'ACK-2xx' },
      BYE,
      { receive: '200' },
    ],
    called: [
      { receive: 'INVITE' },
      { send: '180', toTag: 'c' },
      { send: '183', toTag: 'b' },
      { send: '200', toTag: 'b' },
      { receive: 'ACK' },
      { receive: 'BYE' },
      { send: '200', toTag: 'b' },
    ],
  },
];

/** The scenario file of one side. */
export function sippXml(steps: readonly SippStep[]): string {
  const lines = steps.map((step) => {
    if ('pause' in step) return `<pause milliseconds="${step.pause}"/>`;
    if ('receive' in step) {
      const what = /^\d/.test(step.receive) ? 'response' : 'request';
      return `<recv ${what}="${step.receive}" crlf="true" ${step.optional === true ? 'optional="true"' : ''}/>`;
    }
    const retransmit = step.retransmit === undefined ? '' : ` retrans="${step.retransmit}"`;
    return `<send${retransmit}><![CDATA[\n${/^\d/.test(step.send) ? response(step) : request(step)}\n]]></send>`;
  });
  return `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="test">\n${lines.join('\n')}\n</scenario>\n`;
}

type Sent = Extract<SippStep, { readonly send: string }>;

function request({ send, cseq = '1', toTag }: Sent): string {
  const [method = '', to2xx] = send.split('-');
  const inDialog = method === 'BYE' || to2xx !== undefined || toTag !== undefined;
  const ownBranch = method !== 'CANCEL' && send !== 'ACK';
  const tag = inDialog || method === 'ACK' ? ';tag=b' : '';
  return [
    `${method} sip:bob@[remote_ip]:[remote_port] SIP/2.0`,
    `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=${ownBranch && method !== 'INVITE' ? '[branch]' : `z9hG4bK-[call_id]-${cseq}`}`,
    'From: <sip:alice@[local_ip]:[local_port]>;tag=a',
    `To: <sip:bob@[remote_ip]:[remote_port]>${tag}`,
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ${method}`,
    'Contact: <sip:alice@[local_ip]:[local_port]>',
    'Max-Forwards: 70',
    'Content-Length: 0',
    '',
  ].join('\n');
}

function response({ send, toTag, cseq }: Sent): string {
  return [
    `SIP/2.0 ${send} Reason`,
    '[last_Via:]',
    '[last_From:]',
    `[last_To:]${toTag === undefined ? '' : `;tag=${toTag}`}`,
    '[last_Call-ID:]',
    cseq === undefined ? '[last_CSeq:]' : `CSeq: ${cseq}`,
    'Contact: <sip:bob@[local_ip]:[local_port]>',
    'Content-Length: 0',
    '',
  ].join('\n');
}
