import type { Product } from './recipe.ts';

/** Programs by which connections are tested, and browsers. Sources were read in November 2026. */
export const PROGRAMS = [
  {
    id: 'openssl',
    name: 'openssl s_client and s_server',
    header: null,
    subject: null,
    recipes: [
      {
        topic: 'log-secrets',
        text: 'give it -keylogfile FILE.',
        source: 'openssl-s_client(1), openssl-s_server(1); tried with 3.0',
        version: '1.1.1 and later',
      },
      {
        topic: 'no-resumption',
        text: 'give the server -no_ticket and -no_cache.',
        source: 'openssl-s_server(1); tried with 3.0',
        version: '1.1.0 and later',
      },
      {
        topic: 'trust-store',
        text: 'give it -CAfile FILE; without it the directory of OpenSSL’s own installation counts.',
        place: 'the file after -CAfile',
        source: 'openssl-s_client(1), openssl-verification-options(1); tried with 3.0',
        version: '1.1.0 and later',
      },
    ],
  },
  {
    id: 'browser',
    name: 'a browser or curl',
    header: /mozilla|chrome|firefox|curl/i,
    subject: null,
    recipes: [
      {
        topic: 'log-secrets',
        text: 'set the environment variable SSLKEYLOGFILE to a file before it is started.',
        source: 'Mozilla NSS, “NSS Key Log Format”; “Everything curl”, SSLKEYLOGFILE',
        version: 'curl with OpenSSL, GnuTLS or wolfSSL; Firefox and Chrome',
      },
    ],
  },
] as const satisfies readonly Product[];

/** What holds whatever the product is. */
export const ANY_PRODUCT = {
  id: 'any',
  name: 'any product',
  header: null,
  subject: null,
  recipes: [
    {
      topic: 'break-connection',
      text: 'on Linux “ss -K dst ADDRESS dport = PORT” closes a connection from outside, where the kernel allows it (CONFIG_INET_DIAG_DESTROY); else restart the phone or the trunk.',
      source: 'ss(8), -K; Linux net/ipv4/Kconfig',
      version: 'iproute2 4.5 and later',
    },
    {
      topic: 'capture',
      text: 'capture with “tcpdump -i INTERFACE -s 0 -B 65536 -w FILE host ADDRESS and port PORT”: that keeps whole packets of both directions.',
      source: 'tcpdump(1), -s and -B',
      version: '4.x',
    },
  ],
} as const satisfies Product;
