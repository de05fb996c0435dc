/* SPDX-License-Identifier: Apache-2.0 */
/* Makes stage 2 tables and the registers that go with them (stage2.h). */
#include "stage2.h"

/* Attributes of a block or page (Arm DDI 0487, D8.3.2, stage 2 without FEAT_S2FWB). */
#define S2_NORMAL_WRITE_BACK (0xfULL << 2) /* MemAttr: inner and outer write-back */
#define S2_DEVICE_NGNRE      (0x1ULL << 2)
#define S2_READ              (1ULL << 6)
#define S2_WRITE             (1ULL << 7)
#define S2_INNER_SHAREABLE   (3ULL << 8)
#define S2_ACCESSED          (1ULL << 10)
#define S2_EXECUTE_NEVER     (2ULL << 53) /* at EL1 and EL0, with and without FEAT_XNX */

/* VTCR_EL2 (Arm DDI 0487, D24.2). VMIDs have 8 bits (VS = 0): every CPU has these. */
#define VTCR_START_LEVEL_1   (1ULL << 6)  /* SL0, for 4 KB */
#define VTCR_INNER_WRITEBACK (1ULL << 8)  /* IRGN0 */
#define VTCR_OUTER_WRITEBACK (1ULL << 10) /* ORGN0 */
#define VTCR_INNER_SHAREABLE (3ULL << 12) /* SH0 */
#define VTCR_GRANULE_4K      (0ULL << 14) /* TG0 */
#define VTCR_OUTPUT_40_BITS  (2ULL << 16) /* PS */
#define VTCR_RES1            (1ULL << 31)

#define INPUT_BITS_LEAST 32U
#define VMID_SHIFT       48

static uint64_t attributes_of(uint32_t flags)
{
    uint64_t attributes = S2_ACCESSED;

    if ((flags & PLAN_MEMORY_DEVICE) != 0) {
        attributes |= S2_DEVICE_NGNRE;
    } else {
        attributes |= S2_NORMAL_WRITE_BACK | S2_INNER_SHAREABLE;
    }
    if ((flags & PLAN_MEMORY_READ) != 0) {
        attributes |= S2_READ;
    }
    if ((flags & PLAN_MEMORY_WRITE) != 0) {
        attributes |= S2_WRITE;
    }
    if ((flags & PLAN_MEMORY_EXEC) == 0) {
        attributes |= S2_EXECUTE_NEVER;
    }
    return attributes;
}

struct table *stage2_make(const struct plan_memory *memory, size_t count)
{
    struct table *root = table_new();

    for (size_t i = 0; i < count; i++) {
        table_map(root, memory[i].ipa, memory[i].pa, memory[i].size,
                  attributes_of(memory[i].flags));
    }
    return root;
}

uint64_t stage2_vtcr(const struct plan_memory *memory, size_t count)
{
    uint64_t bits = INPUT_BITS_LEAST;

    for (size_t i = 0; i < count; i++) {
        while ((memory[i].ipa + memory[i].size - 1) >> bits != 0) {
            bits++;
        }
    }
    return VTCR_RES1 | VTCR_OUTPUT_40_BITS | VTCR_GRANULE_4K | VTCR_INNER_SHAREABLE |
           VTCR_OUTER_WRITEBACK | VTCR_INNER_WRITEBACK | VTCR_START_LEVEL_1 | (64 - bits);
}

uint64_t stage2_vttbr(uint64_t root_pa, size_t vm)
{
    return root_pa | (uint64_t)(vm + 1) << VMID_SHIFT;
}
