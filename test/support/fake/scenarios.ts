import { CAUSE_IDS, type CauseId, type ConversationVerdictId } from '../../../core/verdict.ts';

/** What a made-up conversation is, without and with the made-up key. */
export interface Scenario {
  readonly name: string;
  readonly protocol: 'TLS' | 'SIP' | 'RTP' | 'TCP';
  readonly version: string | null;
  readonly suite: string | null;
  readonly keyExchange: string | null;
  /** Without any key, and with the key of pbx.example.com. */
  readonly cause: CauseId | null;
  readonly causeWithKey: CauseId | null;
  readonly verdict: ConversationVerdictId;
  readonly verdictWithKey: ConversationVerdictId;
  readonly midStream: boolean;
}

/** Every cause, every verdict; the commonest come often. */
export const SCENARIOS: readonly Scenario[] = [
  midStream(),
  rsa(),
  rsa(),
  ecdhe(),
  rsa(),
  tls13(),
  failed(),
  plainSip(),
  rtp(),
  rsa(),
  ...CAUSE_IDS.filter((cause) => cause !== 'no-key').map(withCause),
  nullSuite(),
];

function rsa(): Scenario {
  return {
    name: 'rsa',
    protocol: 'TLS',
    version: 'TLS 1.2',
    suite: 'TLS_RSA_WITH_AES_256_CBC_SHA',
    keyExchange: 'RSA',
    cause: 'no-key',
    causeWithKey: null,
    verdict: 'opaque',
    verdictWithKey: 'decrypted',
    midStream: false,
  };
}

function midStream(): Scenario {
  return {
    ...rsa(),
    name: 'mid-stream',
    version: 'TLS 1.2',
    suite: null,
    keyExchange: null,
    cause: 'handshake-not-captured',
    causeWithKey: 'handshake-not-captured',
    verdictWithKey: 'opaque',
    midStream: true,
  };
}

function ecdhe(): Scenario {
  return {
    ...rsa(),
    name: 'ecdhe',
    suite: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
    keyExchange: 'ECDHE-RSA',
    cause: 'forward-secrecy',
    causeWithKey: 'forward-secrecy',
    verdictWithKey: 'opaque',
  };
}

function tls13(): Scenario {
  return {
    ...ecdhe(),
    name: 'tls13',
    version: 'TLS 1.3',
    suite: 'TLS_AES_256_GCM_SHA384',
    keyExchange: 'ECDHE',
    cause: 'tls13-needs-keylog',
    causeWithKey: 'tls13-needs-keylog',
  };
}

function failed(): Scenario {
  return {
    ...rsa(),
    name: 'failed',
    cause: null,
    causeWithKey: null,
    verdict: 'handshake-failed',
    verdictWithKey: 'handshake-failed',
  };
}

function plainSip(): Scenario {
  return { ...clearOf('SIP'), name: 'plain-sip', verdict: 'not-tls', verdictWithKey: 'not-tls' };
}

function rtp(): Scenario {
  return { ...clearOf('RTP'), name: 'rtp', verdict: 'not-tls', verdictWithKey: 'not-tls' };
}

function nullSuite(): Scenario {
  return { ...clearOf('TLS'), name: 'null', version: 'TLS 1.2', suite: 'TLS_RSA_WITH_NULL_SHA256' };
}

function clearOf(protocol: Scenario['protocol']): Scenario {
  return {
    name: 'clear',
    protocol,
    version: null,
    suite: null,
    keyExchange: null,
    cause: null,
    causeWithKey: null,
    verdict: 'clear',
    verdictWithKey: 'clear',
    midStream: false,
  };
}

function withCause(cause: CauseId): Scenario {
  const some = cause === 'mac-mismatch' || cause === 'tag-mismatch' || cause === 'gap-in-stream';
  return {
    ...rsa(),
    name: cause,
    cause: some ? 'no-key' : cause,
    causeWithKey: cause,
    verdictWithKey: some ? 'partly-decrypted' : 'opaque',
    midStream: cause === 'handshake-not-captured',
  };
}
