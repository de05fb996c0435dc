/* SPDX-License-Identifier: Apache-2.0 */
/* A range of addresses. */
#ifndef COMPOSER_RANGE_H
#define COMPOSER_RANGE_H

#include <stdint.h>

#define ADDRESS_UNSET UINT64_MAX

/** A range of the physical address space. */
struct range {
    uint64_t start;
    uint64_t size;
};

#endif
