import type { Product } from './recipe.ts';

/** Open-source servers. Sources were read in November 2026. */
export const SIP_SERVERS = [
  {
    id: 'kamailio',
    name: 'Kamailio',
    header: /kamailio|sip-router/i,
    subject: null,
    recipes: [
      {
        topic: 'log-secrets',
        text: 'from 6.1 on set modparam("tls", "keylog_mode", 15) and modparam("tls", "keylog_file", "/path/to/file") and restart it. Versions before do not have these parameters: start them with a key logger library.',
        source: 'Kamailio tls module, keylog_mode and keylog_file (added July 2025)',
        version: '6.1',
        tried: {
          version: '6.1.5',
          seen: 'TLS 1.3 and 1.2 with (EC)DHE and RSA decrypt with the file that it wrote',
        },
      },
      {
        topic: 'force-rsa',
        text: 'set method = TLSv1.2 and cipher_list = AES256-SHA:AES128-SHA in tls.cfg, then run “kamcmd tls.reload”. It holds for new connections.',
        source: 'Kamailio tls module, tls_method and cipher_list',
        version: '5.6',
        tried: {
          version: '5.6.3 and 6.1.5',
          seen: 'the connection before was TLS 1.3, the next after the reload used TLS_RSA_WITH_AES_256_CBC_SHA and decrypts with the private key',
        },
      },
      {
        topic: 'no-resumption',
        text: 'restart it while you capture: it makes a new key for its tickets at every start, so no older session can be resumed. It gives out tickets also where session_cache is off.',
        source: 'Kamailio tls module, session_cache; RFC 5077 §4 (tickets need no cache)',
        version: '5.6',
        tried: {
          version: '5.6.3',
          seen: 'with session_cache off a ticket was taken again; after a restart the same ticket led to a full handshake',
        },
      },
      {
        topic: 'trust-store',
        place: 'the file that ca_list in tls.cfg names',
        text: 'trusted authorities stand in the file named by ca_list in tls.cfg: append the certificate there, then run “kamcmd tls.reload”.',
        source: 'Kamailio tls module, ca_list',
        version: '5.6',
        tried: {
          version: '6.1.5',
          seen: 'a client certificate was refused with unknown_ca, and accepted after its authority was appended and the file reloaded',
        },
      },
    ],
  },
  {
    id: 'asterisk',
    name: 'Asterisk',
    header: /asterisk|fpbx|freepbx/i,
    subject: null,
    recipes: [
      {
        topic: 'log-secrets',
        text: 'it has no setting of its own: start it with a key logger library.',
        source: 'VoIPmonitor documentation, TLS, “ssl key logger” (names Asterisk, FreeSWITCH and Kamailio)',
        version: 'any that links OpenSSL dynamically',
        tried: {
          version: '22.10.1 (chan_pjsip)',
          seen: 'the library’s file decrypts TLS 1.2 with ECDHE',
        },
      },
      {
        topic: 'force-rsa',
        text: 'set cipher = AES256-SHA,AES128-SHA and method = tlsv1_2 in the TLS transport of pjsip.conf, then restart Asterisk.',
        source: 'Asterisk, pjsip.conf, type=transport: cipher, method',
        version: '13 and later (chan_pjsip)',
        tried: {
          version: '22.10.1',
          seen: 'after the restart a client that prefers ECDHE got TLS_RSA_WITH_AES_256_CBC_SHA, and the private key decrypts it',
        },
      },
      {
        topic: 'no-resumption',
        text: 'restart it while you capture: it makes a new key for its tickets at every start, so no older session can be resumed.',
        source: 'RFC 5077 §4; Asterisk, pjsip.conf, type=transport has no setting for tickets',
        version: '13 and later (chan_pjsip)',
        tried: {
          version: '22.10.1',
          seen: 'a ticket was taken again; after a restart the same ticket led to a full handshake',
        },
      },
      {
        topic: 'trust-store',
        place: 'ca_list_file of the transport in pjsip.conf',
        text: 'trusted authorities stand in ca_list_file or ca_list_path of the TLS transport in pjsip.conf. Restart Asterisk after a change; reloading the module is not enough.',
        source: 'Asterisk, pjsip.conf, type=transport: ca_list_file, ca_list_path, allow_reload',
        version: '13 and later (chan_pjsip)',
        tried: {
          version: '22.10.1',
          seen: 'with verify_client a client certificate was refused, still refused after “module reload res_pjsip.so”, and accepted after a restart',
        },
      },
    ],
  },
  {
    id: 'freeswitch',
    name: 'FreeSWITCH',
    header: /freeswitch/i,
    subject: null,
    recipes: [
      {
        topic: 'log-secrets',
        text: 'it has no setting of its own: start it with a key logger library.',
        source: 'VoIPmonitor documentation, TLS, “ssl key logger” (names Asterisk, FreeSWITCH and Kamailio)',
        version: 'any that links OpenSSL dynamically',
      },
      {
        topic: 'force-rsa',
        text: 'set sip_tls_ciphers to AES256-SHA:AES128-SHA and sip_tls_version to tlsv1.2 in vars.xml, then restart it. Neither has a hold on TLS 1.3: where the client offers that, also set MaxProtocol = TLSv1.2 in the section that system_default names in OpenSSL’s configuration.',
        source:
          'FreeSWITCH, conf/vanilla/vars.xml and sip_profiles/internal.xml (tls-version, tls-ciphers); sofia-sip, tport_tls.c, tls_create_ctx; config(5)',
        version: '1.10, with OpenSSL 1.1.1 and later',
      },
      {
        topic: 'no-resumption',
        text: 'restart the SIP profile while you capture (“sofia profile NAME restart”): it makes a new TLS context, and with that new keys for its tickets, so no older session can be resumed.',
        source: 'sofia-sip, tport_tls.c, tls_create_ctx; RFC 5077 §4',
        version: '1.10',
      },
      {
        topic: 'trust-store',
        place: 'cafile.pem in the profile’s tls-cert-dir',
        text: 'trusted authorities stand in cafile.pem in the directory of tls-cert-dir, its own certificate with key in agent.pem there (without these files both in tls.pem). They count only where tls-verify-policy of the profile is not “none”. Intermediate certificates belong into cafile.pem as well: of agent.pem only the first certificate is taken. Restart the profile after a change.',
        source:
          'FreeSWITCH, conf/vanilla/sip_profiles/internal.xml (tls-cert-dir, tls-verify-policy); sofia-sip, tport_type_tls.c and tport_tls.c',
        version: '1.10',
      },
      {
        topic: 'export-key',
        text: 'its private key stands in agent.pem (or tls.pem) in the directory that tls-cert-dir of the SIP profile names, in PEM.',
        source:
          'FreeSWITCH, conf/vanilla/sip_profiles/internal.xml (tls-cert-dir); sofia-sip, tport_type_tls.c',
        version: '1.10',
      },
    ],
  },
  {
    id: 'sipp',
    name: 'SIPp',
    header: /\bsipp\b/i,
    subject: null,
    recipes: [
      {
        topic: 'log-secrets',
        text: 'after 3.7.3 a build can have it compiled in that the environment variable SSLKEYLOGFILE names the file; Debian’s 3.8.0 has not. A key logger library works with any.',
        source: 'SIPp pull request 781 “TLS key logging” (March 2025)',
        version: 'after 3.7.3',
        tried: {
          version: '3.8.0 (Debian)',
          seen: 'SSLKEYLOGFILE alone writes nothing; with a key logger library TLS 1.3 decrypts',
        },
      },
    ],
  },
] as const satisfies readonly Product[];
