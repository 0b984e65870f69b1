import type { Product } from './recipe.ts';

/** Clouds, runtimes and operating systems. Sources were read in November 2026. */
export const CLOUDS_AND_SYSTEMS = [
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
      {
        topic: 'trust-store',
        text: 'keytool -importcert -cacerts -alias NAME -file FILE adds an authority to those that all Java programs of that installation trust, unless the program names a store of its own (javax.net.ssl.trustStore). Then restart the program.',
        place: 'the installation’s cacerts file (keytool -importcert -cacerts)',
        source: 'keytool(1), -importcert and -cacerts',
        version: 'Java 9 and later',
        tried: {
          version: '17.0.15',
          seen: 'a Java client refused the server with “PKIX path building failed” before the import, and connected after it',
        },
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
      {
        topic: 'trust-store',
        text: 'trusted authorities stand in the Certificates snap-in of the computer account under Trusted Root Certification Authorities; intermediate ones under Intermediate Certification Authorities. “certutil -addstore Root FILE” adds one.',
        place: 'Certificates snap-in, computer account, Trusted Root Certification Authorities',
        source: 'Microsoft Learn, “certutil”, -addstore',
        version: 'all',
      },
    ],
  },
  {
    id: 'debian',
    name: 'a program with the store of Debian or Ubuntu',
    header: null,
    subject: null,
    recipes: [
      {
        topic: 'trust-store',
        text: 'put the authority’s certificate, in PEM and named .crt, into /usr/local/share/ca-certificates, run “update-ca-certificates”, and restart the program.',
        place: '/usr/local/share/ca-certificates, then update-ca-certificates',
        source: 'update-ca-certificates(8)',
        version: 'all',
        tried: {
          version: 'ca-certificates 20260816',
          seen: 'openssl verify failed before it and says OK after it',
        },
      },
    ],
  },
] as const satisfies readonly Product[];
