import type { CompareRow, Comparison, ConversationRow, Finding, HandshakeTiming } from '../../api.ts';
import type { FindingContext } from '../../diagnosis/finding-context.ts';
import type { HandshakeFailure } from '../../diagnosis/handshake-outcome.ts';
import { LONG_WAIT, waitedBefore } from '../../diagnosis/certificate-facts.ts';
import { rich } from '../../diagnosis/rich-text.ts';
import { CLIENT, SERVER } from '../../tls/handshake.ts';
import { type Fact, gatherFacts } from './compare-facts.ts';
import {
  CHOSEN_OF,
  type FactRule,
  FACTS_OF_ALERT,
  FACTS_OF_FINDING,
  FACTS_OF_REFUSAL,
} from './compare-rules.ts';

/** One of two conversations that are held against each other; of one capture or of two. */
export interface ComparedConversation {
  readonly row: ConversationRow;
  readonly context: FindingContext;
  readonly findings: readonly Finding[];
  readonly timing: HandshakeTiming | null;
}

/**
 * Two conversations, fact by fact: hello by hello, extension by extension, certificate by certificate, timing, ending.
 * What can matter is judged by rule: a difference that belongs to an error which only one of the two has.
 */
export function compareConversations(left: ComparedConversation, right: ComparedConversation): Comparison {
  const facts = {
    left: gatherFacts(left.context, left.timing, left.row.verdict),
    right: gatherFacts(right.context, right.timing, right.row.verdict),
  };
  const judge = judgeOf(left, right, facts);
  const rows = pairUp(facts.left, facts.right).map((pair) => makeRow(pair, judge));
  rows.push(...findingRows(left, right));
  const blamed = blameEndpoint(left, right, rows);
  blamed.sort((a, b) => rankOf(a) - rankOf(b));
  return { left: left.row, right: right.row, sentence: summarise(left, right, blamed), rows: blamed };
}

/**
 * Where no fact explains the outcome, it lies with whoever broke off: the same was said to two servers, and one of them
 * refused.
 */
function blameEndpoint(
  left: ComparedConversation,
  right: ComparedConversation,
  rows: CompareRow[],
): CompareRow[] {
  const failures = [left.context.failure, right.context.failure].filter((failure) => failure !== null);
  const decisive = rows.some(
    (row) => row.matters === 'yes' && row.section !== 'Ending' && row.section !== 'Findings',
  );
  const [failure] = failures;
  if (failures.length !== 1 || failure === undefined || decisive) return rows;
  const blamed = failure.by === SERVER ? 'server' : 'client';
  const failing = left.context.failure === null ? right.context : left.context;
  // Who only waited for the other side has not refused anything.
  const silent = failure.by !== SERVER && failing.closing.payload[SERVER] === 0;
  if (silent || failure.how === 'no-answer' || waitedBefore(failing, failure) > LONG_WAIT)
    return rows.map((row) => (!row.same && row.section === 'Timing' ? { ...row, ...WAITED } : row));
  const why = `What can be compared does not explain the outcome: it lies with the ${blamed}, which broke off. Its settings and its log tell more.`;
  return rows.map((row) =>
    !row.same && row.section === 'Connection' && row.field === blamed ? { ...row, matters: 'yes', why } : row,
  );
}

const WAITED: Judgement = {
  matters: 'yes',
  why: 'One side waited for the other and gave up: what it waited for came late, in part or not at all.',
};

type Pair = readonly [Fact | null, Fact | null];
type Judge = (fact: Fact, pair: Pair) => Judgement;
interface Judgement {
  readonly matters: CompareRow['matters'];
  readonly why: string;
}

/** Facts of the same name stand side by side, in the order of the first side. */
function pairUp(left: readonly Fact[], right: readonly Fact[]): Pair[] {
  const keyOf = (fact: Fact): string => `${fact.section}/${fact.field}`;
  const others = new Map(right.map((fact) => [keyOf(fact), fact]));
  const pairs: Pair[] = left.map((fact) => [fact, others.get(keyOf(fact)) ?? null]);
  const known = new Set(left.map(keyOf));
  for (const fact of right) if (!known.has(keyOf(fact))) pairs.push([null, fact]);
  // Of a certificate that only one of them sent, whose it is says enough.
  return pairs.filter(([a, b]) => {
    const field = (a ?? b)?.field ?? '';
    return (a !== null && b !== null) || !FURTHER_CERTIFICATE.test(field) || field.startsWith('subject');
  });
}

const FURTHER_CERTIFICATE = /\((?:2nd|3rd|4th) certificate\)$/;

function makeRow([a, b]: Pair, judge: Judge): CompareRow {
  const fact = a ?? b;
  const same = a !== null && b !== null && (a.value === b.value || sameTime(a, b));
  const judged = fact === null || same ? EQUAL : judge(fact, [a, b]);
  return {
    section: fact?.section ?? '',
    field: fact?.field ?? '',
    left: a?.value ?? null,
    right: b?.value ?? null,
    leftFrame: a?.frame ?? null,
    rightFrame: b?.frame ?? null,
    same,
    ...judged,
  };
}

const EQUAL: Judgement = { matters: 'no', why: '' };

/** Times count as the same until one is five times the other and a tenth of a second apart. */
function sameTime(a: Fact, b: Fact): boolean {
  if (a.section !== 'Timing') return false;
  const seconds = (text: string): number =>
    text.endsWith(' ms') ? Number.parseFloat(text) / 1000 : Number.parseFloat(text);
  const [short, long] = [seconds(a.value), seconds(b.value)].sort((x, y) => x - y);
  if (short === undefined || long === undefined || Number.isNaN(short) || Number.isNaN(long)) return false;
  return long - short < 0.1 || long < 5 * short;
}

/** The rule: a fact matters where an error that hangs on it is found on one side only. */
function judgeOf(
  left: ComparedConversation,
  right: ComparedConversation,
  facts: { readonly left: readonly Fact[]; readonly right: readonly Fact[] },
): Judge {
  const leftOnly = errorsOnlyIn(left, right);
  const rightOnly = errorsOnlyIn(right, left);
  const errors = [...leftOnly, ...rightOnly];
  const failures = [left.context.failure, right.context.failure];
  const failed = failures.some((failure) => failure !== null);
  const rules = [
    ...failures.flatMap((failure) => FACTS_OF_ALERT[failure?.alert?.description ?? -1] ?? []),
    ...errors.flatMap((id) => FACTS_OF_FINDING[id] ?? []),
    ...failures.flatMap(rulesOfRefusal),
  ];
  const working = left.context.failure === null ? facts.left : facts.right;
  const chosen = new Map(working.map((fact) => [`${fact.section}/${fact.field}`, fact.value]));
  const endedEarly = [left, right].map(
    ({ context }) => context.failure !== null && context.handshake?.serverHello == null,
  );
  return (fact, [a, b]) => {
    const key = `${fact.section}/${fact.field}`;
    if (fact.section === 'Ending') return { matters: 'yes', why: 'This is the outcome.' };
    // What one handshake did not live to see is no reason for its end.
    if (SERVERS_ANSWER.test(key) && ((a === null && endedEarly[0]) || (b === null && endedEarly[1])))
      return { matters: 'no', why: 'The other handshake did not come that far.' };
    const unasked = UNASKED.exec(key)?.[1];
    if (unasked !== undefined && !hasFact(a === null ? facts.left : facts.right, `Client Hello/${unasked}`))
      if (a === null || b === null)
        return { matters: 'no', why: 'Where it was not offered it is not answered.' };
    const rule = rules.find(({ about }) => about.test(key));
    if (rule !== undefined) {
      if (key === KEY_SHARE && !/TLS 1\.3/.test(chosen.get('Server Hello/version') ?? 'TLS 1.3'))
        return { matters: 'no', why: 'Only TLS 1.3 uses it.' };
      const choice = chosen.get(CHOSEN_OF[key] ?? '');
      const failing = working === facts.left ? b : a;
      return choice !== undefined && failing !== null && failing.value.split(', ').includes(choice)
        ? { matters: 'no', why: `What the working side chose of it, ${choice}, is offered by both.` }
        : { matters: 'yes', why: rule.why };
    }
    if (fact.random) return { matters: 'no', why: 'Different in any two connections.' };
    if (fact.section === 'Timing') return { matters: 'maybe', why: 'One side waits much longer.' };
    if (!failed) return { matters: 'no', why: 'Neither handshake was broken off.' };
    return { matters: 'maybe', why: '' };
  };
}

/** A certificate that was refused, and the name by which a server chooses the one that it shows. */
function rulesOfRefusal(failure: HandshakeFailure | null): FactRule[] {
  const rule = FACTS_OF_REFUSAL[failure?.alert?.description ?? -1];
  if (failure === null || rule === undefined) return [];
  const whose = failure.by === SERVER ? 'Client’s certificate' : 'Server’s certificate';
  const fields = rule.about.source.slice(1, -1);
  const shown = { about: new RegExp(`^${whose}/${fields}$`), why: rule.why };
  const asked = {
    about: /^Client Hello\/extension server_name$/,
    why: 'By this name a server chooses which certificate it shows.',
  };
  return failure.by === SERVER ? [shown] : [asked, shown];
}

const KEY_SHARE = 'Client Hello/extension key_share';
/** What a server only answers where the client offers it. */
const UNASKED = /^(?:Server Hello|Encrypted Extensions)\/(extension .*)$/;

function hasFact(facts: readonly Fact[], key: string): boolean {
  return facts.some(({ section, field }) => `${section}/${field}` === key);
}

const SERVERS_ANSWER = /^(Server Hello|Server’s certificate|Key exchange|Certificate Request)\//;

function errorsOnlyIn(one: ComparedConversation, other: ComparedConversation): string[] {
  const others = new Set(
    other.findings.filter((finding) => finding.severity === 'error').map(({ id }) => id),
  );
  return one.findings
    .filter((finding) => finding.severity === 'error' && !others.has(finding.id))
    .map(({ id }) => id);
}

/** What was remarked of the two sides, by id. */
function findingRows(left: ComparedConversation, right: ComparedConversation): CompareRow[] {
  const ids = new Set([...left.findings, ...right.findings].map(({ id }) => id));
  ids.delete('which-keys-can-work');
  return [...ids].map((id) => {
    const a = left.findings.find((finding) => finding.id === id) ?? null;
    const b = right.findings.find((finding) => finding.id === id) ?? null;
    return {
      section: 'Findings',
      field: id,
      left: a?.sentence ?? null,
      right: b?.sentence ?? null,
      leftFrame: a?.frames[0] ?? null,
      rightFrame: b?.frames[0] ?? null,
      same: a !== null && b !== null && a.severity === b.severity,
      ...judgeFinding(a, b),
    };
  });
}

function judgeFinding(a: Finding | null, b: Finding | null): Judgement {
  if (a !== null && b !== null)
    return a.severity === b.severity
      ? EQUAL
      : { matters: 'maybe', why: 'It is so on both sides, but only one handshake broke off.' };
  const error = (a ?? b)?.severity === 'error';
  return error ? { matters: 'yes', why: 'An error on this side only.' } : { matters: 'maybe', why: '' };
}

function summarise(
  left: ComparedConversation,
  right: ComparedConversation,
  rows: readonly CompareRow[],
): Comparison['sentence'] {
  const decisive = rows.filter(
    (row) => row.matters === 'yes' && row.section !== 'Ending' && row.section !== 'Findings',
  );
  const outcome = tellOutcomes(outcomeOf(left), outcomeOf(right));
  const names = decisive
    // Said once: the extension holds the versions that are offered.
    .filter((row, _at, all) => !(row.field === SAME_AS_VERSIONS && all.some(isVersionsOffered)))
    .slice(0, 4)
    .map((row) => `${row.section}: ${row.field}`);
  const differences = rows.filter((row) => !row.same).length;
  if (names.length === 0)
    return rich`${outcome}. ${differences === 1 ? '1 fact differs' : `${differences} facts differ`}; by rule none of them explains the outcome.`;
  return rich`${outcome}. Of ${differences} differences ${names.length === 1 ? 'this one' : 'these'} can matter: ${names.join('; ')}.`;
}

type Outcome = 'fails' | 'works' | 'is not seen to its end' | 'has no handshake';

function outcomeOf({ context, row }: ComparedConversation): Outcome {
  const { failure, handshake } = context;
  if (failure !== null) return 'fails';
  const spoke = context.closing.data[CLIENT] > 0 && context.closing.data[SERVER] > 0;
  const encrypted = row.verdict !== 'clear' && row.verdict !== 'not-tls';
  if (handshake === null) return encrypted ? 'works' : 'has no handshake';
  return handshake.complete || spoke ? 'works' : 'is not seen to its end';
}

function tellOutcomes(left: Outcome, right: Outcome): string {
  if (left !== right) {
    if (left === 'fails' && right === 'works') return 'The left one fails, the other one works';
    if (left === 'works' && right === 'fails') return 'The right one fails, the other one works';
    return `The left one ${left}, the right one ${right}`;
  }
  if (left === 'works') return 'Both handshakes come through';
  if (left === 'has no handshake') return 'There is no handshake in either of them';
  return left === 'fails' ? 'Both handshakes fail' : 'Neither handshake is seen to its end';
}

function isVersionsOffered(row: CompareRow): boolean {
  return row.field === 'versions offered';
}

const SAME_AS_VERSIONS = 'extension supported_versions';

function rankOf(row: CompareRow): number {
  if (row.same) return 4;
  if (row.matters === 'yes') return row.section === 'Ending' || row.section === 'Findings' ? 1 : 0;
  return row.matters === 'maybe' ? 2 : 3;
}
