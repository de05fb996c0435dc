/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors of translation tables. What the architecture lets one write and the composer has no
 * use for (the contiguous hint, hierarchical permissions, hardware update of flags, bits for
 * software) is refused like what is reserved: who has no reason to set a bit has made a mistake.
 */
#include "descriptor.h"

#include "el2_map.h"

#define VALID               ((uint64_t)1 << 0)
#define TABLE_OR_PAGE       ((uint64_t)1 << 1)
#define ACCESS_FLAG         ((uint64_t)1 << 10)
#define EXECUTE_NEVER       ((uint64_t)1 << 54)
#define SHAREABILITY(value) ((value) >> 8 & 3)
#define SHAREABILITY_MASK   ((uint64_t)3 << 8)
#define INNER_SHAREABLE     3
#define SHAREABLE_RESERVED  1
#define PAGE_LEVEL          3

/* Stage 2: D8.4.3.1, D8.6.6 */
#define STAGE2_MEMORY(value) ((value) >> 2 & 15)
#define STAGE2_MEMORY_MASK   ((uint64_t)15 << 2)
#define STAGE2_DEVICE_NGNRE  1
#define STAGE2_NORMAL        15 /* write-back, inner and outer */
#define STAGE2_READ          ((uint64_t)1 << 6)
#define STAGE2_WRITE         ((uint64_t)1 << 7)

/* Stage 1 of a regime with one exception level: D8.4.1.2, D8.6.2 */
#define STAGE1_MEMORY(value) ((value) >> 2 & 7)
#define STAGE1_MEMORY_MASK   ((uint64_t)7 << 2)
#define STAGE1_RES1          ((uint64_t)1 << 6) /* AP[1] */
#define STAGE1_READ_ONLY     ((uint64_t)1 << 7) /* AP[2] */

static const uint64_t leaf_bits[] = {
    [WALK_STAGE2] = VALID | TABLE_OR_PAGE | STAGE2_MEMORY_MASK | STAGE2_READ | STAGE2_WRITE |
                    SHAREABILITY_MASK | ACCESS_FLAG | EXECUTE_NEVER,
    [WALK_STAGE1_EL2] = VALID | TABLE_OR_PAGE | STAGE1_MEMORY_MASK | STAGE1_RES1 |
                        STAGE1_READ_ONLY | SHAREABILITY_MASK | ACCESS_FLAG | EXECUTE_NEVER,
};

/* Bits 47 down to @shift: where the output address is. */
static uint64_t output_mask(unsigned shift)
{
    return ((uint64_t)1 << 48) - ((uint64_t)1 << shift);
}

static void decode_stage2_leaf(struct descriptor *descriptor, uint64_t value)
{
    uint64_t memory = STAGE2_MEMORY(value);
    descriptor->attributes = ((value & STAGE2_READ) != 0 ? PLAN_MEMORY_READ : 0) |
                             ((value & STAGE2_WRITE) != 0 ? PLAN_MEMORY_WRITE : 0) |
                             ((value & EXECUTE_NEVER) == 0 ? PLAN_MEMORY_EXEC : 0) |
                             (memory != STAGE2_NORMAL ? PLAN_MEMORY_DEVICE : 0);
    if (memory != STAGE2_NORMAL && memory != STAGE2_DEVICE_NGNRE) {
        descriptor->wrong = "its memory type is neither Normal write-back nor Device-nGnRE";
    } else if (memory == STAGE2_NORMAL && SHAREABILITY(value) != INNER_SHAREABLE) {
        descriptor->wrong = "it is Normal memory, but not inner shareable";
    }
}

static void decode_stage1_leaf(struct descriptor *descriptor, uint64_t value)
{
    uint64_t memory = STAGE1_MEMORY(value);
    descriptor->attributes = PLAN_MEMORY_READ |
                             ((value & STAGE1_READ_ONLY) == 0 ? PLAN_MEMORY_WRITE : 0) |
                             ((value & EXECUTE_NEVER) == 0 ? PLAN_MEMORY_EXEC : 0) |
                             (memory != EL2_MAIR_NORMAL ? PLAN_MEMORY_DEVICE : 0);
    if (memory != EL2_MAIR_NORMAL && memory != EL2_MAIR_DEVICE) {
        descriptor->wrong = "its attribute index has no meaning in MAIR_EL2";
    } else if (memory == EL2_MAIR_NORMAL && SHAREABILITY(value) != INNER_SHAREABLE) {
        descriptor->wrong = "it is Normal memory, but not inner shareable";
    } else if ((value & STAGE1_RES1) == 0) {
        descriptor->wrong = "AP[1] is not 1";
    }
}

struct descriptor descriptor_decode(enum walk_stage stage, unsigned level, uint64_t value)
{
    struct descriptor descriptor = {.type = DESCRIPTOR_INVALID};
    if ((value & VALID) == 0) {
        descriptor.wrong = value != 0 ? "it is invalid, but not zero" : NULL;
        return descriptor;
    }
    bool table_or_page = (value & TABLE_OR_PAGE) != 0;
    if (level == PAGE_LEVEL && !table_or_page) {
        descriptor.wrong = "a block in a table of pages is reserved";
        return descriptor;
    }
    if (level != PAGE_LEVEL && table_or_page) {
        descriptor.type = DESCRIPTOR_TABLE;
        descriptor.pa = value & output_mask(12);
        descriptor.wrong = (value & ~(output_mask(12) | VALID | TABLE_OR_PAGE)) != 0
                               ? "it refers to a table and sets other bits"
                               : NULL;
        return descriptor;
    }
    descriptor.type = DESCRIPTOR_LEAF;
    descriptor.pa = value & output_mask(descriptor_shift(level));
    if (stage == WALK_STAGE2) {
        decode_stage2_leaf(&descriptor, value);
    } else {
        decode_stage1_leaf(&descriptor, value);
    }
    if ((value & ~(output_mask(descriptor_shift(level)) | leaf_bits[stage])) != 0) {
        descriptor.wrong = "it sets bits that are reserved or have no use here";
    } else if (SHAREABILITY(value) == SHAREABLE_RESERVED) {
        descriptor.wrong = "its shareability is reserved";
    } else if ((value & ACCESS_FLAG) == 0) {
        descriptor.wrong = "its access flag is 0, so the first access faults";
    }
    return descriptor;
}
