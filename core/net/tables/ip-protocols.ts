/**
 * Names of IP protocol numbers, IANA "Assigned Internet Protocol Numbers" as of 2026-11; those that are met in
 * telephony networks. Names as people say them.
 */
const NAMES_OF_IP_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [0, 'IPv6 hop-by-hop'],
  [1, 'ICMP'],
  [2, 'IGMP'],
  [4, 'IPv4'],
  [6, 'TCP'],
  [8, 'EGP'],
  [9, 'IGRP'],
  [17, 'UDP'],
  [27, 'RDP'],
  [33, 'DCCP'],
  [41, 'IPv6'],
  [46, 'RSVP'],
  [47, 'GRE'],
  [50, 'ESP'],
  [51, 'AH'],
  [55, 'MOBILE'],
  [58, 'ICMPv6'],
  [88, 'EIGRP'],
  [89, 'OSPF'],
  [94, 'IPIP'],
  [97, 'EtherIP'],
  [103, 'PIM'],
  [108, 'IPComp'],
  [112, 'VRRP'],
  [115, 'L2TP'],
  [132, 'SCTP'],
  [136, 'UDP-Lite'],
  [137, 'MPLS'],
]);

/** The name of an IP protocol, or its number in words. */
export function nameOfIpProtocol(protocol: number): string {
  return NAMES_OF_IP_PROTOCOLS.get(protocol) ?? `IP protocol ${protocol}`;
}
