/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4, 6.2) of bytes in memory: what `check` prints of an image, for whoever
 * signs it. */
#ifndef COMPOSER_CHECK_SHA256_H
#define COMPOSER_CHECK_SHA256_H

#include <stdint.h>

#define SHA256_TEXT_SIZE 65

/** Writes the digest of @size bytes as 64 hexadecimal digits, as sha256sum does. */
void sha256_text(const uint8_t *bytes, uint64_t size, char text[SHA256_TEXT_SIZE]);

#endif
