#!/usr/bin/env python3
"""Makes the captures of what is rare in handshakes, and of a long loss, as make.py makes the others:
python3 make_rescues.py [NAME…]. Both ends are GnuTLS 3.7 by ctypes where no program can be asked for it."""
import ctypes, os, socket, ssl, struct, subprocess, sys, threading, time
from ctypes import byref, c_char_p, c_size_t, c_ubyte, c_void_p

import make
from make import HERE, KEYS, MESSAGE, Recorder, server, stop

GNUTLS = ctypes.CDLL("libgnutls.so.30")
GNUTLS.gnutls_record_send.restype = GNUTLS.gnutls_record_recv.restype = ctypes.c_ssize_t
GNUTLS.gnutls_strerror.restype = c_char_p
SERVER, CLIENT, CERTIFICATE, E_REHANDSHAKE = 1, 2, 1, -37


def must(code):
    if code < 0:
        raise OSError(GNUTLS.gnutls_strerror(code).decode())
    return code


class Session:
    def __init__(self, sock, role, priority, identity=None):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock, self.handle, credentials = sock, c_void_p(), c_void_p()
        must(GNUTLS.gnutls_init(byref(self.handle), role))
        must(GNUTLS.gnutls_certificate_allocate_credentials(byref(credentials)))
        if identity:
            files = [f"{KEYS}/{identity}.{end}".encode() for end in ("pem", "key.pem")]
            must(GNUTLS.gnutls_certificate_set_x509_key_file(credentials, *files, 1))
        must(GNUTLS.gnutls_credentials_set(self.handle, CERTIFICATE, credentials))
        self.prefer(priority)
        GNUTLS.gnutls_transport_set_int2(self.handle, sock.fileno(), sock.fileno())

    def prefer(self, priority):
        must(GNUTLS.gnutls_priority_set_direct(self.handle, priority.encode(), None))

    def handshake(self):
        must(GNUTLS.gnutls_handshake(self.handle))

    def receive(self):
        """What came; None where the other side wants another handshake."""
        buffer = ctypes.create_string_buffer(20000)
        n = GNUTLS.gnutls_record_recv(self.handle, buffer, c_size_t(20000))
        return None if n == E_REHANDSHAKE else buffer.raw[:must(n)]

    def send(self, data):
        must(GNUTLS.gnutls_record_send(self.handle, data, c_size_t(len(data))))

    def ask(self, number):
        self.send(MESSAGE % (number, number, number, number + 1))
        return self.receive()

    def close(self):
        GNUTLS.gnutls_bye(self.handle, 1)
        self.sock.close()


def answer_to(request):
    call = request.split(b"Call-ID: ")[1].split(b"\r\n")[0]
    return b"SIP/2.0 200 OK\r\nCall-ID: %s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n" % call


def in_thread(port, converse):
    """`converse(socket)` with who connects."""
    listener = socket.create_server(("127.0.0.1", port))

    def run():
        sock, _ = listener.accept()
        converse(sock)
        listener.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def serve(port, priority, identity="server"):
    def converse(sock):
        session = Session(sock, SERVER, priority, identity)
        session.handshake()
        while (data := session.receive()) != b"":
            if data is None:
                session.handshake()
            else:
                session.send(answer_to(data))
        session.close()

    return in_thread(port, converse)


def connect(port, priority):
    return Session(socket.create_connection(("127.0.0.1", port)), CLIENT, priority)


def priority(version, ciphers, exchange="RSA", *flags):
    exchanges = ["-KX-ALL", f"+{exchange}"] if exchange else []
    return ":".join(["NORMAL", "-VERS-ALL", f"+VERS-TLS{version}", *exchanges, "-CIPHER-ALL", *(f"+{c}" for c in ciphers), "+MAC-ALL",
                     "%UNSAFE_RENEGOTIATION", "%VERIFY_ALLOW_BROKEN", *flags])


def premaster_version():
    """The client offers TLS 1.2, the server takes 1.1 or 1.0, and the client writes that into the pre-master secret, as old
    clients did: it must be what was offered (RFC 5246 §7.4.7.1). OpenSSL lets it through with SSL_OP_TLS_ROLLBACK_BUG."""
    scenes = [(15301, "TLSv1_1", ["%NO_SESSION_HASH", "%NO_ETM"]), (15302, "TLSv1_1", []), (15303, "TLSv1", ["%NO_ETM"])]
    with Recorder("premaster-version", [port for port, *_ in scenes]):
        for port, version, flags in scenes:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.set_ciphers("AES128-SHA:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
            context.options |= 0x00800000
            context.load_cert_chain(f"{KEYS}/server.pem", f"{KEYS}/server.key.pem")

            def converse(sock):
                with context.wrap_socket(sock, server_side=True) as tls:
                    while data := tls.recv(9000):
                        tls.sendall(answer_to(data))

            thread = in_thread(port, converse)
            client = connect(port, priority("1.2:+VERS-TLS1.1:+VERS-TLS1.0", ["AES-128-CBC"], "RSA", *flags))
            GNUTLS._gnutls_rsa_pms_set_version(client.handle, c_ubyte(3), c_ubyte(2 if version == "TLSv1_1" else 1))
            client.handshake()
            for number in range(3):
                client.ask(number)
            client.close()
            thread.join(3)


def renegotiation_suites():
    """Every renegotiation of the first connection goes over to another suite; the second has many."""
    suites = ["AES-128-CBC", "AES-256-GCM", "AES-128-CCM", "CAMELLIA-256-CBC", "3DES-CBC", "ARCFOUR-128", "CAMELLIA-128-GCM", "AES-256-CCM-8",
              "AES-256-CBC"]
    scenes = {15311: suites, 15312: ["AES-128-CBC", "AES-256-GCM"] * 12}
    with Recorder("renegotiation-suites", list(scenes)):
        for port, order in scenes.items():
            thread = serve(port, priority("1.2", suites))
            client = connect(port, priority("1.2", order[:1]))
            for number, suite in enumerate(order):
                client.prefer(priority("1.2", [suite]))
                client.handshake()
                client.ask(number)
            client.close()
            thread.join(3)


def rsa_16384():
    """OpenSSL's servers refuse so long a ClientKeyExchange, GnuTLS's do not."""
    with Recorder("rsa-16384", [15323]):
        thread = serve(15323, priority("1.2", ["AES-128-CBC"]), "rsa-16384")
        client = connect(15323, priority("1.2", ["AES-128-CBC"]))
        client.handshake()
        for number in range(2):
            client.ask(number)
        client.close()
        thread.join(3)


def early_data_refused():
    """The ways to refuse 0-RTT beside not to know it: a Hello Retry Request, another ALPN, a ticket used twice."""
    early, keylog, session = f"{make.SCRATCH}/early", f"{KEYS}/early-data-refused.keys", f"{make.SCRATCH}/session"
    open(early, "wb").write(b"".join(MESSAGE % (i, i, i, i + 1) for i in range(100, 104)))
    if os.path.exists(keylog):
        os.unlink(keylog)
    scenes = [(15336, ["-groups", "P-384"], [["-groups", "P-384"], ["-groups", "X25519:P-384"]]),
              (15337, ["-alpn", "h2,sip"], [["-alpn", "sip"], ["-alpn", "h2,sip"]]), (15338, [], [[], [], []])]
    with Recorder("early-data-refused", [port for port, *_ in scenes]):
        for port, extra, clients in scenes:
            s = server(port, extra=["-tls1_3", "-early_data", *extra])
            for at, own in enumerate(clients):
                resume = ["-sess_in", session, "-early_data", early] if at else ["-sess_out", session]
                p = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-quiet", "-no_ign_eof", "-tls1_3", "-keylogfile", keylog,
                                      *resume, *own], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(0.7)
                p.stdin.write(MESSAGE % (at, at, at, at + 1))
                p.stdin.close()
                p.wait(3)
            stop(s)


def thousand_records_lost():
    """1,012 requests and answers a connection; the middle thousand of each are then left out of the capture."""
    scenes = [("1.2", "AES-128-CBC", "RSA", "%NO_ETM"), ("1.2", "AES-256-CBC", "RSA"), ("1.0", "AES-128-CBC", "RSA", "%NO_ETM"),
              ("1.2", "AES-128-GCM", "RSA"), ("1.2", "AES-128-CCM", "RSA"), ("1.2", "ARCFOUR-128", "RSA"), ("1.2", "CHACHA20-POLY1305", "ECDHE-RSA"),
              ("1.3", "AES-256-GCM", None), ("1.3", "CHACHA20-POLY1305", None)]
    ports = range(15341, 15341 + len(scenes))
    keylog = os.environ["SSLKEYLOGFILE"] = f"{KEYS}/thousand-records-lost.keys"
    if os.path.exists(keylog):
        os.unlink(keylog)
    with Recorder("thousand-records-lost", ports):
        for port, (version, cipher, exchange, *flags) in zip(ports, scenes):
            thread = serve(port, priority(version, [cipher], exchange, *flags))
            client = connect(port, priority(version, [cipher], exchange, *flags))
            client.handshake()
            for number in range(1012):
                client.ask(number)
            client.close()
            thread.join(3)
    leave_out(f"{HERE}/thousand-records-lost.pcap", 6, 1000)


def leave_out(path, behind, count):
    """Of each endpoint's packets with application data all from `behind` to `behind + count` are left out."""
    data, at, kept, seen = open(path, "rb").read(), 24, [], {}
    while at < len(data):
        end = at + 16 + struct.unpack_from("<I", data, at + 8)[0]
        frame = data[at + 16:end]
        tcp = 14 + (frame[14] & 15) * 4
        payload = frame[tcp + (frame[tcp + 12] >> 4) * 4:]
        number = -1
        if payload[:1] == b"\x17":
            ports = frame[tcp:tcp + 4]
            number = seen[ports] = seen.get(ports, -1) + 1
        if not behind <= number < behind + count and (payload or not behind < seen.get(frame[tcp:tcp + 4], 0) < behind + count):
            kept.append(data[at:end])
        at = end
    open(path, "wb").write(data[:24] + b"".join(kept))


SCENES = {scene.__name__.replace("_", "-"): scene
          for scene in (premaster_version, renegotiation_suites, rsa_16384, early_data_refused, thousand_records_lost)}
if __name__ == "__main__":
    # The library asks for SSLKEYLOGFILE once, so each has a process of its own.
    for name in sys.argv[1:] or SCENES:
        if len(sys.argv) == 2:
            SCENES[name]()
        else:
            subprocess.run([sys.executable, __file__, name], check=True)
