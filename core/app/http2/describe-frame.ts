import type { Http2Frame } from '../events.ts';
import { http2FrameName } from './frame-names.ts';

/** For a list, as Wireshark has it: "HEADERS[1]: GET /calls", "HEADERS[1]: 200", "DATA[1]". */
export function describeHttp2Frame(frame: Pick<Http2Frame, 'type' | 'stream' | 'fields'>): string {
  const name = http2FrameName(frame.type);
  if (name === 'Magic') return name;
  const label = `${name}[${frame.stream}]`;
  const valueOf = (wanted: string): string | undefined =>
    frame.fields?.find((field) => field.name === wanted)?.value;
  const status = valueOf(':status');
  if (status !== undefined) return `${label}: ${status}`;
  const method = valueOf(':method');
  if (method === undefined) return label;
  return `${label}: ${method} ${valueOf(':path') ?? valueOf(':authority') ?? ''}`.trimEnd();
}
