import { useEffect, useMemo, useState } from 'react';
import type { FrameDetail } from '../../../core/api.ts';
import { bytesOfBase64 } from '../../model/bytes.ts';
import { messageOf } from '../../model/page-api.ts';
import { useApp } from '../use-app.ts';

export type PlaintextState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly bytes: Uint8Array; readonly authenticated: boolean }
  | { readonly kind: 'failed'; readonly message: string };

export function useFrameBytes(detail: FrameDetail): Uint8Array {
  return useMemo(() => bytesOfBase64(detail.bytes), [detail]);
}

/** The plaintext of a record, asked for when it is first shown; not kept once another record is. */
export function usePlaintext(record: number | null): PlaintextState {
  const { api } = useApp();
  const [answer, setAnswer] = useState<{ record: number; state: PlaintextState } | null>(null);
  useEffect(() => {
    if (record === null) return undefined;
    let current = true;
    api.request('record.plaintext', { record }).then(
      ({ bytes, authenticated }) => {
        if (!current) return;
        setAnswer({ record, state: { kind: 'ready', bytes: bytesOfBase64(bytes), authenticated } });
      },
      (error: unknown) => {
        if (current) setAnswer({ record, state: { kind: 'failed', message: messageOf(error) } });
      },
    );
    return () => {
      current = false;
    };
  }, [api, record]);
  return answer !== null && answer.record === record ? answer.state : { kind: 'loading' };
}
