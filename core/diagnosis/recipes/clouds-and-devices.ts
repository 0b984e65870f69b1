import type { Product } from './recipe.ts';

/** Clouds, border controllers, phones and operating systems. Sources were read in November 2026. */
export const CLOUDS_AND_DEVICES = [
  {
    id: 'teams',
    name: 'Microsoft Teams Direct Routing',
    header: /microsoft\.pstnhub|microsoft\.?phonesystem/i,
    subject: /pstnhub\.microsoft\.com/i,
    recipes: [
      {
        topic: 'force-rsa',
        text: 'it takes TLS 1.2 with four suites only, all of them ECDHE: forcing RSA key exchange would take this trunk down.',
        source: 'Microsoft Learn, “What’s new in Direct Routing”, TLS 1.0 and 1.1; “Plan Direct Routing”',
        version: 'since April 2022',
      },
      {
        topic: 'log-secrets',
        text: 'Microsoft gives no secrets. Whatever is decrypted must come from the SBC on your side: its own key log or its own SIP trace.',
        source: 'Microsoft Learn, “Plan Direct Routing” (the customer’s SBC ends the TLS connection)',
        version: '2026',
      },
      {
        topic: 'trust-store',
        text: 'the SBC must trust the roots that Microsoft lists: DigiCert Global Root CA, G2 and G3, DigiCert TLS ECC P384 and RSA 4096 Root G5, and Microsoft ECC and RSA Root Certificate Authority 2017.',
        source: 'Microsoft Learn Q&A 5835044 and “Azure Certificate Authority details”',
        version: 'since 2026',
      },
    ],
  },
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
        text: 'trusted authorities are the certificate records named in trusted-ca-certificates of the tls-profile.',
        source: 'Oracle Communications SBC ACLI Reference 9.2, tls-profile',
        version: '9.2',
      },
    ],
  },
  {
    id: 'yealink',
    name: 'Yealink phone',
    header: /yealink/i,
    subject: /yealink/i,
    recipes: [
      {
        topic: 'trust-store',
        text: 'trusted certificates are uploaded in the phone’s web page under Security, Trusted Certificates (ten at most), or by security.trust_certificates and static.trusted_certificates in its configuration file. The phone’s clock must be right.',
        source: 'Yealink administrator’s guides (T2, T4, T5 series), “Transport Layer Security”',
        version: 'firmware 71 and later',
      },
    ],
  },
  {
    id: 'java',
    name: 'a Java program',
    header: /jain|\bjava\b|mobicents|restcomm/i,
    subject: null,
    recipes: [
      {
        topic: 'log-secrets',
        text: 'start it with -javaagent:extract-tls-secrets-4.0.0.jar=/path/to/secrets.log, or attach the same file to the running process.',
        source: 'github.com/neykov/extract-tls-secrets, README',
        version: '4.0.0',
      },
    ],
  },
  {
    id: 'windows',
    name: 'Windows (Schannel)',
    header: /\bRTC\/|skype|lync|microsoft-iis/i,
    subject: null,
    recipes: [
      {
        topic: 'export-key',
        text: 'in the Certificates snap-in choose All Tasks, Export, “Yes, export the private key”. Where that is greyed out, the key was not marked exportable: issue a certificate anew with an exportable key, or log secrets on the other side.',
        source: 'Microsoft Learn, “Exporting Certificates and Private Keys”',
        version: 'all',
      },
      {
        topic: 'force-rsa',
        text: 'set the order of cipher suites by group policy (SSL Configuration Settings, SSL Cipher Suite Order), then restart the host.',
        source: 'Microsoft Learn, “Transport Layer Security (TLS) registry settings”',
        version: 'Windows Server 2016 and later',
      },
    ],
  },
] as const satisfies readonly Product[];
