import type { OrderColumn, OrderedList, RowOrder } from '../../api-order.ts';
import type { Steps } from '../../export/steps.ts';
import { type OrderKey, orderRows } from './order-rows.ts';

/** By column, what its rows are ordered by: the deciding key first. */
export type OrderKeys<L extends OrderedList, Row> = {
  readonly [C in OrderColumn<L>]: readonly ((row: Row) => OrderKey)[];
};

/** A list as it stands, to be ordered. */
export interface OrderGround<Row> {
  /** Which list: its filter, and whatever else makes places mean other rows. */
  readonly list: string;
  /** Which state of it: where only values have changed, the order that was made before serves until the next one is. */
  readonly stamp: string;
  readonly length: number;
  readonly rowAt: (place: number) => Row;
  readonly stride: number;
}

/** Keeps the order in which a list was asked for last: 4 bytes a row, none where it stands as captured. */
export class ListOrder<L extends OrderedList, Row> {
  private readonly keys: OrderKeys<L, Row>;
  private made: Named | null = null;
  private making: (Named & { readonly steps: Steps<Uint32Array> }) | null = null;

  constructor(keys: OrderKeys<L, Row>) {
    this.keys = keys;
  }

  /** Does a part of what is missing; true where nothing is. */
  advance(ground: OrderGround<Row>, order: RowOrder<L>): boolean {
    const name = nameOf(ground, order);
    if (isSame(this.made, name, ground.stamp)) return true;
    if (!isSame(this.making, name, ground.stamp)) {
      const { length, rowAt, stride, stamp } = ground;
      const keys = this.keys[order.column];
      const steps = orderRows({ length, rowAt, keys, descending: order.descending, stride });
      this.making = { name, stamp, places: NO_PLACES, steps };
    }
    const { making } = this;
    if (making === null) return false;
    const { done, value } = making.steps.next();
    if (done !== true) return false;
    this.made = { name, stamp: ground.stamp, places: value };
    this.making = null;
    return true;
  }

  /** The place of each row in the list as captured, and whether it is of this very state; null before it was made. */
  of(
    ground: Pick<OrderGround<Row>, 'list' | 'stamp' | 'length'>,
    order: RowOrder<L>,
  ): { readonly places: Uint32Array; readonly current: boolean } | null {
    const { made } = this;
    if (made === null || made.name !== nameOf(ground, order) || made.places.length !== ground.length)
      return null;
    return { places: made.places, current: made.stamp === ground.stamp };
  }

  /** A part of the list in its order; as captured as long as the order is not made. */
  window(
    ground: OrderGround<Row>,
    order: RowOrder<L> | null | undefined,
    from: number,
    count: number,
  ): { readonly total: number; readonly ordered: boolean; readonly from: number; readonly rows: Row[] } {
    if (order === null) this.letGo();
    const { places, ordered } = this.placesOf(ground, order);
    const rows: Row[] = [];
    for (let row = from; row < Math.min(ground.length, from + count); row += 1)
      rows.push(ground.rowAt(places?.[row] ?? row));
    return { total: ground.length, ordered, from, rows };
  }

  /** The row at which what has this place in the list as captured stands; null where it is not in it. */
  rowOf(ground: OrderGround<Row>, order: RowOrder<L> | null | undefined, place: number): number | null {
    if (place < 0) return null;
    const { places } = this.placesOf(ground, order);
    return places === null ? place : places.indexOf(place);
  }

  private placesOf(
    ground: OrderGround<Row>,
    order: RowOrder<L> | null | undefined,
  ): { readonly places: Uint32Array | null; readonly ordered: boolean } {
    if (order == null) return { places: null, ordered: true };
    const found = this.of(ground, order);
    return found?.current === true
      ? { places: found.places, ordered: true }
      : { places: null, ordered: false };
  }

  letGo(): void {
    this.made = null;
    this.making = null;
  }
}

interface Named {
  readonly name: string;
  readonly stamp: string;
  readonly places: Uint32Array;
}

function nameOf<L extends OrderedList>({ list }: { readonly list: string }, order: RowOrder<L>): string {
  return `${order.column} ${order.descending ? 'down' : 'up'} ${list}`;
}

function isSame(known: Named | null, name: string, stamp: string): boolean {
  return known !== null && known.name === name && known.stamp === stamp;
}

const NO_PLACES = new Uint32Array(0);
