import { hostOfEndpoint } from '../../app/calls/endpoint-host.ts';
import type { CallBook } from './call-book.ts';

/** Where and when the calls that can be read went on; made only where something is held against it. */
export class ReadCalls {
  private readonly book: CallBook;
  private byHost: Map<string, Interval[]> | null = null;

  constructor(book: CallBook) {
    this.book = book;
  }

  /** "address:port" of all media that calls named, IPv6 without brackets. */
  mediaEndpoints(): Set<string> {
    const { tracker } = this.book;
    return new Set([...tracker.mediaOwners.keys()].map((id) => tracker.strings.textOf(id)));
  }

  /** True where media are those of a call that can be read: a host in common, and begun and ended with it. */
  isBeside(hosts: ReadonlySet<string>, start: number, end: number): boolean {
    for (const host of hosts)
      for (const call of this.atHost(host)) {
        const begins = start >= call.start - 1 && start <= (call.answered ?? call.end) + TOGETHER;
        const ends = Math.abs(end - call.end) <= TOGETHER || (call.open && end >= call.end);
        if (begins && ends) return true;
      }
    return false;
  }

  isBetween(one: string, other: string, start: number, end: number): boolean {
    return this.atHost(one).some(
      (call) => call.hosts.has(other) && start <= call.end + TOGETHER && end >= call.start - TOGETHER,
    );
  }

  private atHost(host: string): readonly Interval[] {
    this.byHost ??= this.gather();
    return this.byHost.get(host) ?? [];
  }

  private gather(): Map<string, Interval[]> {
    const { book } = this;
    const { tracker } = book;
    const byHost = new Map<string, Interval[]>();
    for (const { legs } of book.groups()) {
      const hosts = new Set<string>();
      let start = Infinity;
      let end = -Infinity;
      let open = false;
      let answered: number | null = null;
      for (const leg of legs) {
        const { source, destination, state, setup } = book.describe(leg);
        hosts.add(hostOfEndpoint(source)).add(hostOfEndpoint(destination));
        const media = tracker.legs.media.read(leg);
        if (media !== 0) hosts.add(hostOfEndpoint(tracker.strings.textOf(media)));
        const began = book.relativeOf(tracker.legs.first.read(leg) - 1);
        start = Math.min(start, began);
        end = Math.max(end, book.relativeOf(tracker.legs.last.read(leg) - 1));
        if (state === 'in-call') open = true;
        if (setup !== null) answered ??= began + setup;
      }
      const interval = { hosts, start, end, open, answered };
      for (const host of hosts) {
        const list = byHost.get(host);
        if (list === undefined) byHost.set(host, [interval]);
        else if (list.length < MOST_AT_HOST) list.push(interval);
      }
    }
    return byHost;
  }
}

/** Seconds since the first frame. */
interface Interval {
  readonly hosts: ReadonlySet<string>;
  readonly start: number;
  readonly end: number;
  readonly open: boolean;
  readonly answered: number | null;
}

/** Seconds between what happens together: media and the messages that begin and end them. */
const TOGETHER = 3;
const MOST_AT_HOST = 20_000;
