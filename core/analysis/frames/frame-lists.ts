import type { FrameFilter, FrameRow, FrameWindow } from '../../api-frames.ts';
import type { RowOrder } from '../../api-order.ts';
import type { Analysis } from '../analysis.ts';
import { ListOrder, type OrderGround } from '../lists/list-order.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import { FilteredFrames } from './frame-filter.ts';
import { frameOrderKeys, READ_AGAIN } from './frame-order.ts';
import type { FrameReporter } from './frame-report.ts';

/** One list as the page asks for it. `order` null: as captured; undefined: as captured, and the order kept is left alone. */
export interface FrameListWish {
  readonly filter: FrameFilter;
  readonly order?: RowOrder<'frames'> | null | undefined;
}

/**
 * The lists of frames that a page scrolls in: by filter, and in the order that was asked for. Filters and orders go on in
 * slices. While the capture is read or opened again a list stands as captured: an order would change with every slice.
 */
export class FrameLists {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly messages: MessageIndex;
  private readonly order: ListOrder<'frames', number>;
  private filters: FilteredFrames[] = [];
  /** The list whose order is wanted. */
  private wanted: { readonly filter: FilteredFrames; readonly order: RowOrder<'frames'> } | null = null;

  constructor(analysis: Analysis, frames: FrameReporter, messages: MessageIndex) {
    this.analysis = analysis;
    this.frames = frames;
    this.messages = messages;
    this.order = new ListOrder(frameOrderKeys(analysis, frames));
  }

  window(
    wish: FrameListWish,
    from: number,
    count: number,
    rowOf: (frame: number, above: number) => FrameRow,
  ): FrameWindow {
    const list = this.listOf(wish);
    const { places, current } = this.placesOf(list, wish.order ?? null);
    const frameAt = (row: number): number => list.frameAt(places?.[row] ?? row);
    const rows: FrameRow[] = [];
    for (let row = from; row < Math.min(list.total, from + count); row += 1)
      rows.push(rowOf(frameAt(row), row === 0 ? 0 : frameAt(row - 1)));
    return {
      revision: this.frames.told,
      total: list.total,
      settled: list.settled,
      ordered: current,
      from,
      rows,
    };
  }

  /** Where a frame stands in the list; null where the filter hides it. */
  rowOf(wish: FrameListWish, frame: number): number | null {
    const list = this.listOf(wish);
    const place = list.rowOf(frame);
    const { places } = this.placesOf(list, wish.order ?? null);
    return place === null || places === null ? place : places.indexOf(place);
  }

  /** What is still to be done for a list before it is as it was asked for; null where it must wait for the capture. */
  lacks(wish: FrameListWish): boolean | null {
    const list = this.listOf(wish);
    if (!list.settled) return true;
    if (this.placesOf(list, wish.order ?? null).current) return false;
    return this.analysis.isSettled ? true : null;
  }

  /** Lets what rows tell of media, then unfinished filters, then the order, go on a little. True where there is more to do. */
  async advance(rows: number): Promise<boolean> {
    // First, since filters and orders look at what it changes.
    if (this.frames.secured.advance()) return true;
    let more = false;
    for (const list of [...this.filters]) if (await list.evaluateAhead(rows)) more = true;
    const { wanted } = this;
    if (more || wanted === null || !wanted.filter.settled || !this.analysis.isSettled) return more;
    return !this.order.advance(this.groundOf(wanted.filter, wanted.order), wanted.order);
  }

  private listOf({ filter, order }: FrameListWish): FilteredFrames {
    const key = JSON.stringify(filter);
    const known = this.filters.find((list) => JSON.stringify(list.filter) === key);
    const list = known ?? new FilteredFrames(this.analysis, this.frames, this.messages, filter);
    this.filters = [list, ...this.filters.filter((other) => other !== list)].slice(0, MOST_FILTERS);
    list.evaluate(list.slow ? FILTER_STEP / 20 : FILTER_STEP);
    if (order === null && this.wanted !== null) {
      this.wanted = null;
      this.order.letGo();
    } else if (order != null) this.wanted = { filter: list, order };
    return list;
  }

  private placesOf(
    list: FilteredFrames,
    order: RowOrder<'frames'> | null,
  ): { readonly places: Uint32Array | null; readonly current: boolean } {
    if (order === null) return { places: null, current: true };
    const found = this.order.of(this.groundOf(list, order), order);
    // Where the filter is not through its rows are others; without one, only what stands in them is out of date.
    if (found === null || !list.settled || !(found.current || list.open))
      return { places: null, current: false };
    return { places: found.places, current: found.current && this.analysis.isSettled };
  }

  private groundOf(list: FilteredFrames, { column }: RowOrder<'frames'>): OrderGround<number> {
    return {
      list: JSON.stringify(list.filter),
      stamp: String(this.frames.told),
      length: list.total,
      rowAt: (place) => list.frameAt(place),
      stride: READ_AGAIN.has(column) ? TEXTS_AT_ONCE : FRAMES_AT_ONCE,
    };
  }
}

const MOST_FILTERS = 4;
const FILTER_STEP = 4000;
/** Frames whose keys are read between two stops: where columns say it, and where the frame is read from its file again. */
const FRAMES_AT_ONCE = 50_000;
const TEXTS_AT_ONCE = 1000;
