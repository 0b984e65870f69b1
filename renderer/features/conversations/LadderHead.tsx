import type { ReactNode } from 'react';
import type { ConversationRow } from '../../../core/api.ts';
import type { LadderFrame } from '../../model/ladder.ts';

/** The hosts above their lines. */
export function LadderHead({ row, frame }: { row: ConversationRow; frame: LadderFrame }): ReactNode {
  const half = Math.floor((frame.right - frame.left) / 2);
  return (
    <div className="ladder-head">
      <span
        className="ladder-host clip"
        style={{ left: '8px', width: `${frame.left + half - 16}px` }}
        title={row.client}
      >
        <b className="mono">{row.client}</b> client
      </span>
      <span
        className="ladder-host ladder-host-server clip"
        style={{ left: `${frame.left + half + 8}px`, width: `${frame.width - frame.left - half - 16}px` }}
        title={row.serverName === null ? row.server : `${row.server} (${row.serverName})`}
      >
        server <b className="mono">{row.server}</b>
      </span>
    </div>
  );
}
