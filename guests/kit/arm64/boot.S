/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first instructions of each CPU, at EL1 with the MMU off. The first CPU moves the program to where it was
 * loaded (static-pie: the addresses stored in its data are put right) and goes on in start.c; the others come
 * from PSCI CPU_ON with a struct cpu_boot (cpu.c) in x0.
 *
 * .bss and .data are taken as they were loaded: a VM that is restarted gets its first memory back, and guests
 * check that.
 */
#include "kit/sysreg.h"

#define R_AARCH64_RELATIVE 1027 /* ELF for the Arm 64-bit Architecture, 5.7.14 */
#define RELA_SIZE          24

/* Does \operation on each data cache line of [x0, x1); changes x0, x2, x3. */
.macro cache_lines operation
    mrs     x2, ctr_el0
    ubfx    x2, x2, #16, #4         /* DminLine: log2 of words */
    mov     x3, #4
    lsl     x2, x3, x2
    sub     x3, x2, #1
    bic     x0, x0, x3
1:  dc      \operation, x0
    add     x0, x0, x2
    cmp     x0, x1
    b.lo    1b
    dsb     sy
.endm

.macro address register, symbol
    adrp    \register, \symbol
    add     \register, \register, :lo12:\symbol
.endm

.macro load_constant register, value
    movz    \register, #((\value) & 0xffff)
    movk    \register, #(((\value) >> 16) & 0xffff), lsl #16
.endm

/* Known state: MMU and caches off, floating point on, interrupts masked, EL1's own stack pointer. */
.macro reset_state
    msr     daifset, #0xf
    msr     spsel, #1
    load_constant x9, SCTLR_RES1
    msr     sctlr_el1, x9
    mov     x9, #CPACR_FPEN
    msr     cpacr_el1, x9
    isb
.endm

/* MMU and caches on, when the tables are set; nothing older is used. Changes x9. */
.macro translate
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb
    load_constant x9, SCTLR_ON
    msr     sctlr_el1, x9
    isb
.endm

    .section .text.boot, "ax"
    .global _start
_start:
    mov     x19, x0
    reset_state

    /* The loader may have left the image in caches that are still off here. */
    address x0, image_start
    address x1, image_end
    cache_lines civac

    address x4, image_start
    load_constant x5, KIT_LINK_BASE
    sub     x4, x4, x5              /* how far it was moved */
    address x5, rela_start
    address x6, rela_end
2:  cmp     x5, x6
    b.hs    3f
    ldp     x7, x8, [x5]            /* place, kind */
    ldr     x9, [x5, #16]           /* addend */
    add     x5, x5, #RELA_SIZE
    cmp     w8, #R_AARCH64_RELATIVE
    b.ne    2b                      /* the build lets no other kind pass */
    add     x9, x9, x4
    str     x9, [x7, x4]
    b       2b

3:  address x0, main_stack_end
    mov     sp, x0
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, x19
    b       start_first_cpu

/* x0: struct cpu_boot {tcr, mair, ttbr, stack, vectors}, cleaned to memory by cpu_start(). */
    .global secondary_entry
secondary_entry:
    reset_state
    ldp     x1, x2, [x0]
    ldp     x3, x4, [x0, #16]
    ldr     x5, [x0, #32]
    mov     sp, x4
    msr     vbar_el1, x5
    msr     tcr_el1, x1
    msr     mair_el1, x2
    msr     ttbr0_el1, x3
    isb
    translate
    mov     x29, xzr
    mov     x30, xzr
    b       start_other_cpu

/*
 * void mmu_switch_on(uint64_t tcr, uint64_t mair, uint64_t ttbr): for the first CPU. What was written so far went
 * to memory past the caches; lines that were fetched meanwhile are stale and must go first.
 */
    .text
    .global mmu_switch_on
mmu_switch_on:
    msr     tcr_el1, x0
    msr     mair_el1, x1
    msr     ttbr0_el1, x2
    dsb     sy
    address x0, image_start
    address x1, image_end
    cache_lines ivac
    translate
    ret
