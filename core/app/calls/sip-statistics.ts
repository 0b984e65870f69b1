import type { CallTracker } from './call-tracker.ts';
import { METHOD_ACK, METHODS } from './call-tables.ts';
import { secondsBetween } from './describe-leg.ts';

/** Counts and response times of the transactions of one method. */
export interface MethodStatistics {
  /** Empty for methods that are not in the registry. */
  readonly method: string;
  readonly requests: number;
  readonly retransmissions: number;
  readonly unanswered: number;
  /** Final responses by status. */
  readonly finals: ReadonlyMap<number, number>;
  /** Seconds from the request to its final response; null without any. */
  readonly median: number | null;
  readonly percentile95: number | null;
  readonly largest: number | null;
}

/** By method, the most frequent first. */
export function sipStatistics(tracker: CallTracker): MethodStatistics[] {
  const { transactions } = tracker;
  const found: Gathering[] = METHODS.map(() => ({
    requests: 0,
    repeated: 0,
    unanswered: 0,
    finals: new Map(),
    times: [],
  }));
  for (let row = 0; row < transactions.length; row++) {
    const gathering = found[transactions.method.read(row)];
    const request = transactions.request.read(row) - 1;
    if (gathering === undefined) continue;
    if (request >= 0) gathering.requests++;
    gathering.repeated += transactions.requestRetransmissions.read(row);
    const status = transactions.finalStatus.read(row);
    if (status === 0) {
      if (request >= 0) gathering.unanswered++;
      continue;
    }
    gathering.finals.set(status, (gathering.finals.get(status) ?? 0) + 1);
    const time = secondsBetween(tracker, request, transactions.final.read(row) - 1);
    if (time !== null) gathering.times.push(time);
  }
  return found
    .map((gathering, code) => summarise(METHODS[code] ?? '', code === METHOD_ACK, gathering))
    .filter((one) => one.requests > 0 || one.finals.size > 0)
    .sort((a, b) => b.requests - a.requests);
}

interface Gathering {
  requests: number;
  repeated: number;
  unanswered: number;
  readonly finals: Map<number, number>;
  readonly times: number[];
}

function summarise(method: string, isAck: boolean, gathering: Gathering): MethodStatistics {
  const times = Float64Array.from(gathering.times).sort();
  const at = (part: number): number | null =>
    times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? null;
  return {
    method,
    requests: gathering.requests,
    retransmissions: gathering.repeated,
    unanswered: isAck ? 0 : gathering.unanswered,
    finals: new Map([...gathering.finals].sort(([a], [b]) => a - b)),
    median: at(0.5),
    percentile95: at(0.95),
    largest: times.at(-1) ?? null,
  };
}
