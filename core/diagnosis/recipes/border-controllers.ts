import type { Product } from './recipe.ts';

/** Session border controllers. Sources were read in November 2026. */
export const BORDER_CONTROLLERS = [
  {
    id: 'oracle-sbc',
    name: 'Oracle Session Border Controller',
    header: /oracle|acme ?packet/i,
    subject: null,
    recipes: [
      {
        topic: 'force-rsa',
        text: 'set cipher-list and tls-version of the tls-profile.',
        source: 'Oracle Communications SBC ACLI Reference 9.2, tls-profile',
        version: '9.2',
      },
      {
        topic: 'trust-store',
        place: 'trusted-ca-certificates of the tls-profile',
        text: 'trusted authorities are the certificate records named in trusted-ca-certificates of the tls-profile.',
        source: 'Oracle Communications SBC ACLI Reference 9.2, tls-profile',
        version: '9.2',
      },
    ],
  },
  {
    id: 'audiocodes-sbc',
    name: 'AudioCodes SBC or gateway',
    header: /audiocodes|\bmediant\b/i,
    subject: /audiocodes/i,
    recipes: [
      {
        topic: 'log-secrets',
        text: 'its syslog can hold the SIP messages of each call in clear, and the Syslog Viewer draws them as a ladder: that needs no key at all.',
        source:
          'AudioCodes, Syslog Viewer User’s Guide (LTRT-40031), “SIP Call Session Logs” and “SIP Ladder”',
        version: 'Syslog Viewer 1.4 and later',
      },
      {
        topic: 'export-key',
        text: 'the key belongs to the TLS Context of the Proxy Set, else of the SIP Interface, else to context 0 (“default”). One that was made outside and loaded into the device is still where it was made.',
        source:
          'AudioCodes, Mediant 800B Gateway & E-SBC User’s Manual (LTRT-10632), “Configuring TLS Certificates”',
        version: '7.2',
      },
      {
        topic: 'trust-store',
        text: 'each TLS Context has trusted roots of its own; the context is that of the Proxy Set, else of the SIP Interface, else context 0 (“default”).',
        place: 'trusted roots of the TLS Context that the Proxy Set or SIP Interface uses',
        source:
          'AudioCodes, Mediant 800B Gateway & E-SBC User’s Manual (LTRT-10632), “Configuring TLS Certificates”',
        version: '7.2',
      },
    ],
  },
  {
    id: 'ribbon-sbc-edge',
    name: 'Ribbon SBC Edge (SBC 1000, SBC 2000, SWe Edge)',
    header: /\bSBC ?(?:1000|2000|SWe (?:Lite|Edge))\b|SONUS SBC[12]000/i,
    subject: null,
    recipes: [
      {
        topic: 'force-rsa',
        text: 'in Settings, Security, TLS Profiles choose “TLS 1.2 Only” and order the Client Cipher List; that list holds for connections that the SBC opens.',
        source: 'Ribbon, SBC Edge documentation 12.1, “Creating and Modifying TLS Profiles”',
        version: '12.1',
      },
      {
        topic: 'trust-store',
        text: 'the other side’s certificate must be signed by a trusted root CA that is installed on the SBC; whether it is checked stands in the TLS Profile (Mutual Authentication, Verify Peer Server Certificate).',
        place: 'trusted root certificates of the SBC; the TLS Profile says whether they are asked',
        source: 'Ribbon, SBC Edge documentation 12.1 and 6.1, “Creating and Modifying TLS Profiles”',
        version: '6.1 to 12.1',
      },
    ],
  },
  {
    id: 'ribbon-sbc-core',
    name: 'Ribbon SBC Core (SBC 5000, SBC 7000, SWe)',
    header: /\bribbon\b|\bsonus\b/i,
    subject: null,
    recipes: [
      {
        topic: 'force-rsa',
        text: 'the TLS profile of the SIP signaling port has places for three suites and a switch for each version: “set profiles security tlsProfile NAME cipherSuite1 …”, suites with RSA key exchange only, and v1_3 disabled.',
        source: 'Ribbon, SBC Core documentation 12.1, “TLS Profile - CLI”',
        version: '12.1',
      },
      {
        topic: 'export-key',
        text: 'certificates with their keys are loaded as PKCS#12 files under System, Security, PKI; the TLS profile names the one in use (serverCertName). The file that was loaded holds the key.',
        source:
          'Ribbon, SBC Core documentation 12.1, “TLS Profile - CLI” and “Security Profiles - Ema TLS Profile”',
        version: '12.1',
      },
    ],
  },
] as const satisfies readonly Product[];
