/* SPDX-License-Identifier: Apache-2.0 */
/* See access.h. Single loads and stores with a plain base register: a hypervisor can read them
 * from its syndrome. */
#include "access.h"

static uint64_t load(uint64_t address, unsigned size)
{
    uint64_t value = 0;

    switch (size) {
    case 1:
        __asm__ volatile("ldrb %w0, [%1]" : "+r"(value) : "r"(address) : "memory");
        break;
    case 2:
        __asm__ volatile("ldrsh %w0, [%1]" : "+r"(value) : "r"(address) : "memory");
        break;
    case 4:
        __asm__ volatile("ldr %w0, [%1]" : "+r"(value) : "r"(address) : "memory");
        break;
    default:
        __asm__ volatile("ldr %0, [%1]" : "+r"(value) : "r"(address) : "memory");
        break;
    }
    return value;
}

static void store(uint64_t address, unsigned size, uint64_t value)
{
    switch (size) {
    case 1:
        __asm__ volatile("strb %w0, [%1]" : : "r"(value), "r"(address) : "memory");
        break;
    case 2:
        __asm__ volatile("strh %w0, [%1]" : : "r"(value), "r"(address) : "memory");
        break;
    case 4:
        __asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
        break;
    default:
        __asm__ volatile("str %0, [%1]" : : "r"(value), "r"(address) : "memory");
        break;
    }
}

void access_do(const struct access *access)
{
    uint64_t value = access->value;

    if (access->kind != ACCESS_WRITE) {
        value = load(access->address, access->size);
    }
    if (access->kind != ACCESS_READ) {
        store(access->address, access->size, value);
    }
}
