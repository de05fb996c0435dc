/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device registers of the fake machine: those of its interrupt controller (distributor.c).
 */
#ifndef HYPERVISOR_MMIO_H
#define HYPERVISOR_MMIO_H

#include <stdint.h>

uint64_t device_read(uint64_t address, unsigned size);
void device_write(uint64_t address, unsigned size, uint64_t value);

static inline uint32_t mmio_read32(uint64_t address)
{
    return (uint32_t)device_read(address, 4);
}

static inline void mmio_write32(uint64_t address, uint32_t value)
{
    device_write(address, 4, value);
}

static inline void mmio_write8(uint64_t address, uint8_t value)
{
    device_write(address, 1, value);
}

static inline uint8_t mmio_read8(uint64_t address)
{
    return (uint8_t)device_read(address, 1);
}

static inline uint64_t mmio_read64(uint64_t address)
{
    return device_read(address, 8);
}

static inline void mmio_write64(uint64_t address, uint64_t value)
{
    device_write(address, 8, value);
}

#endif
