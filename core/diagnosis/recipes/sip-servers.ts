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
        text: 'set modparam("tls", "keylog_mode", 15) and modparam("tls", "keylog_file", "/path/to/file"). Versions before 6.1 do not have these parameters.',
        source: 'Kamailio tls module, keylog_mode and keylog_file (added July 2025)',
        version: '6.1',
      },
      {
        topic: 'force-rsa',
        text: 'set method = TLSv1.2 and cipher_list = AES256-SHA:AES128-SHA in tls.cfg, then run “kamcmd tls.reload”.',
        source: 'Kamailio tls module, tls_method and cipher_list; tried with 5.6',
        version: '5.6',
      },
      {
        topic: 'no-resumption',
        text: 'leave session_cache at its default (off), and restart Kamailio so that no client holds a session of it.',
        source: 'Kamailio tls module, session_cache',
        version: '5.6',
      },
      {
        topic: 'trust-store',
        place: 'the file that ca_list in tls.cfg names',
        text: 'trusted authorities stand in the file named by ca_list in tls.cfg: append the certificate there, then run “kamcmd tls.reload”.',
        source: 'Kamailio tls module, ca_list',
        version: '5.6',
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
        text: 'it has no setting of its own; a key logger library loaded into it with LD_PRELOAD writes the secrets of every program that uses OpenSSL.',
        source: 'VoIPmonitor documentation, TLS, “ssl key logger” (names Asterisk, FreeSWITCH and Kamailio)',
        version: 'any that links OpenSSL dynamically',
      },
      {
        topic: 'force-rsa',
        text: 'set cipher = AES256-SHA,AES128-SHA and method = tlsv1_2 in the TLS transport of pjsip.conf, then restart Asterisk.',
        source: 'Asterisk, pjsip.conf, type=transport: cipher, method',
        version: '13 and later (chan_pjsip)',
      },
      {
        topic: 'trust-store',
        place: 'ca_list_file of the transport in pjsip.conf',
        text: 'trusted authorities stand in ca_list_file or ca_list_path of the TLS transport in pjsip.conf.',
        source: 'Asterisk, pjsip.conf, type=transport: ca_list_file, ca_list_path',
        version: '13 and later (chan_pjsip)',
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
        text: 'a key logger library loaded into it with LD_PRELOAD writes the secrets of every program that uses OpenSSL.',
        source: 'VoIPmonitor documentation, TLS, “ssl key logger” (names Asterisk, FreeSWITCH and Kamailio)',
        version: 'any that links OpenSSL dynamically',
      },
      {
        topic: 'force-rsa',
        text: 'set sip_tls_ciphers to AES256-SHA:AES128-SHA and sip_tls_version to tlsv1.2 in vars.xml, then restart the profile.',
        source: 'FreeSWITCH, conf/vanilla/vars.xml',
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
        text: 'set the environment variable SSLKEYLOGFILE to a file before it is started.',
        source: 'SIPp pull request 781 “TLS key logging” (March 2025)',
        version: 'after 3.7.3',
      },
    ],
  },
] as const satisfies readonly Product[];
