/**
 * Bytes that must not be seen: passwords, pre-shared keys, private parts. Whatever prints, joins, logs or serialises a
 * Secret gets "[secret]"; the bytes come out through `revealed` alone. Structured cloning drops them: a secret crosses
 * to a worker only where someone reveals it on purpose.
 */
export class Secret {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  static reveal(secret: Secret): Uint8Array {
    return secret.#bytes;
  }

  toString(): string {
    return PRINTED;
  }

  toJSON(): string {
    return PRINTED;
  }

  [Symbol.toPrimitive](): string {
    return PRINTED;
  }

  get [Symbol.toStringTag](): string {
    return PRINTED;
  }

  /** What Node's and Electron's consoles call. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return PRINTED;
  }
}

/** The bytes themselves, not a copy. */
export function revealed(secret: Secret): Uint8Array {
  return Secret.reveal(secret);
}

const PRINTED = '[secret]';
