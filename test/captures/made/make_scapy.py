#!/usr/bin/env python3
"""Makes the captures in which scapy's TLS automata stand at both ends: python3 make_scapy.py [NAME…], with scapy 2.7 and
cryptography installed. They speak what no library does any more: SSL 2.0, exportable suites, DES."""
import os, sys, threading, time

from make import KEYS, MESSAGE, Recorder

SIP = MESSAGE % (0, 0, 0, 1)


def converse(port, version, suite=None, keylog=None):
    from scapy.layers.tls.automaton_cli import TLSClientAutomaton
    from scapy.layers.tls.automaton_srv import TLSServerAutomaton

    server = TLSServerAutomaton(server="127.0.0.1", sport=port, mycert=f"{KEYS}/server.pem", mykey=f"{KEYS}/server.key.pem",
                                preferred_ciphersuite=suite, verbose=False)
    threading.Thread(target=server.run, daemon=True).start()
    time.sleep(0.8)
    client = TLSClientAutomaton(server="127.0.0.1", dport=port, data=[SIP, b"quit"], verbose=False, version=version, ciphersuite=suite)
    thread = threading.Thread(target=client.run, daemon=True)
    thread.start()
    thread.join(4)
    if keylog:
        session = client.cur_session
        with open(f"{KEYS}/{keylog}.keys", "a") as f:
            f.write(f"CLIENT_RANDOM {session.client_random.hex()} {session.master_secret.hex()}\n")


def quietly(run):
    """With nothing more to send the client asks its terminal: the end of the conversation, told as an error."""
    threading.excepthook = lambda _: None
    run()


def ssl2():
    with Recorder("ssl2", [15281]):
        converse(15281, "sslv2")


def old_suites():
    """Exportable ones, each with a temporary RSA key, RC4, RC2 and DES of 40 bits; and IDEA, DES, SEED."""
    scenes = {15301: (0x0003, "tls10"), 15302: (0x0006, "tls10"), 15303: (0x0008, "tls10"), 15304: (0x0008, "sslv3"),
              15305: (0x0007, "tls11"), 15306: (0x0009, "tls10"), 15307: (0x0096, "tls12")}
    if os.path.exists(f"{KEYS}/old-suites.keys"):
        os.unlink(f"{KEYS}/old-suites.keys")
    with Recorder("old-suites", list(scenes)):
        for port, (suite, version) in scenes.items():
            converse(port, version, suite, "old-suites")


ALL = [ssl2, old_suites]

if __name__ == "__main__":
    wanted = sys.argv[1:]
    for one in ALL:
        if not wanted or one.__name__.replace("_", "-") in wanted:
            print(one.__name__)
            quietly(one)
