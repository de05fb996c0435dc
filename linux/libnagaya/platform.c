/* SPDX-License-Identifier: Apache-2.0 */
#include "platform.h"

#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nagaya.h"

static_assert(sizeof(void *) == 8,
              "libnagaya is for 64-bit processes: only their stores ring (docs/linux.md)");

void *platform_map(int fd, unsigned map, size_t size, bool writable)
{
    /* UIO's convention: the offset is the number of the range, in pages. */
    return mmap(NULL, size, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, fd,
                (off_t)map * sysconf(_SC_PAGESIZE));
}

/*
 * In assembly, for the hypervisor learns what is stored from the syndrome, which is valid for a
 * plain store only: not for one that also moves its base register, or stores a pair (Arm DDI 0487,
 * ESR_EL2.ISS.ISV).
 */
void platform_store(volatile uint32_t *word, uint32_t value)
{
    __asm__ volatile("dsb ishst\n\tstr %w1, [%0]" : : "r"(word), "r"(value) : "memory");
}

/* The virtual counter is the physical one: the hypervisor keeps their difference at 0. */
uint64_t nagaya_counter(void)
{
    uint64_t ticks;

    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
    return ticks;
}

uint64_t nagaya_counter_frequency(void)
{
    uint64_t frequency;

    __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
    return frequency;
}
