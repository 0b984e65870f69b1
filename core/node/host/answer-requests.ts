import type { ExportWish } from '../../api-export.ts';
import type { ApiError, HostInfo, RequestName, Requests } from '../../api.ts';
import { decodeError, decodeParams, isRequestName } from '../../api-decode.ts';
import type { Reply } from '../../transport.ts';
import { NO_KEYS, type AnalysisHost } from './analysis-host.ts';
import type { PathTokens } from './path-tokens.ts';

/** What a host adds to the analysis. */
export interface HostDuties {
  readonly info: HostInfo;
  readonly tokens: PathTokens;
  /** Native open dialogs: paths, or null where the user cancelled. Absent where the host has none. */
  readonly chooseCaptures?: () => Promise<readonly string[] | null>;
  readonly chooseKeys?: () => Promise<readonly string[] | null>;
  /** Saves an export where the user wants it; null where the user cancelled. Absent where the host cannot. */
  readonly saveExport?: (wish: ExportWish) => Promise<Requests['export.save']['result']>;
  /** Captures that the user opened, for a list of recent files. */
  readonly opened?: (paths: readonly string[]) => void;
}

/** Answers what a page asks: checks name and params, does the host's own part, leaves the rest to the analysis. Never throws. */
export function answerRequests(
  analysis: AnalysisHost,
  duties: HostDuties,
): (name: unknown, params: unknown) => Promise<Reply> {
  return async (name, params) => {
    try {
      if (!isRequestName(name)) return refuse('bad-request', 'There is no such request.');
      return await answer(analysis, duties, name, params);
    } catch (error) {
      return { ok: false, error: apiErrorOf(error) };
    }
  };
}

async function answer<N extends RequestName>(
  analysis: AnalysisHost,
  duties: HostDuties,
  name: N,
  sent: unknown,
): Promise<Reply> {
  const decoded = decodeParams(name, sent);
  if (!decoded.ok) return refuse('bad-request', decoded.fault);
  switch (name) {
    case 'host.info':
      return { ok: true, result: duties.info };
    case 'capture.choose': {
      if (duties.chooseCaptures === undefined) return refuse('unsupported-by-host', NO_DIALOG);
      const paths = await duties.chooseCaptures();
      if (paths === null) return { ok: true, result: null };
      const result: Requests['capture.choose']['result'] = await analysis.openPaths(paths, NO_KEYS);
      duties.opened?.(paths);
      return { ok: true, result };
    }
    case 'keys.choose': {
      if (duties.chooseKeys === undefined) return refuse('unsupported-by-host', NO_DIALOG);
      const paths = await duties.chooseKeys();
      if (paths === null) return { ok: true, result: null };
      return { ok: true, result: await analysis.request('keys.addPaths', { paths }) };
    }
    case 'export.save':
      return saveExport(duties, sent);
    case 'capture.open':
    case 'keys.addPaths':
      return answerWithPaths(analysis, duties, name, sent);
    default:
      return { ok: true, result: await analysis.request(name, decoded.value) };
  }
}

async function saveExport(duties: HostDuties, sent: unknown): Promise<Reply> {
  const decoded = decodeParams('export.save', sent);
  if (!decoded.ok) return refuse('bad-request', decoded.fault);
  if (duties.saveExport === undefined) return refuse('unsupported-by-host', 'This host saves no files.');
  return { ok: true, result: await duties.saveExport(decoded.value) };
}

async function answerWithPaths(
  analysis: AnalysisHost,
  duties: HostDuties,
  name: 'capture.open' | 'keys.addPaths',
  sent: unknown,
): Promise<Reply> {
  const decoded = decodeParams(name, sent);
  if (!decoded.ok) return refuse('bad-request', decoded.fault);
  const paths: string[] = [];
  for (const token of decoded.value.paths) {
    const path = duties.tokens.pathOf(token);
    if (path === null)
      return refuse('not-found', 'This file is not known to the host any more: choose it again.');
    paths.push(path);
  }
  const result = await analysis.request(name, { paths });
  if (name === 'capture.open') duties.opened?.(paths);
  return { ok: true, result };
}

const NO_DIALOG = 'This host shows no open dialog: the page uploads what the user chose.';

function refuse(code: ApiError['code'], message: string): Reply {
  return { ok: false, error: { code, message } };
}

/** An ApiError as it is; anything else is our bug, of which only the kind is told: its text may hold what it choked on. */
function apiErrorOf(error: unknown): ApiError {
  const known = decodeError(error);
  if (known.ok) return { code: known.value.code, message: known.value.message };
  const kind = error instanceof Error ? error.name : typeof error;
  return { code: 'internal', message: `Something went wrong inside Sipher (${kind}).` };
}
