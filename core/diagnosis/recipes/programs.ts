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
        source: 'openssl-s_client(1), openssl-s_server(1)',
        version: '1.1.1 and later',
        tried: { version: '3.0.22', seen: 'of either side the file decrypts TLS 1.3 and 1.2' },
      },
      {
        topic: 'no-resumption',
        text: 'give the server -no_ticket and -no_cache.',
        source: 'openssl-s_server(1)',
        version: '1.1.0 and later',
        tried: { version: '3.0.22', seen: 'with TLS 1.2 the client got no session that it could save' },
      },
      {
        topic: 'trust-store',
        text: 'give it -CAfile FILE; without it the directory of OpenSSL’s own installation counts.',
        place: 'the file after -CAfile',
        source: 'openssl-s_client(1), openssl-verification-options(1)',
        version: '1.1.0 and later',
        tried: {
          version: '3.0.22',
          seen: 'without it “unable to get local issuer certificate”, with it the chain verifies',
        },
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
  {
    id: 'greasing',
    name: 'probably Chrome, a program with its TLS library, or one of Apple’s',
    header: null,
    subject: null,
    recipes: [
      {
        topic: 'log-secrets',
        text: 'Chrome and Edge write their secrets where the environment variable SSLKEYLOGFILE names a file before they are started; apps of phones do not.',
        source: 'RFC 8701 (who sends such values); Mozilla NSS, “NSS Key Log Format”',
        version: 'Chrome and Edge on Windows, macOS and Linux',
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
      topic: 'log-secrets',
      text: 'a program on Linux that loads OpenSSL as a shared library writes its secrets when it is started with LD_PRELOAD=/path/to/libsslkeylog.so SSLKEYLOGFILE=/path/to/file. The library is built from one C file.',
      source: 'Peter Wu, wireshark-notes, sslkeylog.c',
      version: 'OpenSSL 1.1.1 and later',
      tried: {
        version: 'Kamailio 5.6.3, Asterisk 22.10.1, SIPp 3.8.0, baresip 1.0.0 and 1.1.0',
        seen: 'a library that sets OpenSSL’s key log callback in SSL_new, as that one does: all of them wrote files that decrypt',
      },
    },
    {
      topic: 'force-rsa',
      text: 'a program that leaves the choice to OpenSSL takes it from OpenSSL’s configuration: in the section that system_default names set MaxProtocol = TLSv1.2 and CipherString = AES256-SHA:AES128-SHA, then restart the program.',
      source: 'config(5), SSL_CONF_cmd(3)',
      version: 'OpenSSL 1.1.1 and later',
      tried: {
        version: 'Kamailio 5.6.3 with OpenSSL 3.0.22',
        seen: 'TLS_RSA_WITH_AES_256_CBC_SHA without a line of tls.cfg changed; the private key decrypts it',
      },
    },
    {
      topic: 'no-resumption',
      text: 'a program that uses OpenSSL gives out no tickets with Options = -SessionTicket in the section that system_default names in OpenSSL’s configuration, after a restart.',
      source: 'config(5), SSL_CONF_cmd(3)',
      version: 'OpenSSL 1.1.1 and later',
      tried: {
        version: 'Kamailio 5.6.3 with OpenSSL 3.0.22',
        seen: 'with TLS 1.2 the client got no session that it could save',
      },
    },
    {
      topic: 'break-connection',
      text: 'on a Linux server “ss -K dst ADDRESS dport = PORT” closes this connection, where the kernel allows it (CONFIG_INET_DIAG_DESTROY); else restart the phone or the trunk.',
      source: 'ss(8), -K; Linux net/ipv4/Kconfig',
      version: 'iproute2 4.5 and later',
      tried: {
        version: 'iproute2 6.1.0',
        seen: 'the connection ended at once, with a reset for the client',
      },
    },
    {
      topic: 'capture',
      text: 'capture with “tcpdump -i INTERFACE -s 0 -B 65536 -w FILE host ADDRESS and port PORT”: that keeps whole packets of both directions.',
      source: 'tcpdump(1), -s and -B',
      version: '4.x',
      tried: { version: '4.99.3', seen: 'no packet dropped, none cut' },
    },
  ],
} as const satisfies Product;
