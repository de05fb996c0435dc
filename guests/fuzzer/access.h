/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One access to an address: any size, aligned or not, read, written, or what was read written back.
 * It may fault.
 */
#ifndef FUZZER_ACCESS_H
#define FUZZER_ACCESS_H

#include <stdint.h>

enum access_kind { ACCESS_READ, ACCESS_WRITE, ACCESS_WRITE_BACK, ACCESS_KINDS };

/** What is done at which address. */
struct access {
    uint64_t address;
    uint64_t value; /* to be written */
    unsigned size;  /* 1, 2, 4, 8 */
    enum access_kind kind;
};

/** Does it. */
void access_do(const struct access *access);

#endif
