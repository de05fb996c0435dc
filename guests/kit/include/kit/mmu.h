/* SPDX-License-Identifier: Apache-2.0 */
/*
 * This guest's own translation (stage 1): virtual = physical for its memory, its image
 * write-protected or not executable section by section, and device pages as drivers ask for them.
 */
#ifndef KIT_MMU_H
#define KIT_MMU_H

#include <stdbool.h>
#include <stdint.h>

#define MMU_PAGE_SIZE 4096U

#define MMU_READ   0U /* always */
#define MMU_WRITE  1U
#define MMU_EXEC   2U
#define MMU_DEVICE 4U /* Device-nGnRE, else Normal write-back */
#define MMU_USER   8U /* EL0 has it too */

/** Makes the tables from machine() and switches the MMU of the first CPU on. Called once by the
 * start-up code. */
void mmu_start(void);

/**
 * Maps @size bytes of physical memory at @va. What was mapped there as a page is replaced (call
 * mmu_unmap first where the architecture wants break-before-make); within a larger block it stays
 * as it is.
 *
 * Returns false if the kit's tables are used up.
 */
bool mmu_map(uint64_t va, uint64_t pa, uint64_t size, unsigned flags);

/** Maps a device's registers at their own address, whole pages. */
bool mmu_map_device(uint64_t pa, uint64_t size);

/** Takes away pages that were mapped as pages, on all CPUs. */
void mmu_unmap(uint64_t va, uint64_t size);

#endif
