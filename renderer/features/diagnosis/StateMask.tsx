import type { ReactNode } from 'react';
import type { WhyPanel } from '../../../core/api.ts';
import { STATE_FLAGS } from '../../../core/verdict.ts';
import { formatMask } from '../../model/format.ts';
import { Icon } from '../../ui/Icon.tsx';

/** Bits that only one of Wireshark's generations prints. */
const ONLY_NEW = STATE_FLAGS.ENCRYPT_THEN_MAC | STATE_FLAGS.SEEN_0RTT_APPDATA;
const ONLY_OLD = STATE_FLAGS.SERVER_HELLO_DONE;

/** Wireshark's state mask: as each generation prints it, and bit by bit in words. */
export function StateMask({
  state,
  withoutDecoder,
}: {
  state: NonNullable<WhyPanel['state']>;
  /** The record is encrypted and there are no keys to open it. */
  withoutDecoder: boolean;
}): ReactNode {
  return (
    <div className="state-mask">
      <dl className="state-prints">
        <dt>Wireshark 2.2 prints</dt>
        <dd className="mono">{formatMask(state.mask & ~ONLY_NEW)}</dd>
        <dt>Wireshark 3 and 4 print</dt>
        <dd className="mono">{formatMask(state.mask & ~ONLY_OLD)}</dd>
        {withoutDecoder ? (
          <>
            <dt>Its debug log says</dt>
            <dd className="mono">no decoder available</dd>
          </>
        ) : null}
      </dl>
      <table className="state-bits">
        <caption className="unseen">The bits of the state mask</caption>
        <thead className="unseen">
          <tr>
            <th scope="col">Set</th>
            <th scope="col">Value</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {state.bits.map(({ flag, value, set, meaning }) => (
            <tr key={flag} className={set ? 'bit-set' : 'bit-unset'} title={flag}>
              <td>
                <Icon name={set ? 'check' : 'minus'} size={12} label={set ? 'set' : 'not set'} />
              </td>
              <td className="mono">{`0x${value.toString(16).toUpperCase().padStart(3, '0')}`}</td>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
