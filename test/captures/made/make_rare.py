#!/usr/bin/env python3
"""Makes the captures of what Debian's own libraries no longer do, or never did, as make.py makes the others:
python3 make_rare.py [NAME…]. The endpoints are libraries with those parts built in; README.md says how. Where they lie is
told by the environment: OPENSSL (the program, with zlib), MBEDTLS2, MBEDTLS3, WOLFSSL, WOLFSSL_ZLIB, GNUTLS (endpoint_*.c beside
this script, linked with that library)."""
import os, subprocess, sys, time

import make
from make import HERE, KEYS, MESSAGE, Recorder, stop

ANSWER = (b"SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK%d\r\nFrom: <sip:1001@pbx.example>;tag=%d\r\n"
          b"To: <sip:pbx.example>;tag=a\r\nCall-ID: made-%d@127.0.0.1\r\nCSeq: %d OPTIONS\r\nUser-Agent: made\r\nContent-Length: 0\r\n\r\n")
OPENSSL = os.environ.get("OPENSSL", "openssl")


def converse(port, extra, messages=3):
    """OpenSSL at both ends; each side's messages and the other's answers in turn."""
    make.BASE = [OPENSSL]
    s = make.server(port, extra=["-quiet", *extra])
    p = subprocess.Popen([OPENSSL, "s_client", "-connect", f"127.0.0.1:{port}", "-quiet", "-no_ign_eof", *extra], stdin=subprocess.PIPE,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.6)
    for i in range(messages):
        for side, text in ((p, MESSAGE), (s, ANSWER)):
            side.stdin.write(text % (i, i, i, i + 1))
            side.stdin.flush()
            time.sleep(0.2)
    p.stdin.close()
    p.wait(3)
    stop(s)


def deflate():
    """RFC 3749 in each version that has it: stream, chained IV, explicit IV, encrypt-then-MAC, AEAD."""
    scenes = [(15201, "-tls1", "AES128-SHA", ["-no_etm", "-bugs"]), (15202, "-tls1_1", "AES256-SHA", []), (15203, "-tls1_2", "AES128-SHA256", ["-no_etm"]),
              (15204, "-tls1_2", "AES128-GCM-SHA256", [])]
    with Recorder("deflate", [scene[0] for scene in scenes]):
        for port, version, cipher, extra in scenes:
            converse(port, [version, "-cipher", f"{cipher}:@SECLEVEL=0", "-comp", *extra])


def endpoints(variable, port, keylog, *options):
    """One of endpoint_*.c: both ends in one program. Without a key log where the server's key is enough."""
    path = f"{KEYS}/{keylog}.keys" if keylog else "-"
    priority = options[:1] if variable == "GNUTLS" else []
    rest = options[1:] if variable == "GNUTLS" else options
    subprocess.run([os.environ[variable], str(port), f"{KEYS}/server.pem", f"{KEYS}/server.key.pem", path, *priority, *rest], check=True, timeout=15)


def recorded(name, variable, scenes, keylog=None):
    """`scenes`: options of the endpoints, by port."""
    if keylog and os.path.exists(f"{KEYS}/{keylog}.keys"):
        os.unlink(f"{KEYS}/{keylog}.keys")
    with Recorder(name, [*scenes, *(port + 1 for port, options in scenes.items() if "move" in options)]):
        for port, options in scenes.items():
            endpoints(variable, port, keylog, *options)


def dtls_cid():
    """RFC 9146: AEAD with each kind of nonce, both orders of encryption and MAC; ids in one direction only; a client that moves."""
    recorded("dtls-cid", "MBEDTLS3", {
        15211: ["udp", "cid=4:8", "suite=c02f"],
        15212: ["udp", "cid=2:2", "suite=cca8"],
        15213: ["udp", "cid=2:20", "suite=c09c"],
        15214: ["udp", "cid=0:6", "suite=002f"],
        15215: ["udp", "cid=3:0", "suite=003c", "noetm"],
    }, "dtls-cid")


def dtls_cid_moved():
    """The client goes on from another port: its id alone tells whose records these are."""
    recorded("dtls-cid-moved", "MBEDTLS3", {15221: ["udp", "cid=2:3", "suite=009c", "move"]})


def dtls_cid_draft():
    """What Mbed TLS 2 has of connection ids: the fifth draft, with another MAC."""
    recorded("dtls-cid-draft", "MBEDTLS2", {15223: ["udp", "cid=2:5", "suite=009c"], 15224: ["udp", "cid=2:5", "suite=003c"],
                                            15225: ["udp", "cid=2:5", "suite=003c", "noetm"]})


def truncated_hmac():
    """RFC 6066 section 7: 80 bits of MAC. With chained IVs, explicit ones, encrypt-then-MAC, and in DTLS."""
    recorded("truncated-hmac", "MBEDTLS2", {
        15231: ["tls10", "truncated", "suite=002f", "noetm"],
        15232: ["tls12", "truncated", "suite=003c", "noetm"],
        15233: ["tls12", "truncated", "suite=003d"],
        15234: ["udp", "truncated", "suite=002f"],
    })


def max_fragment_length():
    """RFC 6066 section 4, each of its four lengths over DTLS, and two over TLS."""
    recorded("max-fragment-length", "MBEDTLS3", {
        15240 + code + 10 * datagrams: [*(["udp"] if datagrams else ["tls12"]), f"fragment={code}", "big=1000", "suite=009c"]
        for datagrams, codes in ((0, (1, 4)), (1, (1, 2, 3, 4))) for code in codes
    })


def record_size_limit_dtls():
    """RFC 8449 over DTLS."""
    recorded("record-size-limit-dtls", "GNUTLS", {15261: ["NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+RSA", "udp", "limit=600", "big=1200"]})


def heartbeat():
    """RFC 6520: encrypted in TLS 1.2 and 1.3, DTLS 1.0 and 1.2; in clear under a NULL suite."""
    recorded("heartbeat", "GNUTLS", {
        15271: ["NORMAL:-VERS-ALL:+VERS-TLS1.2", "heartbeat"],
        15272: ["NORMAL:-VERS-ALL:+VERS-TLS1.3", "heartbeat"],
        15273: ["NORMAL:-VERS-ALL:+VERS-DTLS1.2", "udp", "heartbeat"],
        15274: ["NORMAL:-VERS-ALL:+VERS-DTLS1.0:-CIPHER-ALL:+AES-128-CBC:-KX-ALL:+RSA", "udp", "heartbeat"],
        15275: ["NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+NULL:-KX-ALL:+RSA", "heartbeat"],
    }, "heartbeat")


def dtls13_cid():
    """RFC 9147 section 9: ids in both directions, in one, and over KeyUpdates."""
    recorded("dtls13-cid", "WOLFSSL", {15251: ["cid=2:1"], 15252: ["cid=0:2", "suite=TLS13-CHACHA20-POLY1305-SHA256"], 15253: ["cid=1:1", "update"]},
             "dtls13-cid")


def dtls13_srtp():
    """RFC 5764 with DTLS 1.3: media under the exporter's keys, with and without connection ids."""
    recorded("dtls13-srtp", "WOLFSSL", {15255: ["srtp=SRTP_AES128_CM_SHA1_80"], 15256: ["srtp=SRTP_AEAD_AES_128_GCM", "cid=2:2"]}, "dtls13-srtp")


def private_compression():
    """wolfSSL compresses by a method of its own number, 221."""
    recorded("private-compression", "WOLFSSL_ZLIB", {15257: ["suite=AES128-SHA256", "pad=11:11"]})


ALL = [deflate, dtls_cid, dtls_cid_moved, dtls_cid_draft, truncated_hmac, max_fragment_length, record_size_limit_dtls, heartbeat, dtls13_cid,
       dtls13_srtp, private_compression]

if __name__ == "__main__":
    wanted = sys.argv[1:]
    for one in ALL:
        if not wanted or one.__name__.replace("_", "-") in wanted:
            print(one.__name__)
            one()
