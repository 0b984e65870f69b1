#!/usr/bin/env python3
"""Makes the captures of unusual ends and certificates anew, as make.py makes the others: python3 make_unusual.py [NAME…]."""
import datetime, os, socket, subprocess, sys, threading, time

import make
from make import BASE, HERE, KEYS, MESSAGE, Recorder, client, server, stop

RSA = ["-tls1_2", "-cipher", "AES128-SHA"]


def certificates():
    """ec: an EC key. under-expired: issued by an intermediate authority that expired before the capture."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.x509.oid import NameOID

    if os.path.exists(f"{KEYS}/ec.pem"):
        return
    root = x509.load_pem_x509_certificate(open(f"{KEYS}/root.pem", "rb").read())
    root_key = serialization.load_pem_private_key(open(f"{KEYS}/root.key.pem", "rb").read(), None)

    def issue(name, key, cn, issuer, issuer_key, start, end, ca=False):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, cn)])
        b = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject).public_key(key.public_key())
        b = b.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
        b = b.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if not ca:
            b = b.add_extension(x509.SubjectAlternativeName([x509.DNSName(cn)]), critical=False)
        made = b.sign(issuer_key, hashes.SHA256())
        with open(f"{KEYS}/{name}.pem", "wb") as f:
            f.write(made.public_bytes(serialization.Encoding.PEM))
        with open(f"{KEYS}/{name}.key.pem", "wb") as f:
            f.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return made

    start, end = datetime.datetime(2026, 11, 1), datetime.datetime(2036, 10, 29)
    issue("ec", ec.generate_private_key(ec.SECP256R1()), "pbx.example", root, root_key, start, end)
    between = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    expired = issue("expired-intermediate", between, "Expired Intermediate CA", root, root_key, datetime.datetime(2024, 1, 1), datetime.datetime(2026, 10, 1), ca=True)
    leaf = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    issue("under-expired", leaf, "pbx.example", expired, between, start, end)


def port_closed():
    with Recorder("port-closed", [5061]):
        for _ in range(2):
            try:
                socket.create_connection(("127.0.0.1", 5061), 1)
            except OSError:
                pass
            time.sleep(0.3)


def syn_unanswered():
    """A listener whose queue is full drops the next SYN."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 5061))
    listener.listen(0)
    waiting = [socket.create_connection(("127.0.0.1", 5061))]
    with Recorder("syn-unanswered", [5061]):
        last = socket.socket()
        last.setblocking(False)
        last.connect_ex(("127.0.0.1", 5061))
        time.sleep(3.5)
        last.close()
    for s in (*waiting, listener):
        s.close()


def nothing_said():
    listener = socket.create_server(("127.0.0.1", 5061))
    with Recorder("nothing-said", [5061]):
        s = socket.create_connection(("127.0.0.1", 5061))
        c, _ = listener.accept()
        time.sleep(1.5)
        s.close()
        c.close()
    listener.close()


class Late(make.Proxy):
    """Holds the server's first answer back."""

    def pump(self, source, sink, direction):
        held = direction == "server"
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                if held:
                    time.sleep(3)
                    held = False
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def slow_handshake():
    p = server(15206, "server", RSA)
    Late(15205, 15206, None)
    with Recorder("slow-handshake", [15205]):
        q = subprocess.Popen(BASE + ["s_client", "-connect", "127.0.0.1:15205", "-quiet", "-no_ign_eof", *RSA], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(4)
        q.stdin.write(MESSAGE % (1, 1, 1, 1))
        q.stdin.flush()
        time.sleep(0.5)
        q.stdin.close()
        q.wait(3)
    stop(p)


def ec_certificate():
    p = server(15209, "ec", ["-tls1_2"])
    with Recorder("ec-certificate", [15209]):
        client(15209, ["-tls1_2"])
    stop(p)


def expired_intermediate():
    p = server(15211, "under-expired", ["-cert_chain", f"{KEYS}/expired-intermediate.pem", *RSA])
    with Recorder("expired-intermediate", [15211]):
        client(15211, [*RSA, "-verify_return_error", "-verify", "3", "-verifyCAfile", f"{KEYS}/root.pem"])
    stop(p)


def psk_differs():
    p = subprocess.Popen(BASE + ["s_server", "-accept", "127.0.0.1:15215", "-nocert", "-psk", "aabbccddeeff00112233445566778899",
                                 "-psk_identity", "phone1", "-tls1_2", "-cipher", "PSK-AES128-CBC-SHA"],
                         stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.4)
    with Recorder("psk-differs", [15215]):
        client(15215, ["-tls1_2", "-cipher", "PSK-AES128-CBC-SHA", "-psk", "aabbccddeeff00112233445566778800", "-psk_identity", "phone1"])
    stop(p)


def dtls_srtp():
    path = os.path.join(HERE, "dtls-srtp.pcap")
    recorder = subprocess.Popen(["dumpcap", "-q", "-P", "-i", "lo", "-f", "udp port 15212", "-w", path],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    media = ["-dtls1_2", "-use_srtp", "SRTP_AES128_CM_SHA1_80"]
    p = server(15212, "server", media)
    q = subprocess.Popen(BASE + ["s_client", "-connect", "127.0.0.1:15212", *media], stdin=subprocess.PIPE,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    q.stdin.close()
    q.wait(3)
    stop(p)
    time.sleep(0.5)
    recorder.terminate()
    recorder.wait()
    os.chmod(path, 0o644)


def large_packets_lost():
    p = server(15221, extra=["-quiet", "-tls1_2"])
    listening = socket.create_server(("127.0.0.1", 15220))

    def pass_on():
        near, _ = listening.accept()
        far = socket.create_connection(("127.0.0.1", 15221))
        far.sendall(near.recv(65536))
        # The server's Certificate does not come through.
        near.sendall(far.recv(65536)[:400])
        try:
            while near.recv(65536):
                pass
        except OSError:
            pass
        near.close()
        far.close()

    threading.Thread(target=pass_on, daemon=True).start()
    with Recorder("large-packets-lost", [15220]):
        subprocess.run(["timeout", "4", "openssl", "s_client", "-connect", "127.0.0.1:15220", "-tls1_2"], stdin=subprocess.PIPE,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
    stop(p)


ALL = [port_closed, syn_unanswered, nothing_said, slow_handshake, ec_certificate, expired_intermediate, psk_differs, dtls_srtp,
       large_packets_lost]

if __name__ == "__main__":
    certificates()
    wanted = sys.argv[1:]
    for one in ALL:
        if not wanted or one.__name__.replace("_", "-") in wanted:
            print(one.__name__)
            one()
