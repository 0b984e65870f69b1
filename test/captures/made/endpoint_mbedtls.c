/* Two endpoints of Mbed TLS on the loopback network: a client that sends SIP requests, a server that answers them.
   endpoint_mbedtls PORT CERTIFICATE KEY KEYLOG [option...]: udp, cid=CLIENTLENGTH:SERVERLENGTH, suite=ID, tls10, tls11, tls12,
   truncated, noetm, fragment=CODE (1 to 4: 512 to 4096), move (the client goes on from another port), big=BYTES.
   Compiles with Mbed TLS 2.28 and 3.6. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include "mbedtls/ssl.h"
#include "mbedtls/net_sockets.h"
#include "mbedtls/ctr_drbg.h"
#include "mbedtls/entropy.h"
#include "mbedtls/error.h"
#include "mbedtls/timing.h"
#include "mbedtls/version.h"

static FILE *keylog;
static int udp, truncated_mac, noetm, fragment, moves, minor = 3, cid_client = -1, cid_server = -1, suite, big;

static void fail(const char *what, int code)
{
    char text[200];
    mbedtls_strerror(code, text, sizeof text);
    fprintf(stderr, "%s: -0x%x %s\n", what, -code, text);
    exit(1);
}

static void write_keylog(const unsigned char *random, const unsigned char *master)
{
    if (keylog == NULL) return;
    fprintf(keylog, "CLIENT_RANDOM ");
    for (int i = 0; i < 32; i++) fprintf(keylog, "%02x", random[i]);
    fputc(' ', keylog);
    for (int i = 0; i < 48; i++) fprintf(keylog, "%02x", master[i]);
    fputc('\n', keylog);
    fflush(keylog);
}

#if MBEDTLS_VERSION_MAJOR >= 3
static void export_keys(void *p, mbedtls_ssl_key_export_type type, const unsigned char *secret, size_t length,
                        const unsigned char client[32], const unsigned char server[32], mbedtls_tls_prf_types prf)
{
    (void) p; (void) server; (void) prf;
    if (type == MBEDTLS_SSL_KEY_EXPORT_TLS12_MASTER_SECRET && length == 48) write_keylog(client, secret);
}
#else
static int export_keys(void *p, const unsigned char *master, const unsigned char *block, size_t mac, size_t key, size_t iv,
                       const unsigned char client[32], const unsigned char server[32], mbedtls_tls_prf_types prf)
{
    (void) p; (void) block; (void) mac; (void) key; (void) iv; (void) server; (void) prf;
    write_keylog(client, master);
    return 0;
}
#endif

static int message(char *text, int number, int answer)
{
    int n = answer
        ? sprintf(text, "SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bKr%d\r\nFrom: <sip:1001@pbx.example>;tag=%d\r\nTo: <sip:pbx.example>;tag=a\r\nCall-ID: rare-%d@127.0.0.1\r\nCSeq: %d OPTIONS\r\n", number, number, number, number + 1)
        : sprintf(text, "OPTIONS sip:pbx.example SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bKr%d\r\nFrom: <sip:1001@pbx.example>;tag=%d\r\nTo: <sip:pbx.example>\r\nCall-ID: rare-%d@127.0.0.1\r\nCSeq: %d OPTIONS\r\nMax-Forwards: 70\r\n", number, number, number, number + 1);
    if (big > 0) { n += sprintf(text + n, "X-Long: "); memset(text + n, 'x', big); n += big; n += sprintf(text + n, "\r\n"); }
    n += sprintf(text + n, "User-Agent: Mbed TLS\r\nContent-Length: 0\r\n\r\n");
    return n;
}

/* A whole message in as many records as it takes: one datagram's record each, or the stream's. */
static void send_all(mbedtls_ssl_context *ssl, const char *text, int length)
{
    int most = (int) mbedtls_ssl_get_max_out_record_payload(ssl);
    for (int at = 0; at < length;) {
        int n = length - at < most ? length - at : most;
        int sent = mbedtls_ssl_write(ssl, (const unsigned char *) text + at, n);
        if (sent < 0) fail("write", sent);
        at += sent;
    }
}

static void read_message(mbedtls_ssl_context *ssl)
{
    static unsigned char text[20000];
    int at = 0;
    do {
        int n = mbedtls_ssl_read(ssl, text + at, sizeof text - at);
        if (n == MBEDTLS_ERR_SSL_WANT_READ || n == MBEDTLS_ERR_SSL_WANT_WRITE) continue;
        if (n <= 0) fail("read", n);
        at += n;
    } while (at < 4 || memcmp(text + at - 4, "\r\n\r\n", 4) != 0);
}

int main(int argc, char **argv)
{
    const char *port = argv[1];
    for (int i = 5; i < argc; i++) {
        const char *o = argv[i];
        if (!strcmp(o, "udp")) udp = 1;
        else if (!strcmp(o, "truncated")) truncated_mac = 1;
        else if (!strcmp(o, "noetm")) noetm = 1;
        else if (!strcmp(o, "move")) moves = 1;
        else if (!strncmp(o, "tls1", 4)) minor = o[4] - '0' + 1;
        else if (!strncmp(o, "big=", 4)) big = atoi(o + 4);
        else if (!strncmp(o, "fragment=", 9)) fragment = atoi(o + 9);
        else if (!strncmp(o, "suite=", 6)) suite = (int) strtol(o + 6, NULL, 16);
        else if (!strncmp(o, "cid=", 4)) sscanf(o, "cid=%d:%d", &cid_client, &cid_server);
        else { fprintf(stderr, "what is %s?\n", o); return 2; }
    }
    mbedtls_ssl_context ssl; mbedtls_ssl_config conf; mbedtls_x509_crt cert; mbedtls_pk_context key;
    mbedtls_entropy_context entropy; mbedtls_ctr_drbg_context drbg; mbedtls_net_context listener, net, other;
    mbedtls_timing_delay_context timer;
    mbedtls_ssl_init(&ssl); mbedtls_ssl_config_init(&conf); mbedtls_x509_crt_init(&cert); mbedtls_pk_init(&key);
    mbedtls_entropy_init(&entropy); mbedtls_ctr_drbg_init(&drbg); mbedtls_net_init(&listener); mbedtls_net_init(&net); mbedtls_net_init(&other);
    int protocol = udp ? MBEDTLS_NET_PROTO_UDP : MBEDTLS_NET_PROTO_TCP, code;
    if ((code = mbedtls_net_bind(&listener, "127.0.0.1", port, protocol)) != 0) fail("bind", code);
    pid_t child = fork();
    int server = child == 0;
    if ((code = mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, (const unsigned char *) (server ? "s" : "c"), 1)) != 0) fail("seed", code);
    mbedtls_ssl_config_defaults(&conf, server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
                                udp ? MBEDTLS_SSL_TRANSPORT_DATAGRAM : MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    mbedtls_ssl_conf_rng(&conf, mbedtls_ctr_drbg_random, &drbg);
    mbedtls_ssl_conf_authmode(&conf, MBEDTLS_SSL_VERIFY_NONE);
    mbedtls_ssl_conf_min_version(&conf, 3, minor < 3 ? minor : 3);
    mbedtls_ssl_conf_max_version(&conf, 3, minor);
    if (udp) mbedtls_ssl_conf_dtls_cookies(&conf, NULL, NULL, NULL);
    int suites[] = { suite, 0 };
    if (suite) mbedtls_ssl_conf_ciphersuites(&conf, suites);
    if (noetm) mbedtls_ssl_conf_encrypt_then_mac(&conf, MBEDTLS_SSL_ETM_DISABLED);
    if (fragment && !server) mbedtls_ssl_conf_max_frag_len(&conf, fragment);
#if MBEDTLS_VERSION_MAJOR < 3
    if (truncated_mac) mbedtls_ssl_conf_truncated_hmac(&conf, MBEDTLS_SSL_TRUNC_HMAC_ENABLED);
    mbedtls_ssl_conf_export_keys_ext_cb(&conf, export_keys, NULL);
#endif
    if (server) {
        if ((code = mbedtls_x509_crt_parse_file(&cert, argv[2])) != 0) fail("certificate", code);
#if MBEDTLS_VERSION_MAJOR >= 3
        code = mbedtls_pk_parse_keyfile(&key, argv[3], NULL, mbedtls_ctr_drbg_random, &drbg);
#else
        code = mbedtls_pk_parse_keyfile(&key, argv[3], NULL);
#endif
        if (code != 0) fail("key", code);
        mbedtls_ssl_conf_own_cert(&conf, &cert, &key);
    } else keylog = strcmp(argv[4], "-") ? fopen(argv[4], "a") : NULL;
    int own = server ? cid_server : cid_client;
    unsigned char id[32];
    if (own >= 0) {
        for (int i = 0; i < own; i++) id[i] = (server ? 0x50 : 0xc0) + i;
        if ((code = mbedtls_ssl_conf_cid(&conf, own, MBEDTLS_SSL_UNEXPECTED_CID_IGNORE)) != 0) fail("cid", code);
    }
    if ((code = mbedtls_ssl_setup(&ssl, &conf)) != 0) fail("setup", code);
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_set_export_keys_cb(&ssl, export_keys, NULL);
#endif
    if (own >= 0 && (code = mbedtls_ssl_set_cid(&ssl, MBEDTLS_SSL_CID_ENABLED, id, own)) != 0) fail("cid", code);
    mbedtls_ssl_set_timer_cb(&ssl, &timer, mbedtls_timing_set_delay, mbedtls_timing_get_delay);
    if (server) {
        size_t length; unsigned char address[16];
        if ((code = mbedtls_net_accept(&listener, &net, address, sizeof address, &length)) != 0) fail("accept", code);
    } else if ((code = mbedtls_net_connect(&net, "127.0.0.1", port, protocol)) != 0) fail("connect", code);
    mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, udp ? mbedtls_net_recv_timeout : NULL);
#if MBEDTLS_VERSION_MAJOR >= 3
    if (!server) mbedtls_ssl_set_hostname(&ssl, "pbx.example");
#endif
    while ((code = mbedtls_ssl_handshake(&ssl)) != 0)
        if (code != MBEDTLS_ERR_SSL_WANT_READ && code != MBEDTLS_ERR_SSL_WANT_WRITE) fail(server ? "server handshake" : "client handshake", code);
    if (!server) printf("%s %s\n", mbedtls_ssl_get_version(&ssl), mbedtls_ssl_get_ciphersuite(&ssl));
    static char text[20000];
    for (int i = 0; i < 3; i++) {
        if (server) {
            if (moves && i == 1) {
                /* It knows the new address beforehand: what this shows is the records, not the finding of a way back. */
                struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(atoi(port) + 1) };
                inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
                connect(net.fd, (struct sockaddr *) &to, sizeof to);
            }
            read_message(&ssl);
            send_all(&ssl, text, message(text, i, 1));
        } else {
            if (moves && i == 1) {
                int fd = socket(AF_INET, SOCK_DGRAM, 0);
                struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(atoi(port) + 1) }, to = from;
                inet_pton(AF_INET, "127.0.0.1", &from.sin_addr);
                to.sin_port = htons(atoi(port)); to.sin_addr = from.sin_addr;
                bind(fd, (struct sockaddr *) &from, sizeof from);
                connect(fd, (struct sockaddr *) &to, sizeof to);
                net.fd = fd;
            }
            send_all(&ssl, text, message(text, i, 0));
            read_message(&ssl);
            usleep(100000);
        }
    }
    mbedtls_ssl_close_notify(&ssl);
    if (!server) { int status; wait(&status); return status != 0; }
    return 0;
}
