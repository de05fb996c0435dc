/* SPDX-License-Identifier: Apache-2.0 */
/* What is only there on arm64 under Nagaya. The unit tests have their own in its place. */
#ifndef LIBNAGAYA_PLATFORM_H
#define LIBNAGAYA_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Maps @size bytes of range @map of an open UIO device; MAP_FAILED and errno as mmap. */
void *platform_map(int fd, unsigned map, size_t size, bool writable);

/** One 32-bit store that the hypervisor catches, after all stores before it are done. */
void platform_store(volatile uint32_t *word, uint32_t value);

#endif
