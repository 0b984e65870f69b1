import type { Product } from './recipe.ts';

/** Desk phones and phone programs. Sources were read in November 2026. */
export const PHONES = [
  {
    id: 'yealink',
    name: 'Yealink phone',
    header: /yealink/i,
    subject: /yealink/i,
    recipes: [
      {
        topic: 'trust-store',
        place: 'web page, Security, Trusted Certificates',
        text: 'trusted certificates are uploaded in the phone’s web page under Security, Trusted Certificates (ten at most), or by security.trust_certificates and static.trusted_certificates in its configuration file. The phone’s clock must be right.',
        source: 'Yealink administrator’s guides (T2, T4, T5 series), “Transport Layer Security”',
        version: 'firmware 71 and later',
      },
    ],
  },
  {
    id: 'polycom',
    name: 'Polycom or Poly phone',
    header: /polycom|\bpoly(?:edge|trio|vvx)/i,
    subject: /polycom/i,
    recipes: [
      {
        topic: 'trust-store',
        text: 'a TLS profile says which authorities are trusted; which profile SIP uses stands in the web page under Settings, Network, TLS, TLS Applications, or in sec.TLS.profileSelection.SIP.',
        place: 'web page, Settings, Network, TLS (the profile that SIP uses)',
        source: 'Polycom administrator’s guides (UC Software 4 and later), “Set TLS Profiles”',
        version: 'UC Software 4.0 and later',
      },
    ],
  },
  {
    id: 'grandstream',
    name: 'Grandstream phone',
    header: /grandstream/i,
    subject: null,
    recipes: [
      {
        topic: 'trust-store',
        text: 'the account’s SIP settings name the authority (Security Settings, SIP CA Certificate). The phone checks the chain only where “Validate Certification Chain” is set to Yes; the default is No.',
        place: 'account, SIP settings, Security Settings, SIP CA Certificate',
        source: 'Grandstream, GXV34x0 user manual, account settings, “Security Settings”',
        version: 'GXV34x0',
      },
    ],
  },
  {
    id: 'cisco-phone',
    name: 'Cisco IP phone',
    header: /\bCisco-(?:CP|DX)/i,
    subject: /\bSEP[0-9A-F]{12}\b/,
    recipes: [
      {
        topic: 'trust-store',
        text: 'with Unified Communications Manager it trusts what stands in its ITL and CTL files and asks the Trust Verification Service for the rest. After certificates of the cluster changed, it must fetch a new ITL file; where the old one refuses that, delete the ITL file on the phone.',
        place: 'ITL and CTL files that Unified Communications Manager gives it',
        source: 'Cisco, document 116232, “Security By Default” of Unified Communications Manager',
        version: 'CUCM 8.0 and later',
      },
    ],
  },
  {
    id: 'innovaphone',
    name: 'innovaphone phone or gateway',
    header: /innovaphone/i,
    subject: /innovaphone/i,
    recipes: [
      {
        topic: 'trust-store',
        text: 'trusted certificates stand under General, Certificates, Trust list. A chain that it refused is listed there too (“Rejected certificates”), as “Unknown CA” where the root was not sent, and can be trusted from there.',
        place: 'General, Certificates, Trust list',
        source: 'innovaphone wiki, Reference9: General/Certificates',
        version: '9 and later',
      },
    ],
  },
  {
    id: 'gigaset',
    name: 'Gigaset base or phone',
    header: /gigaset/i,
    subject: null,
    recipes: [
      {
        topic: 'trust-store',
        text: 'its web page (Integrator view) lists server and CA certificates under Security, Certificates; one that did not pass stands under Invalid certificates and can be accepted there.',
        place: 'web page, Security, Certificates',
        source: 'Gigaset wiki, “Security” of the Integrator user interface',
        version: 'IP DECT systems',
      },
    ],
  },
  {
    id: 'baresip',
    name: 'baresip',
    header: /\bbaresip\b/i,
    subject: null,
    recipes: [
      {
        topic: 'log-secrets',
        text: 'only a build with TRACE_SSL set to a file name writes secrets; the environment variable SSLKEYLOGFILE alone does nothing. Start it with a key logger library, log on the other side, or build it anew.',
        source: 'github.com/baresip/re, pull request 140 (2021)',
        version: '1.0 and later',
        tried: {
          version: '1.0.0 and 1.1.0',
          seen: 'SSLKEYLOGFILE alone writes nothing; with a key logger library TLS 1.3 decrypts',
        },
      },
      {
        topic: 'trust-store',
        text: 'sip_cafile in its config file names the file with the trusted authorities. 1.1 refuses a server whose authority is not in it; 1.0 takes any server.',
        place: 'sip_cafile in its config file',
        source: 'baresip, docs/examples/config: sip_cafile',
        version: '1.0 and later',
        tried: {
          version: '1.0.0 and 1.1.0',
          seen: 'with another authority’s file 1.1.0 broke off the handshake and 1.0.0 registered all the same; with the right one both registered',
        },
      },
    ],
  },
] as const satisfies readonly Product[];
