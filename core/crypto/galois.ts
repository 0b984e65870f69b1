/** Arithmetic in GF(2^8), out of which several ciphers make their S-boxes. */

/** x to the n-th modulo `polynomial` (nine bits). */
export function powerInField(x: number, n: number, polynomial: number): number {
  let result = 1;
  let square = x;
  for (let bits = n; bits > 0; bits >>>= 1) {
    if (bits & 1) result = multiplyInField(result, square, polynomial);
    square = multiplyInField(square, square, polynomial);
  }
  return result;
}

/** The sum of `constant` and of the columns whose bit is set in `value`, the lowest bit's first. */
export function affineInField(columns: readonly number[], constant: number, value: number): number {
  return columns.reduce((sum, column, bit) => ((value >>> bit) & 1 ? sum ^ column : sum), constant);
}

function multiplyInField(a: number, b: number, polynomial: number): number {
  let product = 0;
  let shifted = a;
  for (let bits = b; bits > 0; bits >>>= 1) {
    if (bits & 1) product ^= shifted;
    shifted = (shifted << 1) ^ (shifted & 0x80 ? polynomial : 0);
  }
  return product;
}
