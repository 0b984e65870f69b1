/** The part of the contract that speaks of the keys that are loaded: types only, see api.ts. No key, password or secret is a member of any type here. */
import type { RichText } from './api.ts';

/** What a file or pasted text of keys is, and what came of it. */
export interface KeyRow {
  readonly key: number;
  /** File name without folders, or "pasted text". */
  readonly name: string;
  readonly kind:
    | 'rsa-private-key'
    | 'ec-private-key'
    | 'ed25519-private-key'
    | 'other-private-key'
    | 'certificate'
    | 'csr'
    | 'public-key'
    | 'keylog'
    | 'psk'
    | 'locked'
    | 'unknown';
  readonly format: string;
  readonly encrypted: boolean;
  readonly usable: boolean;
  readonly bits: number | null;
  readonly sha256OfPublicKey: string | null;
  readonly subject: string | null;
  readonly notAfter: string | null;
  /** Key logs: how many lines, how many used in this capture. */
  readonly lines: number | null;
  readonly linesUsed: number | null;
  /** How many conversations it opens now; those whose server certificate it matches. */
  readonly opens: number;
  readonly matches: number;
  readonly problem: string | null;
}

export interface AddKeysOutcome {
  readonly keys: readonly KeyRow[];
  readonly added: number;
  /** One sentence a file that gave nothing: what it is and what is needed. */
  readonly problems: readonly string[];
}

/** How a loaded key stands to the connections of the capture: ids of conversations. */
export interface KeyRole {
  readonly key: number;
  readonly opens: readonly string[];
  /** It is the server's key, but something else is missing. */
  readonly lacking: readonly string[];
  /** Its host is the server, but the key only signed there: forward secrecy, TLS 1.3, a resumed session. */
  readonly onlySigned: readonly string[];
  /** Its host is the client: it never can. */
  readonly asClient: readonly string[];
  readonly sentence: RichText;
}

export interface KeyRequests {
  'keys.roles': { readonly params: null; readonly result: readonly KeyRole[] };
  'keys.list': { readonly params: null; readonly result: readonly KeyRow[] };
  /** Native dialog (Electron only); null where cancelled. */
  'keys.choose': { readonly params: null; readonly result: AddKeysOutcome | null };
  'keys.addPaths': {
    readonly params: { readonly paths: readonly string[] };
    readonly result: AddKeysOutcome;
  };
  /** Pasted text, or a file that the page read (base64). */
  'keys.addBytes': {
    readonly params: { readonly name: string; readonly bytes: string };
    readonly result: AddKeysOutcome;
  };
  /** Sent once; never kept by the page. */
  'keys.unlock': {
    readonly params: { readonly key: number; readonly password: string };
    readonly result: AddKeysOutcome;
  };
  'keys.remove': { readonly params: { readonly key: number }; readonly result: readonly KeyRow[] };
}
