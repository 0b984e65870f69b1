#!/usr/bin/env python3
"""Makes carriers.pcapng: python3 make_carriers.py, with scapy 2.7. One SIP request in UDP, in each link type and tunnel
that is read; a frame's comment names it. Every frame is shown to tshark as well: the comment ends with "(tshark agrees)"
where it finds the same innermost request, else with "(not read by tshark 4.0)"."""
import logging, os, struct, subprocess, tempfile

logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import *
from scapy.contrib.erspan import ERSPAN_II, ERSPAN_III
from scapy.contrib.geneve import GENEVE, GeneveOptions
from scapy.contrib.gtp import GTP_U_Header
from scapy.contrib.mpls import MPLS
from scapy.contrib.nsh import NSH

HERE = os.path.dirname(os.path.abspath(__file__))
A, B = "02:00:00:00:00:01", "02:00:00:00:00:02"
SIP = (b"OPTIONS sip:pbx.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1\r\nFrom: <sip:a@b.example>;tag=1\r\n"
       b"To: <sip:pbx.example>\r\nCall-ID: carriers\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
i4 = bytes(IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5060, dport=5070) / Raw(SIP))
i6 = bytes(IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=5060, dport=5070) / Raw(SIP))
OUTER = dict(src="192.0.2.1", dst="192.0.2.2")
cases = []


def u16(*values): return struct.pack(">%dH" % len(values), *values)
def u32(*values): return struct.pack(">%dI" % len(values), *values)
def raw(data): return Raw(data)
def eth(data, kind=0x0800): return bytes(Ether(src=A, dst=B, type=kind) / raw(data))
def over_ip(protocol, data): return eth(bytes(IP(**OUTER, proto=protocol) / raw(data)))
def over_ip6(protocol, data): return eth(bytes(IPv6(src="2001:db8:1::1", dst="2001:db8:1::2", nh=protocol) / raw(data)), 0x86dd)
def over_udp(port, data, source=40001): return eth(bytes(IP(**OUTER) / UDP(sport=source, dport=port) / raw(data)))
def gre(data, **fields): return over_ip(47, bytes(GRE(**fields) / raw(data)))
def mpls(data): return bytes(MPLS(label=16, s=0, ttl=64) / MPLS(label=17, s=1, ttl=64) / raw(data))
def add(name, frame, link=1, decode_as=()): cases.append((name, link, frame, decode_as))


SNAP = b"\xaa\xaa\x03\0\0\0\x08\0"


def wlan(flags=0x02, qos=b"", extra=b"", body=SNAP + i4):
    return bytes([0x88 if qos else 0x08, flags]) + u16(0) + mac2str(B) + mac2str(A) + mac2str(A) + u16(16) + extra + qos + body


def radiotap(frame, flags=0): return bytes(RadioTap(present="Flags", Flags=flags)) + frame


def tunnels():
    add("IPv6 in IPv4 (6in4)", over_ip(41, i6))
    add("IPv6 in IPv6", over_ip6(41, i6))
    add("GRE with checksum, key and sequence", gre(i4, proto=0x800, chksum_present=1, key_present=1, key=7, seqnum_present=1, seqence_number=9))
    add("GRE, transparent Ethernet bridging", gre(eth(i4), proto=0x6558, key_present=1, key=0x1234500))
    add("PPTP", over_ip(47, u16(0x3081, 0x880b, len(i4) + 4, 5) + u32(1, 2) + b"\xff\x03\0\x21" + i4))
    add("ERSPAN I", gre(eth(i4), proto=0x88be))
    add("ERSPAN II", gre(bytes(ERSPAN_II(session_id=5, vlan=10) / raw(eth(i4))), proto=0x88be, seqnum_present=1, seqence_number=3))
    add("ERSPAN III", gre(bytes(ERSPAN_III(session_id=5) / raw(eth(i4))), proto=0x22eb, seqnum_present=1, seqence_number=3))
    add("VXLAN", over_udp(4789, bytes(VXLAN(vni=42, flags=8) / raw(eth(i4)))))
    add("Geneve with an option", over_udp(6081, bytes(GENEVE(vni=7, proto=0x6558, options=[GeneveOptions(classid=0x102, type=0x80, data=b"\0\0\0\1")]) / raw(eth(i4)))))
    add("GTP-U with two extension headers", over_udp(2152, b"\x36\xff" + u16(12 + len(i4)) + u32(9) + b"\0\1\0\xc0\x01\0\1\x85\x01\x10\x01\0" + i4, 2152))
    add("MPLS in GRE", gre(mpls(i4), proto=0x8847))
    add("MPLS in UDP", over_udp(6635, mpls(i4)))
    add("L2TPv2", over_udp(1701, u16(0x0002, 1, 1) + b"\xff\x03\0\x21" + i4, 1701))
    add("L2TPv2 answered to another port", over_udp(40001, u16(0x0002, 1, 1) + b"\xff\x03\0\x21" + i4, 1701))
    ethernet = ("-d", "l2tp.pw_type==0,eth")
    add("L2TPv3 over IP, no cookie", over_ip(115, u32(0x1234) + eth(i4)), 1, ethernet)
    cookie = ("-o", "l2tp.cookie_size:4 Byte Cookie", "-o", "l2tp.l2_specific:Default L2-Specific")
    add("L2TPv3 over IP, cookie and sequence", over_ip(115, u32(0x1234, 0x11223344, 0) + eth(i4)), 1, ethernet + cookie)
    add("L2TPv3 over UDP", over_udp(1701, u16(3, 0) + u32(0x1234) + eth(i4), 1701), 1, ethernet)
    add("Teredo", over_udp(3544, i6))
    add("Teredo from the server, with origin", over_udp(40001, u16(0, 0x1111) + u32(0x3f3f3f3f) + i6, 3544))
    add("GUE", over_udp(6080, b"\0\4\0\0" + i4))
    add("GUE, version 1", over_udp(6080, i4))
    add("LISP", over_udp(4341, b"\x08\0\0\0" + u32(1) + i4))
    add("NSH in VXLAN-GPE", over_udp(4790, b"\x0c\0\0\4\0\0\x2a\0" + bytes(NSH(mdtype=2, nextproto=3, spi=1, si=255, length=2) / raw(eth(i4)))))
    add("TZSP", over_udp(37008, b"\1\0\0\1\x0a\1\xc8\0\1" + eth(i4)))


def recordings():
    add("CAPWAP with Ethernet", over_udp(5247, b"\0\x10\x02\0\0\0\0\0" + eth(i4)))
    add("CAPWAP with 802.11, answered", over_udp(40001, b"\0\x10\x03\0\0\0\0\0" + wlan(), 5247), 1, ("-o", "capwap.swap_fc:FALSE"))
    swapped = wlan()
    add("CAPWAP with 802.11, control exchanged", over_udp(5247, b"\0\x10\x03\0\0\0\0\0" + swapped[1:2] + swapped[:1] + swapped[2:]))
    new = b"\x00\xff\xab\xcd\x02" + u32(55, 6) + u16(0, 36) + u32(5180, 0, 0) + b"\x50\x06\xc4\xa6" + b"\0" * 8
    length = len(wlan()) + 4
    add("OmniPeek remote", over_udp(5000, new + u16(length, length, 0) + u32(0, 1) + wlan() + b"\1\2\3\4"))
    old = b"\xc4\xa6" + u16(length, length, 0) + u32(0, 1) + b"\x0c\x06\x50\0"
    add("OmniPeek remote, old", over_udp(5000, old + wlan() + b"\1\2\3\4"), 1, ("-d", "udp.port==5000,peekremote"))
    add("HP mirror", over_udp(7932, b"\1" + b"\0" * 11 + eth(i4)), 1, ("-d", "udp.port==7932,hp_erm"))
    add("Aruba remote", over_udp(5555, u32(1700000000, 5, len(wlan()), len(wlan())) + wlan()))
    for version, ids, session in ((5, u16(1, 1), u32(7)), (8, u16(1, 1), u32(7, 8) + b"\0"), (9, u32(1, 1), u32(7, 8) + b"\0")):
        head = bytes([version]) + u32(1000) + u16(3) + ids
        add("AudioCodes version %d, IP" % version, over_udp(925, head + bytes([8, 16, 16, 0]) + session + i4, 925))
        ends = bytes([10, 0, 0, 1, 10, 0, 0, 2])
        ports = u16(5060, 5070)
        add("AudioCodes version %d, SIP" % version, over_udp(925, head + bytes([0, 6, 10, 14]) + session + ends + ports + b"\1\0" + SIP, 925))
        add("AudioCodes version %d, SIP of TLS" % version, over_udp(925, head + bytes([0, 6, 33, 13]) + session + ports + ends + b"\3" + SIP, 925))


def links():
    add("QinQ, 802.1ad", bytes(Ether(src=A, dst=B) / Dot1AD(vlan=7) / Dot1Q(vlan=8, type=0x800) / raw(i4)))
    add("QinQ, 9100", eth(u16(7, 0x8100, 8, 0x800) + i4, 0x9100))
    add("PPPoE in a VLAN", bytes(Ether(src=A, dst=B) / Dot1Q(vlan=7, type=0x8864) / PPPoE(sessionid=1) / raw(b"\0\x21" + i4)))
    add("MPLS", eth(mpls(i4), 0x8847))
    add("MPLS, Ethernet without control word", eth(mpls(bytes(Ether(src="00:50:56:00:00:01", dst="00:1b:21:00:00:02", type=0x800) / raw(i4))), 0x8847))
    add("MPLS, Ethernet with control word", eth(mpls(u32(77) + bytes(Ether(src="00:50:56:00:00:01", dst="00:1b:21:00:00:02", type=0x800) / raw(i4))), 0x8847))
    add("MPLS, Ethernet with 802.1ad", eth(mpls(u32(0) + bytes(Ether(src=A, dst=B) / Dot1AD(vlan=5) / Dot1Q(vlan=6, type=0x800) / raw(i4))), 0x8847))
    add("NSH with Ethernet", eth(bytes(NSH(mdtype=1, nextproto=3, spi=1, si=255) / raw(eth(i4))), 0x894f))
    add("NSH with IPv6", eth(bytes(NSH(mdtype=1, nextproto=2, spi=1, si=255) / raw(i6)), 0x894f))
    add("PBB behind a B-TAG", eth(u16(5, 0x88e7) + u32(0x64) + eth(i4), 0x88a8))
    add("TRILL", eth(u16(0, 1, 2) + eth(i4), 0x22f3))
    add("FabricPath", eth(u16(0x0460) + eth(i4), 0x8903))
    add("R-TAG", eth(u16(0, 7, 0x800) + i4, 0xf1c1))
    add("Arista, 64 bits", eth(u16(1, 0x10) + b"\0" * 8 + u16(0x800) + i4, 0xd28b))
    add("Arista, 48 bits", eth(u16(1, 0x20) + b"\0" * 6 + u16(0x800) + i4, 0xd28b))
    add("cooked with VLAN", u16(0, 1, 6) + mac2str(A) + u16(0, 0x8100, 5, 0x800) + i4, 113)
    add("cooked v2 with VLAN", u16(0x8100, 0) + u32(3) + u16(1) + b"\0\6" + mac2str(A) + u16(0, 5, 0x800) + i4, 276)
    add("802.11 QoS", radiotap(wlan(qos=b"\0\0")), 127)
    add("802.11, four addresses", radiotap(wlan(0x03, b"\0\0", mac2str(A))), 127)
    add("802.11 A-MSDU", radiotap(wlan(qos=b"\x80\0", body=mac2str(B) + mac2str(A) + u16(len(SNAP + i4)) + SNAP + i4)), 127)
    add("TZSP as a link", b"\1\0\0\1\1" + eth(i4), 128)
    ethernet = eth(i4)
    for kind, extension in ((2, b""), (0x82, b"\x03" + b"\0" * 7)):
        head = struct.pack("<Q", 0x1122334455667788) + bytes([kind, 4]) + u16(18 + len(extension) + len(ethernet) + 4, 0, len(ethernet) + 4)
        add("ERF, type %02x" % kind, head + extension + b"\0\0" + ethernet + b"\1\2\3\4", 197)
    add("ERF, IPv4", struct.pack("<Q", 0x1122334455667788) + b"\x16\4" + u16(16 + len(i4), 0, len(i4)) + i4, 197)
    add("Juniper, no link header", b"MGC\x82\0\3\1\1\1" + struct.pack("<I", 2) + i4, 178)
    add("Juniper PPP", b"MGC\0\xff\x03\0\x21" + i4, 179)
    add("Juniper Frame Relay", b"MGC\0\x04\x01\x03\xcc" + i4, 180)
    add("Juniper Cisco HDLC", b"MGC\0\x0f\0\x08\0" + i4, 181)
    add("switch tag, Broadcom", mac2str(B) + mac2str(A) + u32(1) + u16(0x800) + i4, 281)
    add("switch tag, Broadcom, before", u32(1) + eth(i4), 282)
    add("switch tag, DSA", mac2str(B) + mac2str(A) + b"\xc0\x08\0\1" + u16(0x800) + i4, 284)
    add("switch tag, EDSA", mac2str(B) + mac2str(A) + b"\xda\xda\0\0\xc0\x08\0\1" + u16(0x800) + i4, 285)


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def write(path, frames):
    types = sorted({link for _, link, _ in frames})
    data = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for link in types:
        data += block(1, struct.pack("<HHI", link, 0, 0))
    for number, (comment, link, frame) in enumerate(frames):
        time = 1_790_000_000_000_000 + number
        text = comment.encode()
        options = struct.pack("<HH", 1, len(text)) + text + b"\0" * (-len(text) % 4) + struct.pack("<HH", 0, 0)
        padded = frame + b"\0" * (-len(frame) % 4)
        data += block(6, struct.pack("<IIIII", types.index(link), time >> 32, time & 0xFFFFFFFF, len(frame), len(frame)) + padded + options)
    with open(path, "wb") as file:
        file.write(data)


def tshark_agrees(link, frame, decode_as):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "carrier.pcapng")
        write(path, [("", link, frame)])
        out = subprocess.run(["tshark", "-r", path, *decode_as, "-T", "fields", "-e", "ip.src", "-e", "ipv6.src", "-e", "acdr.ext.src_ip", "-e", "sip.Method"],
                             capture_output=True, text=True).stdout.strip()
    return "OPTIONS" in out and ("10.0.0.1" in out or "2001:db8::1" in out)


tunnels(); recordings(); links()
write(os.path.join(HERE, "carriers.pcapng"), [
    (name + (" (tshark agrees)" if tshark_agrees(link, frame, decode_as) else " (not read by tshark 4.0)"), link, frame)
    for name, link, frame, decode_as in cases])
