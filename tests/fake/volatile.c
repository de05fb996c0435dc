/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accesses of the engine to what is volatile: a word, of which whoever looks finds the value before
 * or after. The sanitizer for data races asks here instead of looking at them (--param
 * tsan-distinguish-volatile).
 */
#include "volatile.h"

#define VOLATILE_NOTHING(name)                                                                     \
    void __tsan_volatile_##name(void *address)                                                     \
    {                                                                                              \
        (void)address;                                                                             \
    }

VOLATILE_LIST(VOLATILE_NOTHING)
