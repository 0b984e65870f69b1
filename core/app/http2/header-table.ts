/** The table that HPACK's indices point into: the static part and the one that grows (RFC 7541 §2.3). */

export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** RFC 7541 Appendix A, from index 1 on: name, and value behind a blank. */
const STATIC: readonly HeaderField[] = [
  ':authority',
  ':method GET',
  ':method POST',
  ':path /',
  ':path /index.html',
  ':scheme http',
  ':scheme https',
  ':status 200',
  ':status 204',
  ':status 206',
  ':status 304',
  ':status 400',
  ':status 404',
  ':status 500',
  'accept-charset',
  'accept-encoding gzip, deflate',
  'accept-language',
  'accept-ranges',
  'accept',
  'access-control-allow-origin',
  'age',
  'allow',
  'authorization',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'etag',
  'expect',
  'expires',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'link',
  'location',
  'max-forwards',
  'proxy-authenticate',
  'proxy-authorization',
  'range',
  'referer',
  'refresh',
  'retry-after',
  'server',
  'set-cookie',
  'strict-transport-security',
  'transfer-encoding',
  'user-agent',
  'vary',
  'via',
  'www-authenticate',
].map((row) => {
  const blank = row.indexOf(' ');
  return blank < 0 ? { name: row, value: '' } : { name: row.slice(0, blank), value: row.slice(blank + 1) };
});

/** What an index points at that nobody can know. The name is the sentence that says so. */
export type UnknownReason = keyof typeof UNKNOWN;
const UNKNOWN = {
  start: { name: "(unknown, the table's entry was sent before the capture)", value: '' },
  loss: { name: "(unknown, the table's entry stood before lost bytes)", value: '' },
  fault: { name: "(unknown, the table's entry stood before a header block that cannot be read)", value: '' },
} as const satisfies Readonly<Record<string, HeaderField>>;

/** A sender that asks for a larger table is not followed. */
export const TABLE_LIMIT = 1 << 20;
const FIRST_LIMIT = 4096;
/** What an entry counts beside its bytes (RFC 7541 §4.1). */
const ENTRY_COST = 32;

/** Both parts, as one direction's header blocks have made them. */
export class HeaderTable {
  /** Oldest first, from `#oldest` on. */
  #entries: { readonly field: HeaderField; readonly size: number }[] = [];
  #oldest = 0;
  #size = 0;
  #limit = FIRST_LIMIT;
  #unknown: UnknownReason | null = null;

  /** Entries may stand in the sender's table that are not here: indices behind those that are here point at them. */
  forget(reason: UnknownReason): void {
    this.#entries = [];
    this.#oldest = this.#size = 0;
    // How large the sender's table is nobody knows any more. What it dropped it does not point at.
    this.#limit = TABLE_LIMIT;
    this.#unknown = reason;
  }

  /** null where the index names nothing. */
  at(index: number): HeaderField | null {
    if (index < 1) return null;
    if (index <= STATIC.length) return STATIC[index - 1] ?? null;
    const place = this.#entries.length - (index - STATIC.length);
    if (place >= this.#oldest) return this.#entries[place]?.field ?? null;
    return this.#unknown === null ? null : UNKNOWN[this.#unknown];
  }

  /** `bytes`: of name and value, as sent. */
  add(field: HeaderField, bytes: number): void {
    const size = bytes + ENTRY_COST;
    this.#entries.push({ field, size });
    this.#size += size;
    this.#evict();
  }

  /** RFC 7541 §4.3. False where the size is beyond what is kept. */
  resize(limit: number): boolean {
    if (limit > TABLE_LIMIT) return false;
    this.#limit = limit;
    // A table of no size holds nothing that is not known.
    if (limit === 0) this.#unknown = null;
    this.#evict();
    return true;
  }

  #evict(): void {
    while (this.#size > this.#limit) {
      this.#size -= this.#entries[this.#oldest]!.size;
      this.#oldest += 1;
    }
    if (this.#oldest < 64 || this.#oldest * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#oldest);
    this.#oldest = 0;
  }
}
