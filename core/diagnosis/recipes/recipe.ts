/** What an administrator may want to do before the next capture. */
export type RecipeTopic =
  | 'log-secrets'
  | 'force-rsa'
  | 'no-resumption'
  | 'break-connection'
  | 'trust-store'
  | 'export-key'
  | 'capture';

/** A recipe that was followed step by step on a loopback network, and what came of it. */
export interface Trial {
  /** "5.6.3", or several versions. */
  readonly version: string;
  readonly seen: string;
}

/** How one thing is done with one product: data, with where it is written and for which version it holds. */
export interface Recipe {
  readonly topic: RecipeTopic;
  /** One or two sentences, to stand after "In Kamailio: ". */
  readonly text: string;
  /** Of a trust store: where it is, in a few words. */
  readonly place?: string;
  /** Where it is documented. */
  readonly source: string;
  /** The version of the product that the source speaks of. */
  readonly version: string;
  /** Absent where it is only known from its source. */
  readonly tried?: Trial;
}

export interface Product {
  readonly id: string;
  readonly name: string;
  /** Seen in User-Agent or Server headers. */
  readonly header: RegExp | null;
  /** Seen in the subject of a certificate that it shows, or in the server name that is asked for. */
  readonly subject: RegExp | null;
  readonly recipes: readonly Recipe[];
}
