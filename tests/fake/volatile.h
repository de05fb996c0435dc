/* SPDX-License-Identifier: Apache-2.0 */
/* What the compiler calls for volatile accesses (gcc, --param tsan-distinguish-volatile=1). */
#ifndef FAKE_VOLATILE_H
#define FAKE_VOLATILE_H

#define VOLATILE_LIST(each)                                                                        \
    each(read1) each(read2) each(read4) each(read8) each(write1) each(write2) each(write4)         \
        each(write8)

#define VOLATILE_DECLARED(name) void __tsan_volatile_##name(void *address);
VOLATILE_LIST(VOLATILE_DECLARED)

#endif
