/** Which rows of a list a filter lets through: looked through in steps, and kept until the list or the filter changes. */
export class PassedRows {
  private key = '';
  private found: number[] = [];
  private done = 0;

  /** Places of the rows that pass, as far as they are known. */
  get places(): readonly number[] {
    return this.found;
  }

  /** Looks through at most so many more rows; true where all were. `key` names the filter and the state of the list. */
  advance(key: string, length: number, most: number, passes: (place: number) => boolean): boolean {
    if (this.key !== key) {
      this.key = key;
      this.found = [];
      this.done = 0;
    }
    const end = Math.min(length, this.done + most);
    for (; this.done < end; this.done += 1) if (passes(this.done)) this.found.push(this.done);
    return this.done === length;
  }

  forget(): void {
    this.key = '';
    this.found = [];
    this.done = 0;
  }
}
