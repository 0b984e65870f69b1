/** How one row's outcome is written into the results. */
import { OPEN_OK, type OpenResults } from './batch.ts';
import { innerContentLength } from './record-header.ts';
import { TLS12_CID } from '../tables/content-types.ts';

/** Nothing came of the row. */
export function refuseRow(results: OpenResults, row: number, status: number, type: number): void {
  results.status[row] = status;
  results.types[row] = type;
  results.offsets[row] = 0;
  results.lengths[row] = 0;
  results.readable[row] = 0;
}

/**
 * The row's plaintext is output[offset, offset + length). With connection ids (`type` 25) and in TLS 1.3 (`inner`) the
 * real type stands behind the content, then zeros; both are taken off.
 */
export function deliverRow(
  results: OpenResults,
  row: number,
  status: number,
  type: number,
  inner: boolean,
  offset: number,
  length: number,
): void {
  let content = length;
  let realType = type;
  if (inner || type === TLS12_CID) {
    content = innerContentLength(results.output, offset, offset + length);
    // Only zeros: authentic, but no record that a sound peer sends. Delivered as empty, of type 0.
    realType = content < 0 ? 0 : results.output[offset + content]!;
    content = Math.max(content, 0);
  }
  results.status[row] = status;
  results.types[row] = realType;
  results.offsets[row] = offset;
  results.lengths[row] = content;
  results.readable[row] = status === OPEN_OK ? 0 : 1;
}
