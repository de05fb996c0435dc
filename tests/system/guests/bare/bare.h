/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For guests that are like small kernels of others: no kit, no C library, the addresses of QEMU's
 * virt board written down in the program. They run on plain QEMU too.
 */
#ifndef TESTS_BARE_H
#define TESTS_BARE_H

#include <stdbool.h>
#include <stdint.h>

#define UART      0x09000000U
#define GICD      0x08000000U
#define GICR      0x080a0000U
#define GICC      0x08010000U
#define SGI_FRAME (GICR + 0x10000U)

#define READ_REGISTER(name)                                                                        \
    ({                                                                                             \
        uint64_t value_;                                                                           \
        __asm__ volatile("mrs %0, " #name : "=r"(value_) : : "memory");                            \
        value_;                                                                                    \
    })
#define WRITE_REGISTER(name, value)                                                                \
    __asm__ volatile("msr " #name ", %0\n\tisb" : : "r"((uint64_t)(value)) : "memory")

static inline uint32_t read32(uint64_t address)
{
    uint32_t value;
    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline void write32(uint64_t address, uint32_t value)
{
    __asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

/** Prints to the UART as the loader left it. */
static inline void put_text(const char *text)
{
    for (; *text != 0; text++) {
        write32(UART, (uint8_t)*text);
    }
}

static inline void put_hex(uint64_t value)
{
    put_text("0x");
    for (int shift = 60; shift >= 0; shift -= 4) {
        write32(UART, (uint8_t) "0123456789abcdef"[value >> shift & 15]);
    }
}

/** The program; @entry tells which entry was used (start.S). */
void bare_main(uint64_t x0, uint64_t start, uint64_t entry);

/** Called by start.S for an interrupt and for any other exception; the latter goes on behind the
 * instruction. */
void bare_interrupt(void);
void bare_exception(uint64_t esr);

#endif
