/* Two endpoints of wolfSSL over DTLS 1.3 on the loopback network: a client that sends SIP requests, a server that answers
   them. endpoint_wolfssl PORT CERTIFICATE KEY KEYLOG [option...]: cid=CLIENTLENGTH:SERVERLENGTH, suite=NAME, update (a
   KeyUpdate of each side), srtp=PROFILE (and with libsrtp2 some RTP of each side). Linked with a wolfSSL that has HAVE_LIBZ it
   speaks TLS 1.2 over TCP instead, compressed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#ifndef HAVE_LIBZ
#include <srtp2/srtp.h>
#endif

static int cid_client = -1, cid_server = -1, update, pad_client, pad_server;
static const char *suite, *srtp;

#ifdef HAVE_LIBZ
#define KIND SOCK_STREAM
#define ROUNDS 1
#define SERVER_METHOD wolfTLSv1_2_server_method
#define CLIENT_METHOD wolfTLSv1_2_client_method
#else
#define KIND SOCK_DGRAM
#define ROUNDS 3
#define SERVER_METHOD wolfDTLSv1_3_server_method
#define CLIENT_METHOD wolfDTLSv1_3_client_method
#endif

static void fail(WOLFSSL *ssl, const char *what, int code)
{
    char text[100];
    int error = ssl ? wolfSSL_get_error(ssl, code) : code;
    fprintf(stderr, "%s: %d %s\n", what, error, wolfSSL_ERR_error_string(error, text));
    exit(1);
}

#ifndef HAVE_LIBZ
static const char *keylog;

static int secret(WOLFSSL *ssl, int id, const unsigned char *bytes, int length, void *context)
{
    static const char *const names[] = { "CLIENT_EARLY_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0", "EARLY_EXPORTER_SECRET", "EXPORTER_SECRET" };
    unsigned char random[32];
    (void) context;
    FILE *f = fopen(keylog, "a");
    if (f == NULL || wolfSSL_get_client_random(ssl, random, 32) != 32) return 0;
    fprintf(f, "%s ", names[id]);
    for (int i = 0; i < 32; i++) fprintf(f, "%02x", random[i]);
    fputc(' ', f);
    for (int i = 0; i < length; i++) fprintf(f, "%02x", bytes[i]);
    fputc('\n', f);
    fclose(f);
    return 0;
}
#endif

static int message(char *text, int number, int answer)
{
#ifdef HAVE_LIBZ
    (void) update;
    /* wolfSSL 5.7 counts compressed bytes as sent, and stops where they are as many as were given to it: a run of letters
       makes it so. */
    const char *run = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    return sprintf(text, answer ? "SIP/2.0 200 OK\r\nX: %.*s\r\n\r\n" : "OPTIONS sip:a SIP/2.0\r\nX: %.*s\r\n\r\n", number + (answer ? pad_server : pad_client), run);
#else
    int n = answer
        ? sprintf(text, "SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bKw%d\r\nFrom: <sip:1001@pbx.example>;tag=%d\r\nTo: <sip:pbx.example>;tag=a\r\nCall-ID: wolf-%d@127.0.0.1\r\nCSeq: %d OPTIONS\r\n", number, number, number, number + 1)
        : sprintf(text, "OPTIONS sip:pbx.example SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bKw%d\r\nFrom: <sip:1001@pbx.example>;tag=%d\r\nTo: <sip:pbx.example>\r\nCall-ID: wolf-%d@127.0.0.1\r\nCSeq: %d OPTIONS\r\nMax-Forwards: 70\r\n", number, number, number, number + 1);
    return n + sprintf(text + n, "User-Agent: wolfSSL\r\nContent-Length: 0\r\n\r\n");
#endif
}

#ifndef HAVE_LIBZ
static void media(WOLFSSL *ssl, int fd, int server)
{
    unsigned char keys[200], mine[100];
    size_t length = sizeof keys;
    int code = wolfSSL_export_dtls_srtp_keying_material(ssl, keys, &length);
    if (code != WOLFSSL_SUCCESS) fail(ssl, "srtp keys", code);
    /* RFC 5764 section 4.2: client key, server key, client salt, server salt. */
    int gcm = strstr(srtp, "GCM") != NULL, key = strstr(srtp, "256") ? 32 : 16, salt = gcm ? 12 : 14;
    memcpy(mine, keys + (server ? key : 0), key);
    memcpy(mine + key, keys + 2 * key + (server ? salt : 0), salt);
    srtp_policy_t policy;
    memset(&policy, 0, sizeof policy);
    srtp_crypto_policy_set_rtp_default(&policy.rtp);
    if (gcm) { if (key == 32) srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp); else srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp); }
    policy.rtcp = policy.rtp;
    policy.ssrc.type = ssrc_any_outbound;
    policy.key = mine;
    srtp_t session;
    srtp_init();
    if (srtp_create(&session, &policy) != srtp_err_status_ok) { fprintf(stderr, "srtp\n"); exit(1); }
    for (int i = 0; i < 25; i++) {
        unsigned char packet[400] = { 0x80, 0, 0, (unsigned char) i, 0, 0, (unsigned char) (i * 160 >> 8), (unsigned char) (i * 160), 0x5e, 0x1f, 0, (unsigned char) server };
        for (int j = 0; j < 160; j++) packet[12 + j] = (j & 8) ? 0x9f : 0x1f;
        int size = 172;
        srtp_protect(session, packet, &size);
        send(fd, packet, size, 0);
        usleep(20000);
    }
}

#endif

/* Media come in between: the library passes over what is no DTLS. */
static void read_message(WOLFSSL *ssl)
{
    static char text[20000];
    int at = 0;
    do {
        int n = wolfSSL_read(ssl, text + at, sizeof text - at);
        if (n <= 0) {
            int error = wolfSSL_get_error(ssl, n);
            if (error == WOLFSSL_ERROR_WANT_READ || error == WOLFSSL_ERROR_WANT_WRITE) continue;
            fail(ssl, "read", n);
        }
        at += n;
    } while (at < 4 || memcmp(text + at - 4, "\r\n\r\n", 4) != 0);
}

int main(int argc, char **argv)
{
    int port = atoi(argv[1]), code;
    for (int i = 5; i < argc; i++) {
        const char *o = argv[i];
        if (!strcmp(o, "update")) update = 1;
        else if (!strncmp(o, "suite=", 6)) suite = o + 6;
        else if (!strncmp(o, "srtp=", 5)) srtp = o + 5;
        else if (!strncmp(o, "pad=", 4)) sscanf(o, "pad=%d:%d", &pad_client, &pad_server);
        else if (!strncmp(o, "cid=", 4)) sscanf(o, "cid=%d:%d", &cid_client, &cid_server);
        else { fprintf(stderr, "what is %s?\n", o); return 2; }
    }
    wolfSSL_Init();
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) }, peer;
    inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
    int listener = socket(AF_INET, KIND, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *) &at, sizeof at) != 0) { perror("bind"); return 1; }
    if (KIND == SOCK_STREAM) listen(listener, 1);
    int server = fork() == 0;
    WOLFSSL_CTX *context = wolfSSL_CTX_new(server ? SERVER_METHOD() : CLIENT_METHOD());
    wolfSSL_CTX_set_verify(context, WOLFSSL_VERIFY_NONE, NULL);
    if (server && (wolfSSL_CTX_use_certificate_file(context, argv[2], WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS ||
                   wolfSSL_CTX_use_PrivateKey_file(context, argv[3], WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS)) { fprintf(stderr, "certificate\n"); return 1; }
    if (suite && wolfSSL_CTX_set_cipher_list(context, suite) != WOLFSSL_SUCCESS) { fprintf(stderr, "suite\n"); return 1; }
#ifndef HAVE_LIBZ
    if (srtp) wolfSSL_CTX_set_tlsext_use_srtp(context, srtp);
#endif
    WOLFSSL *ssl = wolfSSL_new(context);
#ifdef HAVE_LIBZ
    wolfSSL_set_compression(ssl);
#else
    /* Its cookie leaves use_srtp out of what it covers, and the server would refuse its own. */
    if (server && srtp) wolfSSL_disable_hrr_cookie(ssl);
    wolfSSL_KeepArrays(ssl);
    if (!server) {
        keylog = argv[4];
        wolfSSL_set_tls13_secret_cb(ssl, secret, NULL);
    }
    int own = server ? cid_server : cid_client;
    unsigned char id[32];
    for (int i = 0; i < 32; i++) id[i] = (server ? 0x50 : 0xc0) + i;
    if (own >= 0) {
        wolfSSL_dtls_cid_use(ssl);
        if (own > 0 && (code = wolfSSL_dtls_cid_set(ssl, id, own)) != WOLFSSL_SUCCESS) fail(ssl, "cid", code);
    }
#endif
    int fd = listener;
    if (server && KIND == SOCK_STREAM) fd = accept(listener, NULL, NULL);
    else if (server) {
        char first[2000];
        socklen_t size = sizeof peer;
        recvfrom(fd, first, sizeof first, MSG_PEEK, (struct sockaddr *) &peer, &size);
        connect(fd, (struct sockaddr *) &peer, sizeof peer);
    } else {
        close(listener);
        fd = socket(AF_INET, KIND, 0);
        connect(fd, (struct sockaddr *) &at, sizeof at);
    }
    wolfSSL_set_fd(ssl, fd);
    code = server ? wolfSSL_accept(ssl) : wolfSSL_connect(ssl);
    if (code != WOLFSSL_SUCCESS) fail(ssl, server ? "accept" : "connect", code);
    if (!server) printf("%s %s\n", wolfSSL_get_version(ssl), wolfSSL_get_cipher(ssl));
    static char text[20000];
    for (int i = 0; i < ROUNDS; i++) {
        if (server) read_message(ssl);
#ifndef HAVE_LIBZ
        if (update && i == 1) wolfSSL_update_keys(ssl);
#endif
        int length = message(text, i, server);
        for (int from = 0; from < length; from += 1100) {
            int part = length - from < 1100 ? length - from : 1100;
            if ((code = wolfSSL_write(ssl, text + from, part)) <= 0 && ROUNDS > 1) fail(ssl, "write", code);
        }
        if (!server) { read_message(ssl); usleep(150000); }
    }
#ifndef HAVE_LIBZ
    if (srtp) media(ssl, fd, server);
#endif
    usleep(100000);
    if (!server) { int status; wolfSSL_shutdown(ssl); wait(&status); return status != 0; }
    wolfSSL_shutdown(ssl);
    return 0;
}
