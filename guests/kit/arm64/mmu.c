/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage-1 translation: 48-bit addresses, 4 KB granule (Arm DDI 0487, D8.3). The tables come from a
 * fixed pool. The first part runs with the MMU off: no C library.
 */
#include "kit/mmu.h"

#include <stddef.h>

#include "kit/image.h"
#include "kit/machine.h"
#include "kit/sysreg.h"
#include "start.h"

#define TABLE_ENTRIES 512U
#define TABLE_COUNT   32U
#define LAST_LEVEL    3U
#define ADDRESS_BITS  48U

/* Descriptors: D8.3.1. */
#define ENTRY_VALID     (UINT64_C(1) << 0)
#define ENTRY_TABLE     (UINT64_C(1) << 1) /* a table at levels 0-2, a page at level 3 */
#define ENTRY_NORMAL    (UINT64_C(0) << 2) /* index into MAIR */
#define ENTRY_DEVICE    (UINT64_C(1) << 2)
#define ENTRY_USER      (UINT64_C(1) << 6)
#define ENTRY_READ_ONLY (UINT64_C(1) << 7)
#define ENTRY_INNER     (UINT64_C(3) << 8)
#define ENTRY_ACCESSED  (UINT64_C(1) << 10)
#define ENTRY_PXN       (UINT64_C(1) << 53)
#define ENTRY_UXN       (UINT64_C(1) << 54)
#define ENTRY_ADDRESS   UINT64_C(0x0000fffffffff000)

/* MAIR_EL1: attribute 0 Normal write-back, 1 Device-nGnRE. */
#define MAIR_VALUE 0x04ffU

/* TCR_EL1: T0SZ for 48 bits, walks write-back and inner shareable, TTBR1 off; IPS comes from the
 * CPU. */
#define TCR_T0SZ      (64U - ADDRESS_BITS)
#define TCR_WALKS     (UINT64_C(1) << 8 | UINT64_C(1) << 10 | UINT64_C(3) << 12)
#define TCR_EPD1      (UINT64_C(1) << 23)
#define TCR_IPS_SHIFT 32U
#define IPS_48_BITS   5U /* the largest that 4 KB granules reach */

static uint64_t tables[TABLE_COUNT][TABLE_ENTRIES] __attribute__((aligned(4096)));
static size_t tables_used = 1; /* the first one is the root */

static uint64_t level_size(unsigned level)
{
    return UINT64_C(1) << (12U + 9U * (LAST_LEVEL - level));
}

static size_t level_index(uint64_t va, unsigned level)
{
    return (va >> (12U + 9U * (LAST_LEVEL - level))) & (TABLE_ENTRIES - 1);
}

/** The table below @entry, a new one if there is none; NULL if @entry maps a block or the pool is
 * empty. */
static uint64_t *table_below(uint64_t *entry)
{
    if ((*entry & ENTRY_VALID) == 0) {
        if (tables_used == TABLE_COUNT) {
            return NULL;
        }
        *(volatile uint64_t *)entry = (uint64_t)tables[tables_used++] | ENTRY_TABLE | ENTRY_VALID;
    }
    return (*entry & ENTRY_TABLE) != 0 ? (uint64_t *)(*entry & ENTRY_ADDRESS) : NULL;
}

static uint64_t entry_attributes(unsigned flags)
{
    uint64_t attributes = ENTRY_VALID | ENTRY_ACCESSED | ENTRY_INNER;

    attributes |= (flags & MMU_DEVICE) != 0 ? ENTRY_DEVICE : ENTRY_NORMAL;
    if ((flags & MMU_WRITE) == 0) {
        attributes |= ENTRY_READ_ONLY;
    }
    if ((flags & MMU_USER) != 0) {
        attributes |= ENTRY_USER;
    }
    if ((flags & MMU_EXEC) == 0) {
        attributes |= ENTRY_PXN | ENTRY_UXN;
    }
    return attributes;
}

/** Maps the largest block or page that fits at the start of the range; returns its size, 0 if it
 * can't. */
static uint64_t map_one(uint64_t va, uint64_t pa, uint64_t size, uint64_t attributes)
{
    uint64_t *table = tables[0];

    for (unsigned level = 0;; level++) {
        uint64_t *entry = &table[level_index(va, level)];
        uint64_t block = level_size(level);
        bool fits = level > 0 && ((va | pa) & (block - 1)) == 0 && size >= block;

        if (level == LAST_LEVEL ||
            (fits && (*entry & (ENTRY_VALID | ENTRY_TABLE)) != (ENTRY_VALID | ENTRY_TABLE))) {
            *(volatile uint64_t *)entry = pa | attributes | (level == LAST_LEVEL ? ENTRY_TABLE : 0);
            return block;
        }
        if ((*entry & (ENTRY_VALID | ENTRY_TABLE)) == ENTRY_VALID) {
            return block - (va & (block - 1)); /* within a block that is mapped already */
        }
        table = table_below(entry);
        if (table == NULL) {
            return 0;
        }
    }
}

bool mmu_map(uint64_t va, uint64_t pa, uint64_t size, unsigned flags)
{
    uint64_t attributes = entry_attributes(flags);

    while (size != 0) {
        uint64_t done = map_one(va, pa, size, attributes);

        if (done == 0) {
            return false;
        }
        done = done < size ? done : size;
        va += done;
        pa += done;
        size -= done;
    }
    __asm__ volatile("dsb ishst\n\tisb" : : : "memory");
    return true;
}

bool mmu_map_device(uint64_t pa, uint64_t size)
{
    uint64_t start = pa & ~(uint64_t)(MMU_PAGE_SIZE - 1);
    uint64_t end = (pa + size + MMU_PAGE_SIZE - 1) & ~(uint64_t)(MMU_PAGE_SIZE - 1);

    return mmu_map(start, start, end - start, MMU_WRITE | MMU_DEVICE);
}

void mmu_unmap(uint64_t va, uint64_t size)
{
    for (uint64_t end = va + size; va < end; va += MMU_PAGE_SIZE) {
        uint64_t *table = tables[0];

        for (unsigned level = 0; level < LAST_LEVEL && table != NULL; level++) {
            uint64_t entry = table[level_index(va, level)];
            bool is_table = (entry & (ENTRY_VALID | ENTRY_TABLE)) == (ENTRY_VALID | ENTRY_TABLE);

            table = is_table ? (uint64_t *)(entry & ENTRY_ADDRESS) : NULL;
        }
        if (table == NULL) {
            continue;
        }
        *(volatile uint64_t *)&table[level_index(va, LAST_LEVEL)] = 0;
        __asm__ volatile("dsb ishst\n\ttlbi vaae1is, %0\n\tdsb ish\n\tisb"
                         :
                         : "r"(va >> 12)
                         : "memory");
    }
}

static void map_same(uint64_t start, uint64_t end, unsigned flags)
{
    if (start < end) {
        (void)mmu_map(start, start, end - start, flags);
    }
}

static uint64_t at_least(uint64_t value, uint64_t limit)
{
    return value > limit ? value : limit;
}

static uint64_t at_most(uint64_t value, uint64_t limit)
{
    return value < limit ? value : limit;
}

static void map_data(uint64_t start, uint64_t end)
{
    map_same(start, end, MMU_WRITE);
}

/** All memory but the image can be read and written, and not executed. */
static void map_memory(const struct fdt_range *memory)
{
    uint64_t end = memory->start + memory->size;

    map_same(memory->start, at_most(end, (uint64_t)image_start), MMU_WRITE);
    map_same(at_least(memory->start, (uint64_t)image_end), end, MMU_WRITE);
}

static bool in_memory(uint64_t address)
{
    for (size_t i = 0; i < machine()->memory_count; i++) {
        if (address - machine()->memory[i].start < machine()->memory[i].size) {
            return true;
        }
    }
    return false;
}

static void map_device_tree(void)
{
    uint64_t start = (uint64_t)machine()->fdt.bytes;
    uint64_t end = start + fdt_size(&machine()->fdt);

    if (!in_memory(start)) {
        map_same(start & ~(uint64_t)(MMU_PAGE_SIZE - 1),
                 (end + MMU_PAGE_SIZE - 1) & ~(uint64_t)(MMU_PAGE_SIZE - 1), MMU_READ);
    }
}

void mmu_start(void)
{
    uint64_t address_size = at_most(SYSREG_READ(id_aa64mmfr0_el1) & 0xf, IPS_48_BITS);

    map_same((uint64_t)image_start, (uint64_t)text_end, MMU_EXEC);
    map_same((uint64_t)text_end, (uint64_t)rodata_end, MMU_READ);
    start_map_around_guards((uint64_t)rodata_end, (uint64_t)image_end, map_data);
    for (size_t i = 0; i < machine()->memory_count; i++) {
        map_memory(&machine()->memory[i]);
    }
    map_device_tree();
    mmu_switch_on(TCR_T0SZ | TCR_WALKS | TCR_EPD1 | address_size << TCR_IPS_SHIFT, MAIR_VALUE,
                  (uint64_t)tables[0]);
}
