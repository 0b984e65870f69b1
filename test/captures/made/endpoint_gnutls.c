/* Two endpoints of GnuTLS on the loopback network: a client that sends SIP requests, a server that answers them; after each
   answer each side asks the other for its heartbeat. The library must be built with --enable-heartbeat-support.
   endpoint_gnutls PORT CERTIFICATE KEY KEYLOG PRIORITY [option...]: udp, heartbeat, limit=BYTES (record_size_limit or
   max_fragment_length, as the priority has it), big=BYTES. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <gnutls/gnutls.h>
#include <gnutls/dtls.h>

static const char *keylog;
static int udp, heartbeat, limit, big;

static void must(const char *what, int code)
{
    if (code >= 0) return;
    fprintf(stderr, "%s: %s\n", what, gnutls_strerror(code));
    exit(1);
}

static int log_secret(gnutls_session_t session, const char *label, const gnutls_datum_t *secret)
{
    gnutls_datum_t client, server;
    FILE *f = fopen(keylog, "a");
    gnutls_session_get_random(session, &client, &server);
    fprintf(f, "%s ", label);
    for (unsigned i = 0; i < client.size; i++) fprintf(f, "%02x", client.data[i]);
    fputc(' ', f);
    for (unsigned i = 0; i < secret->size; i++) fprintf(f, "%02x", secret->data[i]);
    fputc('\n', f);
    return fclose(f);
}

static int message(char *text, int number, int answer)
{
    int n = answer
        ? sprintf(text, "SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bKg%d\r\nFrom: <sip:1001@pbx.example>;tag=%d\r\nTo: <sip:pbx.example>;tag=a\r\nCall-ID: gnu-%d@127.0.0.1\r\nCSeq: %d OPTIONS\r\n", number, number, number, number + 1)
        : sprintf(text, "OPTIONS sip:pbx.example SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bKg%d\r\nFrom: <sip:1001@pbx.example>;tag=%d\r\nTo: <sip:pbx.example>\r\nCall-ID: gnu-%d@127.0.0.1\r\nCSeq: %d OPTIONS\r\nMax-Forwards: 70\r\n", number, number, number, number + 1);
    if (big > 0) { n += sprintf(text + n, "X-Long: "); memset(text + n, 'x', big); n += big; n += sprintf(text + n, "\r\n"); }
    return n + sprintf(text + n, "User-Agent: GnuTLS\r\nContent-Length: 0\r\n\r\n");
}

/* Requests for a heartbeat are answered where they come; the answer's arrival ends the waiting of who asked. */
static void read_message(gnutls_session_t session)
{
    static char text[20000];
    int at = 0;
    do {
        int n = gnutls_record_recv(session, text + at, sizeof text - at);
        if (n == GNUTLS_E_HEARTBEAT_PING_RECEIVED) { must("pong", gnutls_heartbeat_pong(session, 0)); continue; }
        if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_HEARTBEAT_PONG_RECEIVED) continue;
        must("receive", n == 0 ? GNUTLS_E_PREMATURE_TERMINATION : n);
        at += n;
    } while (at < 4 || memcmp(text + at - 4, "\r\n\r\n", 4) != 0);
}

static void ping(gnutls_session_t session, int size)
{
    if (!heartbeat) return;
    int code = gnutls_heartbeat_ping(session, size, udp ? 1 : 0, GNUTLS_HEARTBEAT_WAIT);
    must("ping", code);
}

/* Answers one heartbeat request. */
static void answer_ping(gnutls_session_t session)
{
    char byte;
    if (!heartbeat) return;
    for (;;) {
        int n = gnutls_record_recv(session, &byte, 1);
        if (n == GNUTLS_E_HEARTBEAT_PING_RECEIVED) { must("pong", gnutls_heartbeat_pong(session, 0)); return; }
        if (n != GNUTLS_E_AGAIN && n != GNUTLS_E_INTERRUPTED) must("heartbeat", n < 0 ? n : GNUTLS_E_UNEXPECTED_PACKET);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])) };
    inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
    for (int i = 6; i < argc; i++) {
        const char *o = argv[i];
        if (!strcmp(o, "udp")) udp = 1;
        else if (!strcmp(o, "heartbeat")) heartbeat = 1;
        else if (!strncmp(o, "limit=", 6)) limit = atoi(o + 6);
        else if (!strncmp(o, "big=", 4)) big = atoi(o + 4);
        else { fprintf(stderr, "what is %s?\n", o); return 2; }
    }
    int one = 1, listener = socket(AF_INET, udp ? SOCK_DGRAM : SOCK_STREAM, 0), fd;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *) &at, sizeof at) != 0 || (!udp && listen(listener, 1) != 0)) { perror("bind"); return 1; }
    int server = fork() == 0;
    if (server && udp) {
        char first[2000];
        struct sockaddr_in peer;
        socklen_t size = sizeof peer;
        recvfrom(listener, first, sizeof first, MSG_PEEK, (struct sockaddr *) &peer, &size);
        connect(fd = listener, (struct sockaddr *) &peer, sizeof peer);
    } else if (server) fd = accept(listener, NULL, NULL);
    else {
        fd = socket(AF_INET, udp ? SOCK_DGRAM : SOCK_STREAM, 0);
        connect(fd, (struct sockaddr *) &at, sizeof at);
    }
    if (!udp) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    gnutls_certificate_credentials_t credentials;
    gnutls_session_t session;
    gnutls_certificate_allocate_credentials(&credentials);
    if (server) must("certificate", gnutls_certificate_set_x509_key_file(credentials, argv[2], argv[3], GNUTLS_X509_FMT_PEM));
    gnutls_init(&session, (server ? GNUTLS_SERVER : GNUTLS_CLIENT) | (udp ? GNUTLS_DATAGRAM : 0));
    must("priority", gnutls_priority_set_direct(session, argv[5], NULL));
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
    gnutls_transport_set_int(session, fd);
    if (udp) gnutls_dtls_set_mtu(session, 1400);
    gnutls_handshake_set_timeout(session, 5000);
    if (heartbeat) { gnutls_heartbeat_enable(session, GNUTLS_HB_PEER_ALLOWED_TO_SEND); gnutls_heartbeat_set_timeouts(session, 1000, 3000); }
    if (limit) {
        /* The limit for what comes in; the older extension where the priority asks for no other. */
        must("limit", strstr(argv[5], "MAX-FRAG") ? (int) gnutls_record_set_max_size(session, limit) : (int) gnutls_record_set_max_recv_size(session, limit));
    }
    if (!server) { keylog = argv[4]; gnutls_session_set_keylog_function(session, log_secret); }
    int code;
    do code = gnutls_handshake(session); while (code < 0 && !gnutls_error_is_fatal(code));
    must(server ? "server" : "client", code);
    if (!server) { char *d = gnutls_session_get_desc(session); printf("%s, records up to %zu\n", d, gnutls_record_get_max_size(session)); gnutls_free(d); }
    static char text[20000];
    for (int i = 0; i < 3; i++) {
        if (server) read_message(session);
        int length = message(text, i, server), most = gnutls_record_get_max_size(session);
        if (udp && most > (int) gnutls_dtls_get_data_mtu(session)) most = gnutls_dtls_get_data_mtu(session);
        for (int from = 0; from < length; from += most) {
            int part = length - from < most ? length - from : most;
            must("send", gnutls_record_send(session, text + from, part));
        }
        if (!server) read_message(session);
        if (server) { answer_ping(session); ping(session, 40); } else { ping(session, 40 + 100 * i); answer_ping(session); }
    }
    gnutls_bye(session, GNUTLS_SHUT_WR);
    if (!server) { int status; wait(&status); return status != 0; }
    return 0;
}
