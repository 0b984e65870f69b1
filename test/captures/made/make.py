#!/usr/bin/env python3
"""Makes the captures of this folder anew: endpoints of OpenSSL 3, GnuTLS 3.7, curl and Python on a loopback network,
recorded by dumpcap; where a middlebox is meant, a small proxy in between alters bytes on their way.
Run as root in this folder: python3 make.py [NAME…]. Keys and certificates are made once and kept in keys/."""
import os, socket, ssl, struct, subprocess, sys, tempfile, threading, time, datetime

SCRATCH = tempfile.mkdtemp(prefix="made-")
HERE = os.path.dirname(os.path.abspath(__file__))
KEYS = os.path.join(HERE, "keys")
BASE = ["openssl"]


def certificates():
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    os.makedirs(KEYS, exist_ok=True)
    if os.path.exists(f"{KEYS}/server.pem"):
        return
    now = datetime.datetime(2026, 11, 1)
    year = datetime.timedelta(days=365)

    def write(name, key, chain):
        with open(f"{KEYS}/{name}.key.pem", "wb") as f:
            f.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        with open(f"{KEYS}/{name}.pem", "wb") as f:
            for c in chain:
                f.write(c.public_bytes(serialization.Encoding.PEM))

    def make(cn, issuer=None, issuer_key=None, ca=False, names=(), start=now, end=now + 10 * year, bits=2048):
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, cn)])
        b = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
        b = b.public_key(key.public_key()).serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
        b = b.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if names:
            b = b.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False)
        return key, b.sign(issuer_key or key, hashes.SHA256())

    rk, root = make("Made Root CA", ca=True)
    write("root", rk, [root])
    ik, intermediate = make("Made Intermediate CA", root, rk, ca=True)
    ok, other = make("Another Root CA", ca=True)
    write("other-root", ok, [other])
    k, c = make("pbx.example", root, rk, names=["pbx.example"])
    write("server", k, [c])
    k, c = make("provider.example", root, rk, names=["provider.example"])
    write("provider", k, [c])
    k, c = make("leaf.example", intermediate, ik, names=["leaf.example"])
    write("full-chain", k, [c])
    write("intermediate", ik, [intermediate])
    write("leaf-only", k, [c])
    k, c = make("future.example", root, rk, names=["future.example"], start=now + 5 * year)
    write("future", k, [c])
    k, c = make("phone-1.example", other, ok)
    write("foreign-client", k, [c])
    k, c = make("phone-2.example", root, rk)
    write("client", k, [c])


class Recorder:
    def __init__(self, name, ports):
        self.path = os.path.join(HERE, f"{name}.pcap")
        what = " or ".join(f"port {p}" for p in ports)
        self.process = subprocess.Popen(["dumpcap", "-q", "-P", "-i", "lo", "-f", what, "-w", self.path],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1.0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        time.sleep(0.8)
        self.process.terminate()
        self.process.wait()
        os.chmod(self.path, 0o644)


def server(port, cert="server", extra=(), address="127.0.0.1", keylog=None):
    command = BASE + ["s_server", "-accept", f"{address}:{port}", "-cert", f"{KEYS}/{cert}.pem", "-key", f"{KEYS}/{cert}.key.pem", *extra]
    if keylog:
        command += ["-keylogfile", keylog]
    p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.4)
    return p


MESSAGE = (b"OPTIONS sip:pbx.example SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK%d\r\nFrom: <sip:1001@pbx.example>;tag=%d\r\n"
           b"To: <sip:pbx.example>\r\nCall-ID: made-%d@127.0.0.1\r\nCSeq: %d OPTIONS\r\nMax-Forwards: 70\r\nUser-Agent: made\r\nContent-Length: 0\r\n\r\n")


def client(port, extra=(), messages=1, wait=0.4, address="127.0.0.1"):
    p = subprocess.Popen(BASE + ["s_client", "-connect", f"{address}:{port}", "-quiet", "-no_ign_eof", *extra], stdin=subprocess.PIPE,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    try:
        for i in range(messages):
            p.stdin.write(MESSAGE % (i, i, i, i + 1))
            p.stdin.flush()
            time.sleep(wait)
        p.stdin.close()
    except BrokenPipeError:
        pass
    try:
        p.wait(3)
    except subprocess.TimeoutExpired:
        p.kill()


def stop(p):
    p.terminate()
    p.wait()


class Proxy:
    """Passes bytes on record by record; `alter(direction, number, record)` gives what goes out instead."""

    def __init__(self, port, target, alter):
        self.alter, self.target = alter, target
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        try:
            a, _ = self.listener.accept()
        except OSError:
            return
        b = socket.create_connection(("127.0.0.1", self.target))
        for s in (a, b):
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self.pump, args=(a, b, "client"), daemon=True).start()
        self.pump(b, a, "server")

    def pump(self, source, sink, direction):
        data = 0
        try:
            while True:
                head = self.exactly(source, 5)
                body = self.exactly(source, struct.unpack(">H", head[3:])[0])
                if head[0] == 23:
                    data += 1
                sink.sendall(self.alter(direction, data if head[0] == 23 else 0, head + body))
        except (OSError, EOFError):
            try:
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass

    @staticmethod
    def exactly(s, n):
        got = b""
        while len(got) < n:
            more = s.recv(n - len(got))
            if not more:
                raise EOFError
            got += more
        return got


def through_middlebox(name, alter, ports, extra):
    with Recorder(name, ports):
        s = server(ports[1], extra=["-quiet", *extra])
        Proxy(ports[0], ports[1], alter)
        client(ports[0], extra=extra, messages=4)
        stop(s)


def flip(at):
    def alter(direction, number, record):
        if direction != "client" or number != 2:
            return record
        changed = bytearray(record)
        changed[at] ^= 0x20
        return bytes(changed)
    return alter


CBC = ["-tls1_2", "-cipher", "AES128-SHA", "-no_etm"]


def record_altered():
    through_middlebox("record-altered", flip(40), (15061, 15062), CBC)


def padding_altered():
    through_middlebox("padding-altered", flip(-20), (15063, 15064), CBC)


def header_altered():
    def alter(direction, number, record):
        return b"\x99\x00\x00" + record[3:] if direction == "client" and number == 2 else record
    through_middlebox("header-altered", alter, (15065, 15066), CBC)


def null_suite():
    extra = ["-tls1_2", "-cipher", "NULL-SHA256:@SECLEVEL=0"]
    with Recorder("null-suite", [15071]):
        s = server(15071, extra=["-quiet", *extra])
        client(15071, extra=extra)
        stop(s)


def renegotiation_refused():
    extra = ["-tls1_2", "-cipher", "AES128-SHA"]
    with Recorder("renegotiation-refused", [15095]):
        s = server(15095, extra=["-quiet", "-no_renegotiation", *extra])
        c = subprocess.Popen(BASE + ["s_client", "-connect", "127.0.0.1:15095", *extra], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.6)
        # To s_client this line means: negotiate anew.
        c.stdin.write(b"R\n")
        c.stdin.flush()
        time.sleep(0.6)
        c.stdin.close()
        c.wait(5)
        stop(s)


def no_shared_cipher():
    with Recorder("no-shared-cipher", [15072]):
        s = server(15072, extra=["-quiet", "-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"])
        client(15072, extra=["-tls1_2", "-cipher", "AES128-SHA"])
        stop(s)


def not_yet_valid():
    with Recorder("not-yet-valid", [15073]):
        s = server(15073, cert="future", extra=["-quiet", "-tls1_2"])
        client(15073, extra=["-tls1_2", "-verify_return_error", "-CAfile", f"{KEYS}/root.pem", "-servername", "future.example"])
        stop(s)


def name_mismatch():
    with Recorder("name-mismatch", [15074]):
        s = server(15074, extra=["-quiet", "-tls1_2"])
        client(15074, extra=["-tls1_2", "-verify_return_error", "-CAfile", f"{KEYS}/root.pem", "-servername", "sip.example",
                             "-verify_hostname", "sip.example"])
        stop(s)


def chain_incomplete():
    with Recorder("chain-incomplete", [15075, 15076]):
        for port, cert in ((15075, "full-chain"), (15076, "leaf-only")):
            chain = ["-cert_chain", f"{KEYS}/intermediate.pem"] if cert == "full-chain" else []
            s = server(port, cert=cert, extra=["-quiet", "-tls1_2", "-cipher", "AES128-GCM-SHA256", *chain])
            client(port, extra=["-tls1_2", "-verify_return_error", "-CAfile", f"{KEYS}/root.pem"])
            stop(s)


def other_ca():
    with Recorder("other-ca", [15077]):
        s = server(15077, extra=["-quiet", "-tls1_2"])
        client(15077, extra=["-tls1_2", "-verify_return_error", "-CAfile", f"{KEYS}/other-root.pem"])
        stop(s)


def tls13_client_refuses():
    with Recorder("tls13-client-refuses", [15078]):
        s = server(15078, extra=["-quiet", "-tls1_3"], keylog=f"{KEYS}/tls13-client-refuses.keys")
        client(15078, extra=["-tls1_3", "-verify_return_error", "-CAfile", f"{KEYS}/other-root.pem"])
        stop(s)


def tls13_server_refuses():
    with Recorder("tls13-server-refuses", [15079]):
        s = server(15079, extra=["-quiet", "-tls1_3", "-Verify", "1", "-verify_return_error", "-CAfile", f"{KEYS}/root.pem"],
                   keylog=f"{KEYS}/tls13-server-refuses.keys")
        client(15079, extra=["-tls1_3", "-cert", f"{KEYS}/foreign-client.pem", "-key", f"{KEYS}/foreign-client.key.pem"])
        stop(s)


def early_data_rejected():
    session, early = f"{SCRATCH}/session", f"{SCRATCH}/early"
    open(early, "wb").write(MESSAGE % (0, 0, 0, 1))
    with Recorder("early-data-rejected", [15080]):
        s = server(15080, extra=["-tls1_3", "-early_data"])
        client(15080, extra=["-tls1_3", "-sess_out", session], wait=0.8)
        stop(s)
        s = server(15080, extra=["-tls1_3"], keylog=f"{KEYS}/early-data-rejected.keys")
        client(15080, extra=["-tls1_3", "-sess_in", session, "-early_data", early])
        stop(s)
    os.unlink(session)


def http_on_sip_port():
    with Recorder("http-on-sip-port", [5061]):
        s = server(5061, extra=["-www", "-tls1_2", "-cipher", "AES128-GCM-SHA256"])
        subprocess.run(["curl", "-sk", "--http1.1", "--tls-max", "1.2", "--ciphers", "AES128-GCM-SHA256", "https://127.0.0.1:5061/"], stdout=subprocess.DEVNULL)
        subprocess.run(["curl", "-s", "-m", "3", "http://127.0.0.1:5061/"], stdout=subprocess.DEVNULL)
        stop(s)


def reset_after_hello():
    listener = socket.create_server(("127.0.0.1", 15081))

    def run():
        s, _ = listener.accept()
        s.recv(4096)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()

    threading.Thread(target=run, daemon=True).start()
    with Recorder("reset-after-hello", [15081]):
        client(15081, extra=["-tls1"])
    listener.close()


def silent_server():
    listener = socket.create_server(("127.0.0.1", 15082))
    with Recorder("silent-server", [15082, 15084]):
        p = subprocess.Popen(BASE + ["s_client", "-connect", "127.0.0.1:15082"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(2.5)
        # Another connection shows that the capture went on.
        other = socket.create_server(("127.0.0.1", 15084))
        socket.create_connection(("127.0.0.1", 15084)).close()
        other.close()
    p.kill()
    listener.close()


def answered_in_clear():
    listener = socket.create_server(("127.0.0.1", 15083))

    def run():
        s, _ = listener.accept()
        s.recv(4096)
        s.sendall(b"SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/TCP 127.0.0.1\r\nFrom: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nServer: made\r\nContent-Length: 0\r\n\r\n")
        time.sleep(0.3)
        s.close()

    threading.Thread(target=run, daemon=True).start()
    with Recorder("answered-in-clear", [15083]):
        client(15083)
    listener.close()


def client_certificate_ec():
    key, certificate = f"{KEYS}/client-ec.key.pem", f"{SCRATCH}/client-ec.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=ec.judge.example", "-days", "30"], check=True, stderr=subprocess.DEVNULL)
    with Recorder("client-certificate-ec", [15091]):
        s = server(15091, extra=["-quiet", "-Verify", "1", "-tls1_2", "-cipher", "AES128-SHA"])
        client(15091, extra=["-cert", certificate, "-key", key, "-tls1_2", "-cipher", "AES128-SHA"])
        stop(s)


def sbc_between():
    """The SBC at 127.0.0.2: server for the phones, client of the provider at 127.0.0.3, with one certificate for both."""
    rsa = ["-tls1_2", "-cipher", "AES128-GCM-SHA256"]
    with Recorder("sbc-between", [15085, 15086]):
        a = server(15085, extra=["-quiet", *rsa], address="127.0.0.2")
        b = server(15086, cert="provider", extra=["-quiet", "-Verify", "1", "-CAfile", f"{KEYS}/root.pem", *rsa], address="127.0.0.3")
        client(15085, extra=rsa, address="127.0.0.2")
        client(15086, extra=["-bind", "127.0.0.2:0", "-cert", f"{KEYS}/server.pem", "-key", f"{KEYS}/server.key.pem", *rsa], address="127.0.0.3")
        stop(a)
        stop(b)


def sbc_without_certificate():
    """As sbc-between, but the provider asks for no certificate: only the address tells whose host the client is."""
    rsa = ["-tls1_2", "-cipher", "AES128-GCM-SHA256"]
    with Recorder("sbc-without-certificate", [15088, 15089]):
        a = server(15088, extra=["-quiet", *rsa], address="127.0.0.2")
        b = server(15089, cert="provider", extra=["-quiet", *rsa], address="127.0.0.3")
        client(15088, extra=rsa, address="127.0.0.2")
        client(15089, extra=["-bind", "127.0.0.2:0", *rsa], address="127.0.0.3")
        stop(a)
        stop(b)


def tls13_client_refuses_encrypted():
    """GnuTLS encrypts the alert by which it refuses; OpenSSL sends it in clear."""
    with Recorder("tls13-client-refuses-encrypted", [15090]):
        s = server(15090, extra=["-quiet", "-tls1_3"])
        subprocess.run(["gnutls-cli", "--x509cafile", f"{KEYS}/other-root.pem", "-p", "15090", "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3", "--sni-hostname", "pbx.example", "127.0.0.1"],
                       input=b"", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=10)
        stop(s)


def gost():
    with Recorder("gost-suite", [15087]):
        if not os.path.exists(f"{KEYS}/gost.key.pem"):
            subprocess.run(["certtool", "--generate-privkey", "--key-type", "gost12-256", "--curve", "TC26-256-B", "--outfile", f"{KEYS}/gost.key.pem"], check=True, stderr=subprocess.DEVNULL)
            template = f"{SCRATCH}/template"
            open(template, "w").write('cn = "gost.example"\nexpiration_days = 3650\nsigning_key\nencryption_key\ntls_www_server\n')
            subprocess.run(["certtool", "--generate-self-signed", "--load-privkey", f"{KEYS}/gost.key.pem", "--template", template, "--outfile", f"{KEYS}/gost.pem"], check=True, stderr=subprocess.DEVNULL)
        priority = "NONE:+VERS-TLS1.2:+CIPHER-GOST-ALL:+MAC-GOST-ALL:+KX-GOST-ALL:+SIGN-GOST-ALL:+GROUP-GOST-ALL:+COMP-NULL:+CTYPE-X509"
        s = subprocess.Popen(["gnutls-serv", "--echo", "--quiet", "-p", "15087", "--x509keyfile", f"{KEYS}/gost.key.pem", "--x509certfile", f"{KEYS}/gost.pem", "--priority", priority], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.6)
        p = subprocess.run(["gnutls-cli", "--insecure", "-p", "15087", "--priority", priority, "127.0.0.1"], input=MESSAGE % (0, 0, 0, 1), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=10)
        if b"Handshake was completed" not in p.stdout:
            print(p.stdout.decode()[-400:])
        stop(s)


def sip_server(port, version=None, cert="server", keylog=None, count=1):
    """Answers each request with 200 OK, on Python's own TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{KEYS}/{cert}.pem", f"{KEYS}/{cert}.key.pem")
    if version:
        context.maximum_version = context.minimum_version = version
    if version == ssl.TLSVersion.TLSv1_2:
        context.set_ciphers("AES128-GCM-SHA256")
    if keylog:
        context.keylog_filename = keylog
    listener = socket.create_server(("127.0.0.1", port))

    def run():
        for _ in range(count):
            try:
                with context.wrap_socket(listener.accept()[0], server_side=True) as s:
                    while data := s.recv(65536):
                        head = [line for line in data.split(b"\r\n") if line.split(b":")[0] in (b"Via", b"From", b"To", b"Call-ID", b"CSeq")]
                        s.sendall(b"\r\n".join([b"SIP/2.0 200 OK", *head, b"Server: made", b"Content-Length: 0", b"", b""]))
            except OSError:
                pass
        listener.close()

    threading.Thread(target=run, daemon=True).start()
    return context


def hep_packet(payload, source=("10.1.1.1", 5062), destination=("10.1.1.2", 5061)):
    chunk = lambda kind, value: struct.pack(">HHH", 0, kind, 6 + len(value)) + value
    chunks = chunk(1, b"\x02") + chunk(2, b"\x06") + chunk(3, socket.inet_aton(source[0])) + chunk(4, socket.inet_aton(destination[0]))
    chunks += chunk(7, struct.pack(">H", source[1])) + chunk(8, struct.pack(">H", destination[1])) + chunk(11, b"\x01") + chunk(15, payload)
    return b"HEP3" + struct.pack(">H", 6 + len(chunks)) + chunks


def hep_over_tls():
    """A capture agent's HEP packets to a Homer over TLS: two in one record, one over two records."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("AES128-GCM-SHA256")
    with Recorder("hep-over-tls", [15100]):
        s = server(15100, extra=["-quiet", "-tls1_2", "-cipher", "AES128-GCM-SHA256"])
        with context.wrap_socket(socket.create_connection(("127.0.0.1", 15100))) as c:
            packets = [hep_packet(MESSAGE % (i, i, i, i + 1)) for i in range(3)]
            c.sendall(packets[0] + packets[1])
            time.sleep(0.1)
            c.sendall(packets[2][:100])
            time.sleep(0.1)
            c.sendall(packets[2][100:])
            time.sleep(0.2)
        stop(s)


def tls_in_tls():
    """A phone behind a proxy: TLS 1.3 to the proxy, HTTP CONNECT, and inside it TLS 1.2 to the PBX."""
    keylog = f"{KEYS}/tls-in-tls.keys"
    sip_server(15092, ssl.TLSVersion.TLSv1_2)
    outer = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    outer.load_cert_chain(f"{KEYS}/provider.pem", f"{KEYS}/provider.key.pem")
    outer.minimum_version = ssl.TLSVersion.TLSv1_3
    listener = socket.create_server(("127.0.0.1", 15091))

    def proxy():
        with outer.wrap_socket(listener.accept()[0], server_side=True) as a:
            request = b""
            while b"\r\n\r\n" not in request:
                request += a.recv(4096)
            b = socket.create_connection(("127.0.0.1", 15092))
            a.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            a.settimeout(0.05)
            b.settimeout(0.05)
            open_ends = 2
            while open_ends:
                for source, sink in ((a, b), (b, a)):
                    try:
                        data = source.recv(65536)
                    except TimeoutError:
                        continue
                    except OSError:
                        data = b""
                    if not data:
                        open_ends = 0
                        break
                    sink.sendall(data)
            b.close()

    threading.Thread(target=proxy, daemon=True).start()
    with Recorder("tls-in-tls", [15091]):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.keylog_filename = keylog
        with context.wrap_socket(socket.create_connection(("127.0.0.1", 15091)), server_hostname="provider.example") as s:
            s.sendall(b"CONNECT pbx.example:5061 HTTP/1.1\r\nHost: pbx.example:5061\r\n\r\n")
            while not s.recv(4096).endswith(b"\r\n\r\n"):
                pass
            inside = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            inside.check_hostname = False
            inside.verify_mode = ssl.CERT_NONE
            inside.set_ciphers("AES128-GCM-SHA256")
            arriving, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
            inner = inside.wrap_bio(arriving, leaving, server_hostname="pbx.example")

            def drive(step):
                while True:
                    try:
                        result = step()
                        s.sendall(leaving.read()) if leaving.pending else None
                        return result
                    except ssl.SSLWantReadError:
                        s.sendall(leaving.read()) if leaving.pending else None
                        arriving.write(s.recv(65536))

            drive(inner.do_handshake)
            for i in range(3):
                drive(lambda: inner.write(MESSAGE % (i, i, i, i + 1)))
                drive(lambda: inner.read(65536))
            try:
                inner.unwrap()
            except ssl.SSLWantReadError:
                s.sendall(leaving.read())
            time.sleep(0.3)
    listener.close()


TLS13_EXTENSIONS = {
    # name: (what the server is given, what the client is given)
    "hello-retry-request": (["-groups", "P-384"], ["-groups", "X25519:P-384"]),
    "record-padding": (["-record_padding", "128"], ["-record_padding", "256"]),
    "external-psk": (["-nocert", "-psk", "a1b2c3d4e5f60718293a4b5c6d7e8f90", "-psk_identity", "phone-17"],
                     ["-psk", "a1b2c3d4e5f60718293a4b5c6d7e8f90", "-psk_identity", "phone-17"]),
}


def tls13_extensions():
    for number, (name, (to_server, to_client)) in enumerate(TLS13_EXTENSIONS.items()):
        port = 15093 + number
        with Recorder(name, [port]):
            s = server(port, extra=["-quiet", "-tls1_3", *to_server])
            client(port, extra=["-tls1_3", "-keylogfile", f"{KEYS}/{name}.keys", *to_client], messages=2)
            stop(s)


def early_data_accepted():
    session, early, keylog = f"{SCRATCH}/session", f"{SCRATCH}/early", f"{KEYS}/early-data-accepted.keys"
    open(early, "wb").write(MESSAGE % (0, 0, 0, 1))
    with Recorder("early-data-accepted", [15096]):
        s = server(15096, extra=["-tls1_3", "-early_data"])
        client(15096, extra=["-tls1_3", "-sess_out", session, "-keylogfile", keylog], wait=0.8)
        client(15096, extra=["-tls1_3", "-sess_in", session, "-early_data", early, "-keylogfile", keylog])
        stop(s)


def dtls():
    """DTLS 1.2, twice: RSA key exchange without a key log, and with extended master secret and Diffie-Hellman."""
    with Recorder("dtls12", [15097, 15098]):
        for port, cipher in ((15097, "AES128-SHA"), (15098, "ECDHE-RSA-AES128-GCM-SHA256")):
            s = server(port, extra=["-quiet", "-dtls1_2", "-cipher", cipher])
            client(port, extra=["-dtls1_2", "-cipher", cipher, "-keylogfile", f"{KEYS}/dtls12.keys"], messages=2)
            stop(s)


def gnutls_session(name, port, priority, options, lines):
    """gnutls-cli against gnutls-serv --echo: what is sent comes back."""
    s = subprocess.Popen(["gnutls-serv", "--echo", "--quiet", "-p", str(port), "--x509keyfile", f"{KEYS}/server.key.pem", "--x509certfile", f"{KEYS}/server.pem",
                          "--disable-client-cert", "--priority", priority, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.6)
    environment = dict(os.environ, SSLKEYLOGFILE=f"{KEYS}/{name}.keys")
    p = subprocess.Popen(["gnutls-cli", "--insecure", "-p", str(port), "--priority", priority, *options, "127.0.0.1"], env=environment,
                         stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.6)
    for line in lines:
        p.stdin.write(line)
        p.stdin.flush()
        time.sleep(0.5)
    p.stdin.close()
    try:
        p.wait(3)
    except subprocess.TimeoutExpired:
        p.kill()
    stop(s)


def record_size_limit():
    """RFC 8449."""
    messages = [MESSAGE % (i, i, i, i + 1) for i in range(2)]
    with Recorder("record-size-limit", [15099]):
        gnutls_session("record-size-limit", 15099, "NORMAL:-VERS-ALL:+VERS-TLS1.3", ["--recordsize", "512"], messages)


def from_lab():
    """Cuts of captures of the laboratory: nothing in them is altered, only left out."""
    lab = os.path.dirname(HERE)
    run = lambda *c: subprocess.run(c, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # Begun behind the handshake of a TLS 1.3 connection.
    run("editcap", "-F", "pcap", "-r", f"{lab}/05-tls13-aes-128-ccm-sha256.pcap", f"{HERE}/tls13-mid-stream.pcap", "14-1000")
    # Ended inside a record.
    run("editcap", "-F", "pcap", "-r", f"{lab}/10-large-records-aes256-sha.pcap", f"{HERE}/ended-inside-record.pcap", "1-11")
    # The same connection, its second half recorded by a host whose clock is an hour behind.
    run("editcap", "-F", "pcap", "-r", f"{lab}/01-tls12-rsa-aes256-sha.pcap", f"{SCRATCH}/1.pcap", "1-12")
    run("editcap", "-F", "pcap", "-t", "-3600", "-r", f"{lab}/01-tls12-rsa-aes256-sha.pcap", f"{SCRATCH}/2.pcap", "13-1000")
    run("mergecap", "-F", "pcap", "-a", "-w", f"{HERE}/clock-step.pcap", f"{SCRATCH}/1.pcap", f"{SCRATCH}/2.pcap")
    # A key log that was cut.
    lines = open(f"{lab}/keylogs/05-tls13-keyupdate-keylog.keys").read().splitlines()
    kept = [line for line in lines if not line.startswith(("SERVER_TRAFFIC_SECRET_0", "CLIENT_TRAFFIC_SECRET_0"))]
    open(f"{KEYS}/incomplete.keys", "w").write("\n".join(kept) + "\n")
    for name in ("tls13-mid-stream", "ended-inside-record", "clock-step"):
        os.chmod(f"{HERE}/{name}.pcap", 0o644)


ALL = [record_altered, padding_altered, header_altered, null_suite, no_shared_cipher, not_yet_valid, name_mismatch, chain_incomplete,
       other_ca, tls13_client_refuses, tls13_server_refuses, early_data_rejected, http_on_sip_port, reset_after_hello, silent_server,
       answered_in_clear, client_certificate_ec, sbc_between,
       sbc_without_certificate, tls13_client_refuses_encrypted, gost, tls_in_tls, tls13_extensions, early_data_accepted, dtls,
       hep_over_tls, record_size_limit, renegotiation_refused, from_lab]

if __name__ == "__main__":
    certificates()
    wanted = [name.replace("-", "_") for name in sys.argv[1:]]
    for make in ALL:
        if wanted and make.__name__ not in wanted:
            continue
        try:
            make()
            print("made", make.__name__)
        except Exception as error:
            print("FAILED", make.__name__, error)
