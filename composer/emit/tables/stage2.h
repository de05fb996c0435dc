/* SPDX-License-Identifier: Apache-2.0 */
/* Stage 2 of a VM: what it can reach is what the plan lists, nothing else (Arm DDI 0487, D8.3
 * and D24.2). */
#ifndef COMPOSER_STAGE2_H
#define COMPOSER_STAGE2_H

#include <stddef.h>
#include <stdint.h>

#include "plan_map.h"
#include "tables.h"

/** The tables that map @memory, by its flags. */
struct table *stage2_make(const struct plan_memory *memory, size_t count);

/** VTCR_EL2 for tables that map @memory; all of it lies below 2^TABLE_INPUT_BITS. */
uint64_t stage2_vtcr(const struct plan_memory *memory, size_t count);

/** VTTBR_EL2: the root's pa and VM @vm's VMID. */
uint64_t stage2_vttbr(uint64_t root_pa, size_t vm);

#endif
