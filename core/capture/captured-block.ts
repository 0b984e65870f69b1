import { u32be, u32le } from '../bytes/reader.ts';
import { asciiBytes, decodeLatin1, decodeText, indexOfBytes } from '../bytes/text.ts';
import type { FrameScratch } from './frame.ts';
import { EVENT_CLOCK, JOURNAL_CLOCK, splitTimestamp } from './pcapng-interface.ts';

/**
 * pcapng blocks that hold no packet and yet have a frame number, as in Wireshark since version 4.0: what a frame number
 * proves must be found there under the same number. They have link types of their own, which no registry knows.
 */
const LINKTYPE_JOURNAL_ENTRY = 0xfff0;
/** The frame begins with the vendor's number (PEN), in the byte order of its section. */
const LINKTYPE_CUSTOM_BLOCK = 0xfff1;
const LINKTYPE_SYSTEM_EVENT = 0xfff2;

/** The link type for a block of this type; -1 where it has no number. */
export function linkTypeOfBlock(blockType: number): number {
  switch (blockType) {
    case 9:
      return LINKTYPE_JOURNAL_ENTRY;
    case 0x0bad:
    case 0x40000bad:
      return LINKTYPE_CUSTOM_BLOCK;
    // Sysdig's events; its lists of processes, interfaces and users have no numbers, nor have events with flags.
    case 0x204:
    case 0x216:
    case 0x221:
      return LINKTYPE_SYSTEM_EVENT;
    default:
      return -1;
  }
}

/** True for frames that are such blocks. */
export function isBlockLinkType(linkType: number): boolean {
  return BLOCK_NAMES.has(linkType);
}

/** What such a frame is called; undefined for packets. */
export function nameOfBlock(linkType: number): string | undefined {
  return BLOCK_NAMES.get(linkType);
}

/**
 * Makes `frame` of the block whose body is bytes[from, to) of the frame's window; false where it is too short for its own
 * fields (Wireshark reads no further there). One that says no time keeps that of the frame before it.
 */
export function readBlockFrame(
  blockType: number,
  from: number,
  to: number,
  littleEndian: boolean,
  frame: FrameScratch,
): boolean {
  const linkType = linkTypeOfBlock(blockType);
  let start = from;
  let end = to;
  if (linkType === LINKTYPE_CUSTOM_BLOCK) {
    if (end - start < 4) return false;
  } else if (linkType === LINKTYPE_JOURNAL_ENTRY) {
    if (end - start < SHORTEST_JOURNAL_ENTRY) return false;
    // An entry ends with a line; what fills the block up to four bytes is not its own.
    while (end > to - 3 && frame.bytes[end - 1] === 0) end -= 1;
    takeJournalTime(frame, start, end);
  } else {
    // Processor, time, thread, length, kind; the later forms have the number of parameters.
    start += blockType === 0x204 ? 24 : 28;
    if (start > end) return false;
    takeEventTime(frame, from + 2, littleEndian);
  }
  frame.linkType = linkType;
  frame.start = start;
  frame.capturedLength = end - start;
  frame.originalLength = end - start;
  return true;
}

/** What bytes[from, to) of such a frame say, in a line. */
export function describeBlock(linkType: number, bytes: Uint8Array, from: number, to: number): string {
  if (linkType === LINKTYPE_CUSTOM_BLOCK && to - from >= 4) {
    // Which order the section has is not known here: numbers are given out from 1, so the smaller reading is meant.
    const pen = Math.min(u32le(bytes, from), u32be(bytes, from));
    return `Custom block of PEN ${pen}, ${to - from - 4} bytes`;
  }
  if (linkType === LINKTYPE_JOURNAL_ENTRY) return messageOfJournalEntry(bytes, from, to);
  return `System event, ${to - from} bytes`;
}

const BLOCK_NAMES: ReadonlyMap<number, string> = new Map([
  [LINKTYPE_JOURNAL_ENTRY, 'systemd journal entry'],
  [LINKTYPE_CUSTOM_BLOCK, 'custom block'],
  [LINKTYPE_SYSTEM_EVENT, 'system event'],
]);
const REALTIME = asciiBytes('__REALTIME_TIMESTAMP=');
const MESSAGE = asciiBytes('MESSAGE=');
const LONGEST_MESSAGE = 500;
/** It says its time and nothing else. */
const SHORTEST_JOURNAL_ENTRY = 23;

function takeJournalTime(frame: FrameScratch, from: number, to: number): void {
  const at = indexOfBytes(frame.bytes, REALTIME, from, to);
  if (at < 0) return;
  const digits = at + REALTIME.length;
  const microseconds = Number.parseInt(decodeLatin1(frame.bytes, digits, Math.min(to, digits + 16)), 10);
  if (!(microseconds >= 0)) return;
  splitTimestamp(Math.floor(microseconds / 2 ** 32), microseconds % 2 ** 32, JOURNAL_CLOCK, frame);
}

/** 64 bits of nanoseconds in the section's byte order, unlike the two halves of packets. */
function takeEventTime(frame: FrameScratch, at: number, littleEndian: boolean): void {
  const { bytes } = frame;
  if (littleEndian) splitTimestamp(u32le(bytes, at + 4), u32le(bytes, at), EVENT_CLOCK, frame);
  else splitTimestamp(u32be(bytes, at), u32be(bytes, at + 4), EVENT_CLOCK, frame);
}

/** The field MESSAGE, where it stands as text (a message with line breaks is written in another way). */
function messageOfJournalEntry(bytes: Uint8Array, from: number, to: number): string {
  let at = from;
  while (at < to) {
    const end = indexOfBytes(bytes, LINE_END, at, to);
    const line = end < 0 ? to : end;
    if (indexOfBytes(bytes, MESSAGE, at, Math.min(line, at + MESSAGE.length)) === at) {
      const text = at + MESSAGE.length;
      return `Journal: ${decodeText(bytes, text, Math.min(line, text + LONGEST_MESSAGE))}`;
    }
    at = line + 1;
  }
  return 'Journal entry';
}

const LINE_END = asciiBytes('\n');
