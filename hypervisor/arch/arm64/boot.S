/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the firmware's entry at EL2, MMU off, at any physical address, to C at the linked address.
 *
 * The same code starts every CPU. First it makes sure that the plan is the one that was composed: until then nothing
 * of it is used. All that is read here lies in text, read-only data and plan, which are one contiguous block.
 */
#include "el2_map.h"
#include "boot_verdict.h"
#include "asm_offsets.h"
#include "sysreg.h"

    .section .boot, "ax"
    .global _start
_start:
    b       begin
    nop
boot_verdict:                               /* at BOOT_VERDICT_OFFSET (boot_verdict.h) */
    .quad   BOOT_UNDECIDED

begin:
    msr     daifset, #0xf
    adrp    x19, plan                       /* stays the plan's physical address */
    mov     x20, #BOOT_NOT_AT_EL2
    mrs     x0, CurrentEL
    cmp     x0, #(2 << 2)
    b.ne    park_before_log

    /* x20 = what is wrong with the plan, a BOOT_* of boot_verdict.h. The head first: it says how long the rest is. */
    mov     x20, #BOOT_HEAD_DAMAGED
    ldr     x0, =PLAN_MAGIC_VALUE
    ldr     x1, [x19, #PLAN_MAGIC_OFFSET]
    cmp     x0, x1
    b.ne    park_before_log
    add     x0, x19, #PLAN_TOTAL_SIZE_OFFSET /* what carries the checksum begins there */
    mov     x1, #(PLAN_HEAD_BYTES - PLAN_TOTAL_SIZE_OFFSET)
    bl      checksum
    ldr     x1, [x19, #PLAN_HEAD_CHECKSUM_OFFSET]
    cmp     x0, x1
    b.ne    park_before_log
    mov     x20, #BOOT_PLAN_FOREIGN
    ldr     x0, [x19, #PLAN_VERSION_OFFSET]
    ldr     x1, =PLAN_VERSION_AND_HEAD
    cmp     x0, x1                          /* and head_size, which follows it */
    b.ne    find_cpu
    mov     x20, #BOOT_BODY_DAMAGED
    add     x0, x19, #PLAN_HEAD_BYTES
    ldr     x1, [x19, #PLAN_TOTAL_SIZE_OFFSET]
    sub     x1, x1, #PLAN_HEAD_BYTES
    bl      checksum
    mov     x25, x0                         /* for the message */
    ldr     x1, [x19, #PLAN_BODY_CHECKSUM_OFFSET]
    cmp     x0, x1
    b.ne    find_cpu
    mov     x20, #BOOT_PLAN_SOUND

    /* x21 = index of this CPU, x22 = its entry in the plan: found by its affinity. */
find_cpu:
    mrs     x0, mpidr_el1
    ldr     x1, =MPIDR_AFFINITY
    and     x0, x0, x1
    ldr     w2, [x19, #PLAN_CPU_COUNT_OFFSET]
    add     x22, x19, #PLAN_CPUS_OFFSET
    mov     x21, #0
1:  ldr     x3, [x22, #PLAN_CPU_MPIDR_OFFSET]
    cmp     x3, x0
    b.eq    mmu_on
    add     x22, x22, #PLAN_CPU_SIZE
    add     x21, x21, #1
    cmp     w21, w2
    b.lo    1b
    mov     x20, #BOOT_CPU_UNKNOWN
    b       park_before_log

mmu_on:
    adr     x0, boot_verdict
    str     x20, [x0]
    ldr     x0, =EL2_MAIR
    msr     mair_el2, x0
    ldr     x0, =(TCR_EL2_RES1 | TCR_EL2_PS_40 | TCR_EL2_SH0 | TCR_EL2_ORGN0 | TCR_EL2_IRGN0 | (64 - EL2_VA_BITS))
    msr     tcr_el2, x0
    ldr     x0, [x22, #PLAN_CPU_STAGE1_OFFSET]
    msr     ttbr0_el2, x0
    mov     w0, #TCR_EL1_CLOSED             /* no address is translated as a guest's before there is one */
    msr     tcr_el1, x0
    ldr     x0, =SCTLR_EL1_CLOSED
    msr     sctlr_el1, x0
    isb
    ic      iallu
    tlbi    alle2
    tlbi    alle1
    dsb     sy
    isb
    ldr     x0, =(SCTLR_EL2_RES1 | SCTLR_EL2_M | SCTLR_EL2_C | SCTLR_EL2_I | SCTLR_EL2_SA | SCTLR_EL2_WXN)
    msr     sctlr_el2, x0
    isb
    ldr     x0, =1f
    br      x0
1:  ldr     x0, =cpu_stack_top
    mov     sp, x0
    msr     tpidr_el2, x21                  /* for hypervisor_exception (vectors.S) */
    ldr     x0, =vectors
    msr     vbar_el2, x0
    isb
    mov     x0, x21
    mov     x1, x20
    mov     x2, x25
    b       hypervisor_main

    /* Nothing can be trusted to tell where log and console are: x20 is said where an observer finds it. */
park_before_log:
    adr     x0, boot_verdict
    str     x20, [x0]
    dsb     sy
1:  wfi
    b       1b

/* x0 = checksum of the x1 bytes (a multiple of 8) at x0, as plan.h defines it. Uses x1 to x4. */
checksum:
    mov     x2, x0
    add     x1, x1, x0
    ldr     x0, =PLAN_SEED
    ldr     x3, =PLAN_PRIME
1:  cmp     x2, x1
    b.hs    2f
    ldr     x4, [x2], #8
    eor     x0, x0, x4
    mul     x0, x0, x3
    b       1b
2:  ret

    .ltorg
