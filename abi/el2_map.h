/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's virtual addresses on arm64, the same on every board: the composer's EL2 tables
 * put physical memory behind them. 39-bit space (TCR_EL2.T0SZ = 25), 4 KB granule, three levels.
 *
 *     EL2_WINDOW + pa     guest RAM, info pages and the copies of images, of the VMs that run on
 * this CPU EL2_BASE            text (RX), read-only data and plan (R); also identity mapped: the
 * boot pages EL2_SHARED          data of all CPUs (RW) EL2_PERCPU          data of this CPU (RW),
 * the page below it unmapped EL2_GICD .. CONSOLE devices (RW, Device-nGnRnE) EL2_STAGE2_ROOT root
 * tables of the VMs that run on this CPU or may be stopped from it (RW)
 *
 * The linker script and the assembly use it too: only #define and integer literals.
 */
#ifndef ABI_EL2_MAP_H
#define ABI_EL2_MAP_H

#define EL2_VA_BITS 39

#define EL2_WINDOW 0x4000000000 /* + pa; so RAM lies below 0x3f00000000 */

#define EL2_BASE   0x7f80000000
#define EL2_SHARED 0x7f80080000
#define EL2_PERCPU 0x7f800c0000

#define EL2_GICD        0x7fc0000000
#define EL2_GICR        0x7fc1000000 /* GICv3: + plan CPU index times EL2_GICR_STRIDE */
#define EL2_GICR_STRIDE 0x40000
#define EL2_GICC        0x7fc1000000 /* GICv2: two pages */
#define EL2_GICH        0x7fc1010000 /* the same: one page */
#define EL2_CONSOLE     0x7fc2000000

#define EL2_STAGE2_ROOTS       0x7fc3000000
#define EL2_STAGE2_ROOT_STRIDE 0x1000
#define EL2_STAGE2_ROOT(vm)    (EL2_STAGE2_ROOTS + (vm)*EL2_STAGE2_ROOT_STRIDE)

/* MAIR_EL2: attribute 0 is Device-nGnRnE, attribute 1 Normal write-back, read and write
 * allocate. */
#define EL2_MAIR 0xff00

#endif
