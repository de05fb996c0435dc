/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (check_sha256.h); names are those of FIPS 180-4. */
#include "check_sha256.h"

#include <stdio.h>
#include <string.h>

#define BLOCK_SIZE  64U
#define LENGTH_SIZE 8U /* of the message in bits, at the end of the last block */
#define ROUNDS      64U
#define WORDS       8U

/* 4.2.2 */
static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotr(uint32_t value, unsigned count)
{
    return value >> count | value << (32 - count);
}

/* 6.2.2 */
static void digest_block(uint32_t hash[WORDS], const uint8_t block[BLOCK_SIZE])
{
    uint32_t w[ROUNDS];
    uint32_t v[WORDS]; /* a to h */
    for (unsigned t = 0; t < 16; t++) {
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    }
    for (unsigned t = 16; t < ROUNDS; t++) {
        uint32_t sigma0 = rotr(w[t - 15], 7) ^ rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
        uint32_t sigma1 = rotr(w[t - 2], 17) ^ rotr(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
    }
    memcpy(v, hash, sizeof(v));
    for (unsigned t = 0; t < ROUNDS; t++) {
        uint32_t sum1 = rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25);
        uint32_t sum0 = rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        uint32_t t1 = v[7] + sum1 + choice + constants[t] + w[t];
        memmove(&v[1], &v[0], (WORDS - 1) * sizeof(v[0]));
        v[4] += t1;
        v[0] = t1 + sum0 + majority;
    }
    for (unsigned i = 0; i < WORDS; i++) {
        hash[i] += v[i];
    }
}

void sha256_text(const uint8_t *bytes, uint64_t size, char text[SHA256_TEXT_SIZE])
{
    /* 5.3.3 */
    uint32_t hash[WORDS] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                            0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint8_t last[2 * BLOCK_SIZE] = {0};
    uint64_t whole = size / BLOCK_SIZE * BLOCK_SIZE;
    uint64_t rest = size - whole;
    for (uint64_t at = 0; at < whole; at += BLOCK_SIZE) {
        digest_block(hash, bytes + at);
    }
    /* 5.1.1: a bit that is set, zeros, the length */
    if (rest != 0) {
        memcpy(last, bytes + whole, rest);
    }
    last[rest] = 0x80;
    uint64_t end = rest + 1 + LENGTH_SIZE <= BLOCK_SIZE ? BLOCK_SIZE : 2 * BLOCK_SIZE;
    for (unsigned i = 0; i < LENGTH_SIZE; i++) {
        last[end - 1 - i] = (uint8_t)(size * 8 >> 8 * i);
    }
    for (uint64_t at = 0; at < end; at += BLOCK_SIZE) {
        digest_block(hash, last + at);
    }
    for (unsigned i = 0; i < WORDS; i++) {
        snprintf(text + (size_t)8 * i, 9, "%08x", hash[i]);
    }
}
