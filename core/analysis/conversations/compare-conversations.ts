import type { CompareRow, Comparison, ConversationRow, Finding, HandshakeTiming } from '../../api.ts';
import type { FindingContext } from '../../diagnosis/finding-context.ts';
import { rich } from '../../diagnosis/rich-text.ts';
import { SERVER } from '../../tls/handshake.ts';
import { type Fact, gatherFacts } from './compare-facts.ts';

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
  const judge = judgeOf(left, right);
  const rows = pairUp(facts.left, facts.right).map(([a, b]) => makeRow(a, b, judge));
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
  const why = `What can be compared does not explain the outcome: it lies with the ${blamed}, which broke off. Its settings and its log tell more.`;
  return rows.map((row) =>
    !row.same && row.section === 'Connection' && row.field === blamed ? { ...row, matters: 'yes', why } : row,
  );
}

type Pair = readonly [Fact | null, Fact | null];
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

function makeRow(a: Fact | null, b: Fact | null, judge: (fact: Fact) => Judgement): CompareRow {
  const fact = a ?? b;
  const same = a !== null && b !== null && (a.value === b.value || sameTime(a, b));
  const judged = fact === null || same ? EQUAL : judge(fact);
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

/** Which facts an error hangs on. */
const FACTS_OF_FINDING: Readonly<Record<string, { readonly about: RegExp; readonly why: string }>> = {
  'signature-not-offered': {
    about:
      /^(Server Hello\/version|Client Hello\/(versions offered|extension (signature_algorithms|supported_versions))|Server Hello\/extension supported_versions|Certificate Request\/signature algorithms|(Client|Server)’s certificate\/signature)/,
    why: 'From TLS 1.2 on each side names the signatures that it accepts; in older versions nothing was named, and the same certificate passed.',
  },
  'weak-signature': {
    about: /^(Server Hello\/version|Certificate Request\/signature|(Client|Server)’s certificate\/signature)/,
    why: 'Weak signatures are refused under newer versions first.',
  },
  'weak-key': {
    about: /certificate\/public key|Key exchange\/prime/,
    why: 'Short keys are refused by some programs.',
  },
  'version-refused': {
    about:
      /^(Client Hello\/(versions offered|extension supported_versions)|Server Hello\/(version|extension supported_versions))/,
    why: 'One side offers no version that the other one speaks.',
  },
  'no-shared-cipher': {
    about:
      /^Client Hello\/(cipher suites|versions offered|extension (supported_groups|signature_algorithms|key_share|ec_point_formats|server_name))/,
    why: 'The server chooses among these; where it finds nothing, it gives up.',
  },
  'certificate-expired': {
    about: /certificate\/(validity|period|serial|SHA-256)/,
    why: 'One side shows a certificate that had expired.',
  },
  'not-yet-valid': {
    about: /certificate\/(validity|period|serial|SHA-256)/,
    why: 'One side shows a certificate that was not valid yet.',
  },
  'name-mismatch': {
    about: /^(Client Hello\/extension server_name|Server’s certificate\/(subject|names)|Connection\/server$)/,
    why: 'The name that is asked for must stand in the server’s certificate.',
  },
  'self-signed': {
    about: /certificate\/(issuer|subject|certificates sent)/,
    why: 'A self-signed certificate is trusted only where it was installed.',
  },
  'chain-incomplete': {
    about: /certificate\/(issuer|certificates sent)|certificate\/.*\(\d\. certificate\)/,
    why: 'The authority in between must be sent along, or be known to the other side.',
  },
  'client-certificate-missing': {
    about: /^(Certificate Request\/|Client’s certificate\/)/,
    why: 'The server demands a client certificate, and one side shows none.',
  },
  'client-certificate-refused': {
    about:
      /^(Certificate Request\/|Client’s certificate\/(subject|issuer|validity|public key|signature|certificates sent))/,
    why: 'The server judges the client’s certificate by these.',
  },
  'hello-unanswered': { about: /^Connection\/server$/, why: 'Only one of the two ports speaks TLS.' },
  'handshake-failed': { about: /^$/, why: '' },
};

/** The rule: a fact matters where an error that hangs on it is found on one side only. */
function judgeOf(left: ComparedConversation, right: ComparedConversation): (fact: Fact) => Judgement {
  const leftOnly = errorsOnlyIn(left, right);
  const rightOnly = errorsOnlyIn(right, left);
  const errors = [...leftOnly, ...rightOnly];
  const failed = left.context.failure !== null || right.context.failure !== null;
  return (fact) => {
    const key = `${fact.section}/${fact.field}`;
    if (fact.section === 'Ending') return { matters: 'yes', why: 'This is the outcome.' };
    for (const id of errors) {
      const rule = FACTS_OF_FINDING[id];
      if (rule !== undefined && rule.about.test(key)) return { matters: 'yes', why: rule.why };
    }
    if (fact.random) return { matters: 'no', why: 'Different in any two connections.' };
    if (fact.section === 'Timing') return { matters: 'maybe', why: 'One side waits much longer.' };
    if (!failed) return { matters: 'no', why: 'Both handshakes came through.' };
    return { matters: 'maybe', why: '' };
  };
}

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
  const failedLeft = left.context.failure !== null;
  const failedRight = right.context.failure !== null;
  const outcome =
    failedLeft === failedRight
      ? failedLeft
        ? 'Both handshakes fail'
        : 'Both handshakes come through'
      : `The ${failedLeft ? 'left' : 'right'} one fails, the other one works`;
  const names = decisive.slice(0, 4).map((row) => `${row.section}: ${row.field}`);
  const differences = rows.filter((row) => !row.same).length;
  if (names.length === 0)
    return rich`${outcome}. ${differences} facts differ; by rule none of them explains the outcome.`;
  return rich`${outcome}. Of ${differences} differences ${names.length === 1 ? 'this one' : 'these'} can matter: ${names.join('; ')}.`;
}

function rankOf(row: CompareRow): number {
  if (row.same) return 4;
  if (row.matters === 'yes') return row.section === 'Ending' || row.section === 'Findings' ? 1 : 0;
  return row.matters === 'maybe' ? 2 : 3;
}
