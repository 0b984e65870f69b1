/** UTCTime and GeneralizedTime (RFC 5280 §4.1.2.5), with the laxer forms that old certificates carry. */
import { decodeLatin1 } from '../bytes/text.ts';
import type { DerElement } from './der.ts';
import { contentOf, DER, isUniversal } from './der.ts';

export interface CertificateTime {
  /** ISO 8601 in UTC: "2027-01-31T23:59:59Z". */
  readonly text: string;
  /** Seconds since 1970-01-01 UTC; negative before. */
  readonly seconds: number;
}

/** Decodes either form; null where the element is none or names no moment. */
export function decodeTime(element: DerElement | undefined): CertificateTime | null {
  const short = isUniversal(element, DER.utcTime);
  if (element === undefined || (!short && !isUniversal(element, DER.generalizedTime))) return null;
  const content = contentOf(element);
  if (content.length > 32) return null;
  const found = (short ? SHORT : LONG).exec(decodeLatin1(content));
  if (found === null) return null;
  const [, years, month, day, hour, minute, second, zone] = found;
  let year = Number(years);
  // RFC 5280 §4.1.2.5.1: 50 and later are of the 20th century.
  if (short) year += year >= 50 ? 1900 : 2000;
  return momentOf(year, [month, day, hour, minute ?? '0', second ?? '0'].map(Number), zone ?? 'Z');
}

/** ISO 8601 text of seconds since 1970; years outside 0000 to 9999 are cut to those. */
export function formatTime(seconds: number): string {
  const clamped = Math.min(Math.max(Math.floor(seconds), -62_167_219_200), 253_402_300_799);
  const days = Math.floor(clamped / 86_400);
  const rest = clamped - days * 86_400;
  const { year, month, day } = civilOfDays(days);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${clock}Z`;
}

const SHORT = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})?$/;
const LONG = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(?:[.,]\d+)?(Z|[+-]\d{4})?$/;

function momentOf(year: number, fields: readonly number[], zone: string): CertificateTime | null {
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
  let seconds = daysOfCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
  if (zone !== 'Z') {
    const offset = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(3, 5)) * 60;
    seconds -= zone.startsWith('-') ? -offset : offset;
  }
  return { text: formatTime(seconds), seconds };
}

/** Days since 1970-01-01 in the Gregorian calendar; years are counted from March so that the leap day comes last. */
function daysOfCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilOfDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
