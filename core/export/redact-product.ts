import { isHarmlessPhrase } from './harmless-words.ts';
import type { Replacements } from './replacements.ts';

/**
 * What a program says of itself (User-Agent, Server): products with their versions stay, so that the case can be
 * judged. Other words go: administrators write a host's name there, phones that of their owner, or a serial number.
 */
export function redactProduct(replacements: Replacements, value: string): string {
  const parts = value.split(/([\s()<>[\]"',;]+)/);
  let depth = 0;
  return parts
    .map((part, at) => {
      if (at % 2 === 1) {
        depth = Math.max(0, depth + (part.match(/\(/g)?.length ?? 0) - (part.match(/\)/g)?.length ?? 0));
        return part;
      }
      const words = parts.slice(at, at + 2 * MOST_AHEAD).filter((_, index) => index % 2 === 0);
      return isProduct(words, depth > 0)
        ? redactRuns(replacements, part)
        : replacements.replace('other', part);
    })
    .join('');
}

/** Whether the first of these words is a product's; in brackets only what is known is. */
function isProduct([word = '', ...behind]: readonly string[], inBrackets: boolean): boolean {
  if (word === '' || word.includes('@') || isKnown(word) || VERSION.test(word)) return true;
  const slash = word.indexOf('/');
  if (slash > 0) {
    const version = word.slice(slash + 1);
    return VERSION.test(version) || (isKnown(word.slice(0, slash)) && version.split('/').every(isKnown));
  }
  if (WITH_VERSION.test(word)) return true;
  return !inBrackets && EXACT_VERSION.test(behind.find((next) => !isKnown(next)) ?? '');
}

function isKnown(word: string): boolean {
  return isHarmlessPhrase(word) || word.toLowerCase().split(/[-_]/).every(isKnownPart);
}

function isKnownPart(part: string): boolean {
  return PRODUCTS.has(part) || isHarmlessPhrase(part);
}

/** Long runs of digits number a device; so do hardware addresses. */
function redactRuns(replacements: Replacements, word: string): string {
  if (word.includes('@')) return replacements.scrub(word);
  return word
    .split(/((?=[0-9a-f]*\d)[0-9a-f]{10,}|\d{6,})/i)
    .map((part, at) => (at % 2 === 1 ? replacements.replace('other', part) : replacements.scrub(part)))
    .join('');
}

/** "5.6.3", "v1.0.0-rc2", "12B411", "3000". */
const VERSION = /^(?:v|rv)?\d[\w.~+:-]*$/i;
/** The same where a product's name stands before it: a bare number could be an extension. */
const EXACT_VERSION = /^(?:(?:v|rv|rev)\.?)?\d+(?:[.-]\w+)+$|^\d+[a-z]$/i;
/** "SPA2102-5.2.5". */
const WITH_VERSION = /^[a-z]\w*(?:[-_]\w+)*[-_.](?:v|rv)?\d+(?:\.\d+)+\w*$/i;
/** A name, some known words ("release"), a version. */
const MOST_AHEAD = 6;

const PRODUCTS: ReadonlySet<string> = new Set(
  `3cx 3cxphone aastra amd64 android apple arm64 armv6l armv7l arris astlinux auerswald avm belle bintec blink bria
  broadworks broadsoft build callmanager centos cirpack client counterpath cucm darwin debian dect desktop drachtio
  ekiga elastix elmeg enterprise ericsson estos eyebeam fanvil firmware fpbx freebsd freepbx fritz fritzbox genband
  gigaset glibc gnu grandstream gxp handy homer htek huawei i386 i686 innovaphone ipad iphone ios issabel janus jitsi
  jssip lancom libre linksys linphone linphonec linux lync macos mediant mediatrix metaswitch microsip minisip mips mitel mod
  mobile nec nokia oem openscape openser openwebrtc oversip panasonic pascom patton pbx philips pjsip pjsua poly
  polycom python registrar release repro resiprocate rev ringcentral rtc rtpengine sangoma samsung sbc sdk sems
  siemens sipgate sipml5 sipp sipsorcery sipura sipwise skype sofia softphone sonus speedport stamp starface swyx
  technicolor telephone telnyx thomson twilio twinkle ua uac unify vtech webrtc wildix windows x86 x86_64 64bit 32bit
  xlite yate yealink zoiper zoom zyxel`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
