import type { WhyPanel } from '../../api.ts';
import { STATE_FLAGS, type StateFlag } from '../../verdict.ts';

/** Wireshark's `ssl state` of a record, bit by bit. */
export function describeState(mask: number): NonNullable<WhyPanel['state']> {
  const flags = Object.entries(STATE_FLAGS);
  return {
    mask,
    bits: flags.map(([name, value]) => ({
      flag: flagNamed(name),
      value,
      set: (mask & value) !== 0,
      meaning: MEANING_OF_FLAG[flagNamed(name)],
    })),
  };
}

function flagNamed(name: string): StateFlag {
  let flag: StateFlag;
  for (flag in STATE_FLAGS) if (flag === name) return flag;
  return 'VERSION';
}

const MEANING_OF_FLAG = {
  CLIENT_RANDOM: 'the Client Hello was seen',
  SERVER_RANDOM: 'the Server Hello was seen',
  CIPHER: 'the cipher suite is known',
  HAVE_SESSION_KEY: 'the key block was made (never for TLS 1.3)',
  VERSION: 'the version is known',
  MASTER_SECRET: 'the master secret is known',
  PRE_MASTER_SECRET: 'the pre-master secret is known, the master secret not yet',
  CLIENT_EXTENDED_MASTER_SECRET: 'the client offers the extended master secret',
  SERVER_EXTENDED_MASTER_SECRET: 'the server agrees to the extended master secret',
  SERVER_HELLO_DONE: 'the Server Hello Done was seen (shown by Wireshark 2.x only)',
  NEW_SESSION_TICKET: 'the server issued a session ticket',
  ENCRYPT_THEN_MAC: 'encrypt-then-MAC was agreed (shown by Wireshark 3 and later)',
  SEEN_0RTT_APPDATA: 'early data (0-RTT) was seen',
} as const satisfies Readonly<Record<StateFlag, string>>;
