#!/usr/bin/env python3
"""Makes the captures in which scapy's TLS automata stand at both ends: python3 make_scapy.py [NAME…], with scapy 2.7 and
cryptography installed. They speak what no library does any more: SSL 2.0."""
import sys, threading, time

from make import KEYS, MESSAGE, Recorder

SIP = MESSAGE % (0, 0, 0, 1)


def converse(port, version):
    from scapy.layers.tls.automaton_cli import TLSClientAutomaton
    from scapy.layers.tls.automaton_srv import TLSServerAutomaton

    server = TLSServerAutomaton(server="127.0.0.1", sport=port, mycert=f"{KEYS}/server.pem", mykey=f"{KEYS}/server.key.pem", verbose=False)
    threading.Thread(target=server.run, daemon=True).start()
    time.sleep(0.8)
    client = TLSClientAutomaton(server="127.0.0.1", dport=port, data=[SIP, b"quit"], verbose=False, version=version)
    thread = threading.Thread(target=client.run, daemon=True)
    thread.start()
    thread.join(4)


def quietly(run):
    """With nothing more to send the client asks its terminal: the end of the conversation, told as an error."""
    threading.excepthook = lambda _: None
    run()


def ssl2():
    with Recorder("ssl2", [15281]):
        converse(15281, "sslv2")


ALL = [ssl2]

if __name__ == "__main__":
    wanted = sys.argv[1:]
    for one in ALL:
        if not wanted or one.__name__ in wanted:
            print(one.__name__)
            quietly(one)
