/** Rules of the comparison: which facts ("section/field") can explain which error. */
export interface FactRule {
  readonly about: RegExp;
  readonly why: string;
}

/** Which facts an error hangs on. */
export const FACTS_OF_FINDING: Readonly<Record<string, FactRule>> = {
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
    about: /certificate\/(validity|period)/,
    why: 'One side shows a certificate that had expired.',
  },
  'not-yet-valid': {
    about: /certificate\/(validity|period)/,
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
    about:
      /^(Certificate Request\/(client certificate asked for|signature algorithms|authorities)|Client’s certificate\/certificates sent)$/,
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

const NAMES_AND_ISSUER: FactRule = {
  about: /^(names|subject|issuer|certificates sent)$/,
  why: 'Who broke off was shown another certificate here, and did not accept it.',
};

/** What an alert itself is about (RFC 8446 §6.2, RFC 6066 §3, RFC 7301 §3.2, RFC 4279 §2), by its number. */
export const FACTS_OF_ALERT: Readonly<Record<number, FactRule>> = {
  86: {
    about: /^Client Hello\/(versions offered|cipher suites)/,
    why: 'The server refused a client that fell back to an older version.',
  },
  110: { about: /^Client Hello\/extension/, why: 'The alert is about an extension.' },
  112: {
    about: /^Client Hello\/extension server_name/,
    why: 'The server does not serve the name that was asked for.',
  },
  115: { about: /^Client Hello\/extension pre_shared_key/, why: 'The server does not know the identity.' },
  120: {
    about: /^Client Hello\/extension application_layer_protocol_negotiation/,
    why: 'The server speaks none of the application protocols that were offered.',
  },
};

/** What a side looks at where it refuses the other's certificate: by the alert that it sends. */
export const FACTS_OF_REFUSAL: Readonly<Record<number, FactRule>> = {
  42: NAMES_AND_ISSUER,
  45: { about: /^(validity|period)$/, why: 'The certificate has to be valid at that time.' },
  46: NAMES_AND_ISSUER,
  48: {
    about: /^(issuer|subject|certificates sent)$/,
    why: 'Who broke off does not trust the authority of the certificate that it was shown.',
  },
};

/** Where the working side shows what was chosen of a list: the same on the other side's list cannot be what is missing. */
export const CHOSEN_OF: Readonly<Record<string, string>> = {
  'Client Hello/cipher suites': 'Server Hello/cipher suite',
  'Client Hello/versions offered': 'Server Hello/version',
  'Client Hello/extension supported_versions': 'Server Hello/version',
  'Client Hello/extension supported_groups': 'Key exchange/group',
  'Client Hello/extension key_share': 'Key exchange/group',
  'Client Hello/extension signature_algorithms': 'Key exchange/signature of the server',
};
