import { hostOfEndpoint } from '../../app/calls/endpoint-host.ts';

/**
 * The columns of a call's ladder: one a host. Where an address speaks with itself (several programs on one machine) each
 * of its endpoints is a column of its own.
 */
export class CallColumns {
  private readonly split = new Set<string>();
  private readonly places = new Map<string, number>();
  /** By "address:port" of media: the signalling endpoint that named it. */
  private readonly owners: ReadonlyMap<string, string>;

  constructor(pairs: readonly (readonly [string, string])[], owners: ReadonlyMap<string, string>) {
    this.owners = owners;
    for (const [one, other] of pairs) {
      const host = hostOfEndpoint(one);
      if (host === hostOfEndpoint(other)) this.split.add(host);
    }
  }

  /** The column of an endpoint, made where it is new. */
  of(endpoint: string): number {
    return this.place(this.split.has(hostOfEndpoint(endpoint)) ? endpoint : hostOfEndpoint(endpoint));
  }

  /** The column to which media of this endpoint belong. */
  ofMedia(endpoint: string): number {
    const host = hostOfEndpoint(endpoint);
    if (!this.split.has(host)) return this.place(host);
    const owner = this.owners.get(`${host}:${endpoint.slice(endpoint.lastIndexOf(':') + 1)}`);
    return owner === undefined || hostOfEndpoint(owner) !== host ? this.place(endpoint) : this.of(owner);
  }

  get hosts(): readonly string[] {
    return [...this.places.keys()];
  }

  private place(name: string): number {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    this.places.set(name, this.places.size);
    return this.places.size - 1;
  }
}
