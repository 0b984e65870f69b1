/** One that holds bytes which cannot be delivered yet, and can let go of some. */
export interface BytesHolder {
  /** Gives up the hole that the oldest held bytes wait for, so that they are delivered. */
  giveUpOldestHole(): void;
  /** The lowest frame that brought bytes of it. */
  readonly oldestHeldFrame: number;
}

const MEBIBYTE = 1 << 20;

/** Bounds what all streams of a capture hold together. The stream that waits longest lets go first. */
export class ReassemblyBudget {
  readonly limit: number;
  readonly limitPerDirection: number;
  #used = 0;
  /** In order of the time since which they hold. */
  readonly #holders = new Set<BytesHolder>();

  constructor(limit = 256 * MEBIBYTE, limitPerDirection = 4 * MEBIBYTE) {
    this.limit = limit;
    this.limitPerDirection = limitPerDirection;
  }

  /** Bytes held by all, bookkeeping included. */
  get used(): number {
    return this.#used;
  }

  /** `holder` held `before` bytes and holds `after` now. */
  change(holder: BytesHolder, before: number, after: number): void {
    this.#used += after - before;
    if (after === 0) this.#holders.delete(holder);
    else if (before === 0) this.#holders.add(holder);
  }

  /** The lowest frame that brought bytes which anyone holds; Infinity where nobody does. */
  get oldestHeldFrame(): number {
    let oldest = Infinity;
    for (const holder of this.#holders) oldest = Math.min(oldest, holder.oldestHeldFrame);
    return oldest;
  }

  /** Makes holders let go until the limit is kept again. Their sinks are called. */
  relieve(): void {
    while (this.#used > this.limit) {
      const [oldest] = this.#holders;
      if (oldest === undefined) return;
      // Should it hold more behind another hole, the next in line lets go before it does again.
      this.#holders.delete(oldest);
      this.#holders.add(oldest);
      oldest.giveUpOldestHole();
    }
  }
}
