/**
 * Work that can stop: it yields between its parts, so that others may have the thread, and returns what it made. What is
 * made piece by piece stops by an empty piece.
 */
export type Steps<T> = Generator<undefined, T>;

/** The work in one go. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** As a part of what is made piece by piece. */
export function* withEmptyPieces<T>(steps: Steps<T>): Generator<Uint8Array, T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    yield STOP;
  }
}

export const STOP: Uint8Array = new Uint8Array(0);
