/*
 * Packets protected by libsrtp, so that our opening is held against another implementation.
 *
 *   gcc -o make-libsrtp-vectors make-libsrtp-vectors.c -lsrtp2 && ./make-libsrtp-vectors > libsrtp.txt
 *
 * Each line: suite, master key with salt, MKI or "-", rollover counter of the packet, "rtp" or "rtcp", the packet.
 * Sequence numbers run from 65531 over 0; every fifth packet has a header extension. Payload byte k of packet i is
 * 31 i + 7 k. AES-192 is left out: libsrtp derives its keys with AES-256, not as RFC 6188 §3 says.
 */
#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef void (*policy_setter)(srtp_crypto_policy_t *);

static const uint8_t SSRC[4] = {0x12, 0x34, 0xab, 0xcd};
static uint8_t key[46];

static void print_hex(const uint8_t *bytes, int length) {
  for (int i = 0; i < length; i++) printf("%02x", bytes[i]);
}

static void make(const char *suite, policy_setter rtp, policy_setter rtcp, int key_length, int with_mki,
                 uint32_t rollover, int packets) {
  srtp_policy_t policy;
  srtp_t session;
  uint8_t mki[4] = {0, 0, 0, 7};
  srtp_master_key_t master = {key, mki, 4};
  srtp_master_key_t *masters[1] = {&master};
  memset(&policy, 0, sizeof policy);
  rtp(&policy.rtp);
  rtcp(&policy.rtcp);
  policy.ssrc.type = ssrc_any_outbound;
  policy.window_size = 128;
  if (with_mki) {
    policy.keys = masters;
    policy.num_master_keys = 1;
  } else
    policy.key = key;
  if (srtp_create(&session, &policy) != srtp_err_status_ok) {
    fprintf(stderr, "%s: not created\n", suite);
    return;
  }
  for (int i = 0; i <= packets; i++) {
    uint8_t bytes[300] = {0x80, 0};
    uint16_t sequence = 65530 + i;
    uint32_t timestamp = 160 * i;
    int length = 12;
    bytes[2] = sequence >> 8, bytes[3] = sequence & 255;
    bytes[4] = timestamp >> 24, bytes[5] = timestamp >> 16, bytes[6] = timestamp >> 8, bytes[7] = timestamp;
    memcpy(bytes + 8, SSRC, 4);
    if (i % 5 == 4) {
      static const uint8_t extension[8] = {0xbe, 0xde, 0, 1, 0x10, 0x2a, 0, 0};
      bytes[0] |= 0x10;
      memcpy(bytes + 12, extension, 8);
      length = 20;
    }
    for (int k = 0; k < 20; k++) bytes[length++] = (uint8_t)(31 * i + 7 * k);
    if (with_mki)
      srtp_protect_mki(session, bytes, &length, 1, 0);
    else
      srtp_protect(session, bytes, &length);
    if (i == 0) {
      /* The stream is known now: set its counter. */
      if (rollover > 0) srtp_set_stream_roc(session, 0xcdab3412, rollover), srtp_set_stream_roc(session, 0x1234abcd, rollover);
      continue;
    }
    printf("%s ", suite);
    print_hex(key, key_length);
    printf(with_mki ? " 00000007 " : " - ");
    printf("%u rtp ", rollover + (i >= 6));
    print_hex(bytes, length);
    printf("\n");
    if (i % 6 != 0) continue;
    uint8_t report[100] = {0x80, 200, 0, 6, 0x12, 0x34, 0xab, 0xcd, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 9, 0, 0, 0, (uint8_t)i, 0, 0, 1, 0};
    length = 28;
    if (with_mki)
      srtp_protect_rtcp_mki(session, report, &length, 1, 0);
    else
      srtp_protect_rtcp(session, report, &length);
    printf("%s ", suite);
    print_hex(key, key_length);
    printf(with_mki ? " 00000007 " : " - ");
    printf("0 rtcp ");
    print_hex(report, length);
    printf("\n");
  }
  srtp_dealloc(session);
}

#undef srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80
#define srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80 srtp_crypto_policy_set_rtp_default
#define CM(bits, tag) srtp_crypto_policy_set_aes_cm_##bits##_hmac_sha1_##tag

int main(void) {
  srtp_init();
  for (int i = 0; i < 46; i++) key[i] = (uint8_t)(7 * i + 3);
  make("AES_CM_128_HMAC_SHA1_80", CM(128, 80), CM(128, 80), 30, 0, 0, 12);
  make("AES_CM_128_HMAC_SHA1_32", CM(128, 32), CM(128, 80), 30, 0, 0, 12);
  make("AES_256_CM_HMAC_SHA1_80", CM(256, 80), CM(256, 80), 46, 0, 0, 12);
  make("AES_256_CM_HMAC_SHA1_32", CM(256, 32), CM(256, 80), 46, 0, 0, 12);
  make("AEAD_AES_128_GCM", srtp_crypto_policy_set_aes_gcm_128_16_auth, srtp_crypto_policy_set_aes_gcm_128_16_auth, 28, 0, 0, 12);
  make("AEAD_AES_256_GCM", srtp_crypto_policy_set_aes_gcm_256_16_auth, srtp_crypto_policy_set_aes_gcm_256_16_auth, 44, 0, 0, 12);
  make("NULL_HMAC_SHA1_80", srtp_crypto_policy_set_null_cipher_hmac_sha1_80, srtp_crypto_policy_set_null_cipher_hmac_sha1_80, 30, 0, 0, 12);
  make("AES_CM_128_HMAC_SHA1_80", CM(128, 80), CM(128, 80), 30, 1, 0, 12);
  make("AES_CM_128_HMAC_SHA1_80", CM(128, 80), CM(128, 80), 30, 0, 700, 12);
  make("AEAD_AES_128_GCM", srtp_crypto_policy_set_aes_gcm_128_16_auth, srtp_crypto_policy_set_aes_gcm_128_16_auth, 28, 1, 0, 12);
  return 0;
}
