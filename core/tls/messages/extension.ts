/**
 * The extensions of a hello and of the other messages that carry them, as values. Byte fields are views of the bytes
 * the message was decoded from. Numbers are IANA's ids; names live in core/tls/tables.
 */

/** Where the extension's data (behind type and length) lies in the message's body. */
export interface ExtensionPlace {
  readonly id: number;
  readonly offset: number;
  readonly length: number;
}

/** Extensions whose presence is all they say. */
export type FlagExtensionKind =
  'truncated-hmac' | 'encrypt-then-mac' | 'extended-master-secret' | 'post-handshake-auth';

export interface KeyShare {
  readonly group: number;
  /** Empty in a HelloRetryRequest, which names the group only. */
  readonly keyExchange: Uint8Array;
}

export interface PskIdentity {
  readonly identity: Uint8Array;
  readonly obfuscatedTicketAge: number;
}

export type Extension = ExtensionPlace &
  (
    | { readonly kind: FlagExtensionKind }
    | { readonly kind: 'server-name'; readonly names: readonly string[] }
    | { readonly kind: 'max-fragment-length'; readonly code: number }
    | { readonly kind: 'status-request'; readonly statusType: number }
    | { readonly kind: 'supported-groups'; readonly groups: readonly number[] }
    | { readonly kind: 'ec-point-formats'; readonly formats: readonly number[] }
    | { readonly kind: 'signature-algorithms'; readonly schemes: readonly number[] }
    | { readonly kind: 'signature-algorithms-cert'; readonly schemes: readonly number[] }
    | { readonly kind: 'use-srtp'; readonly profiles: readonly number[]; readonly mki: Uint8Array }
    | { readonly kind: 'heartbeat'; readonly mode: number }
    | { readonly kind: 'alpn'; readonly protocols: readonly string[] }
    | { readonly kind: 'client-certificate-type'; readonly types: readonly number[] }
    | { readonly kind: 'server-certificate-type'; readonly types: readonly number[] }
    | { readonly kind: 'padding' }
    | { readonly kind: 'compress-certificate'; readonly algorithms: readonly number[] }
    | { readonly kind: 'record-size-limit'; readonly limit: number }
    | { readonly kind: 'session-ticket'; readonly ticket: Uint8Array }
    | {
        readonly kind: 'pre-shared-key-offer';
        readonly identities: readonly PskIdentity[];
        readonly binders: readonly Uint8Array[];
        /** Offset in the body of the binders' list (its length field): the transcript for them ends here (RFC 8446 §4.2.11.2). */
        readonly bindersOffset: number;
      }
    | { readonly kind: 'pre-shared-key-choice'; readonly selected: number }
    /** `maxSize` is given in NewSessionTicket only (RFC 8446 §4.2.10). */
    | { readonly kind: 'early-data'; readonly maxSize: number | null }
    /** One version in a ServerHello. */
    | { readonly kind: 'supported-versions'; readonly versions: readonly number[] }
    | { readonly kind: 'cookie'; readonly cookie: Uint8Array }
    | { readonly kind: 'psk-key-exchange-modes'; readonly modes: readonly number[] }
    | { readonly kind: 'certificate-authorities'; readonly names: readonly Uint8Array[] }
    | { readonly kind: 'key-share'; readonly entries: readonly KeyShare[] }
    | { readonly kind: 'connection-id'; readonly connectionId: Uint8Array }
    | { readonly kind: 'renegotiation-info'; readonly verifyData: Uint8Array }
    | {
        readonly kind: 'encrypted-client-hello';
        /** 0 outer, 1 inner; in a ServerHello or EncryptedExtensions -1. */
        readonly type: number;
        readonly kdf: number;
        readonly aead: number;
        readonly configId: number;
        readonly payloadLength: number;
      }
    /** A value reserved to keep peers tolerant (RFC 8701): it means nothing. */
    | { readonly kind: 'grease' }
    | { readonly kind: 'unknown' }
  );

export type ExtensionKind = Extension['kind'];

/** The message an extension stands in: some have another form in each. */
export type ExtensionContext =
  | 'client-hello'
  | 'server-hello'
  | 'hello-retry-request'
  | 'encrypted-extensions'
  | 'certificate-request'
  | 'certificate'
  | 'new-session-ticket';

/** The first extension of a kind, narrowed to it. */
export function extensionOf<K extends ExtensionKind>(
  extensions: readonly Extension[],
  kind: K,
): Extract<Extension, { kind: K }> | null {
  for (const extension of extensions) if (isKind(extension, kind)) return extension;
  return null;
}

function isKind<K extends ExtensionKind>(
  extension: Extension,
  kind: K,
): extension is Extract<Extension, { kind: K }> {
  return extension.kind === kind;
}
