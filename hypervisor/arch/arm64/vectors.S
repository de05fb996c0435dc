/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The path into EL2 and back.
 *
 * While a guest runs, SP_EL2 is the address of its vCPU's frame, so the guest's registers are stored with no other
 * register needed. The fast paths use the little stack right below it, all others the CPU's own. x18 is kept out of C
 * code by the compiler's options.
 *
 * A hypercall saves what C code may change, a call like any other; all other exits save everything, for their
 * handlers look at any register, and are timed (vcpu_stats.longest).
 */
#include "asm_offsets.h"
#include "sysreg.h"

    .section .text.vectors, "ax"

    /* Stores what a C function may change, and counts the exit as of class \class, or of ESR_EL2.EC if that is empty.
     * Leaves the class in x17. */
    .macro enter class
    stp     x1, x2, [sp, #8]
    stp     x3, x4, [sp, #24]
    stp     x5, x6, [sp, #40]
    stp     x7, x8, [sp, #56]
    stp     x9, x10, [sp, #72]
    stp     x11, x12, [sp, #88]
    stp     x13, x14, [sp, #104]
    stp     x15, x16, [sp, #120]
    stp     x17, x18, [sp, #136]
    str     x30, [sp, #FRAME_LINK]
    .ifb \class
    mrs     x17, esr_el2
    lsr     x17, x17, #ESR_EC_SHIFT
    .else
    mov     x17, #\class
    .endif
    ldr     x16, this_cpu                   /* this_cpu.stats */
    ldr     x30, [x16, x17, lsl #3]
    add     x30, x30, #1
    str     x30, [x16, x17, lsl #3]
    .endm

    .macro leave
    ldp     x1, x2, [sp, #8]
    ldp     x3, x4, [sp, #24]
    ldp     x5, x6, [sp, #40]
    ldp     x7, x8, [sp, #56]
    ldp     x9, x10, [sp, #72]
    ldp     x11, x12, [sp, #88]
    ldp     x13, x14, [sp, #104]
    ldp     x15, x16, [sp, #120]
    ldp     x17, x18, [sp, #136]
    ldr     x30, [sp, #FRAME_LINK]
    eret
    dsb     nsh                             /* never executed; nor is what follows, speculatively */
    isb
    .endm

    .macro slot
    .balign 0x80
    .endm

    /* The three slots of what is no exception of an instruction. */
    .macro asynchronous
    slot
    enter   EXIT_CLASS_IRQ
    b       exit_interrupt
    slot
    enter   EXIT_CLASS_FIQ
    b       exit_unexpected
    slot
    enter   EXIT_CLASS_SERROR
    b       exit_serror
    .endm

    /* Stores the rest, but for x0, and takes the CPU's stack. */
    .macro save_rest
    stp     x19, x20, [sp, #152]
    stp     x21, x22, [sp, #168]
    stp     x23, x24, [sp, #184]
    stp     x25, x26, [sp, #200]
    stp     x27, x28, [sp, #216]
    str     x29, [sp, #232]
    adr     x29, cpu_stack_top
    mov     sp, x29
    .endm

    /* The same, and the time in x29: C code keeps it. The syndrome, which stays in x0, and the guest's place are kept for
     * fault.c. */
    .macro save_rest_timed
    mrs     x0, esr_el2
    mrs     x1, elr_el2
    stp     x0, x1, [sp, #FRAME_ESR]
    save_rest
    mrs     x29, cntpct_el0
    .endm

    .balign 0x800
    .global vectors
vectors:
    /*
     * From EL2 itself: never, unless the hypervisor has a mistake. These slots have room left, which holds the common
     * paths through an exit.
     */
    slot
    b       hypervisor_exception

    /* Calls that return at once: x0 is still the guest's, and will be the result. */
exit_hypercall:
    mov     x16, #HC_FAST_FIRST
    sub     x16, x0, x16
    cmp     x16, #HC_FAST_COUNT
    b.hs    exit_synchronous
    mov     x0, x16
    bl      hypercall
    leave

    slot
    b       hypervisor_exception

    /* An SGI to another vCPU, as a rule: changes no register of the guest. */
exit_system:
    str     x0, [sp]
    mrs     x0, esr_el2
    mov     x1, sp
    bl      sgi_exit
    cbz     x0, exit_synchronous_stored
    ldr     x0, [sp]
    leave

    slot
    b       hypervisor_exception

    /* The common case: an interrupt of the running vCPU. */
exit_interrupt:
    str     x0, [sp]
    bl      interrupt_exit
    tbz     x0, #INTERRUPT_DONE_BIT, exit_interrupt_rest
    ldr     x0, [sp]
    leave

    slot
    b       hypervisor_exception

exit_interrupt_rest:
    save_rest
    bl      interrupt_exit_rest
    b       leave_all

    slot
    b       hypervisor_exception

exit_serror:
    str     x0, [sp]
    save_rest_timed
    bl      serror_exit
    b       exit_done

    slot
    b       hypervisor_exception

exit_unexpected:
    str     x0, [sp]
    save_rest_timed
    bl      guest_fault_exit
    b       exit_done

    slot
    b       hypervisor_exception

    /* TPIDR_EL2 needs no memory: this CPU's index, and above it how often this has happened here. A fault of the
     * handler's own comes again, each time to do less, and in the end to nothing (fault.h). */
hypervisor_exception:
    mov     x5, sp
    mov     x6, x30
    mrs     x0, tpidr_el2
    tbnz    x0, #FAULT_TOO_OFTEN_BIT, 1f
    add     x1, x0, #FAULT_AGAIN
    msr     tpidr_el2, x1
    adr     x1, cpu_stack_top               /* whatever happened to the stack, there is one now */
    mov     sp, x1
    mrs     x1, esr_el2
    mrs     x2, elr_el2
    mrs     x3, far_el2
    mrs     x4, spsr_el2
    b       engine_fault
1:  wfi
    b       1b

    slot
    b       hypervisor_exception

    /* A store to a doorbell page: changes no register of the guest. Or memory that stage 2 doesn't grant. */
exit_data_abort:
    str     x0, [sp]
    bl      doorbell_exit
    cbz     x0, exit_stage2
    ldr     x0, [sp]
    leave

exit_stage2:
    save_rest_timed
    bl      data_fault_exit
    b       exit_done

    /* From the guest's EL1, or AArch64 at EL0. */
    slot
    enter
    cmp     x17, #ESR_EC_HVC64
    b.eq    exit_hypercall
    cmp     x17, #ESR_EC_DATA_LOW
    b.eq    exit_data_abort
    cmp     x17, #ESR_EC_SYSTEM
    b.eq    exit_system
    b       exit_synchronous
    asynchronous

    /* From AArch32 at EL0. */
    slot
    enter
    b       exit_synchronous
    asynchronous


exit_synchronous:
    str     x0, [sp]
exit_synchronous_stored:
    save_rest_timed
    lsr     x17, x0, #ESR_EC_SHIFT
    adrp    x1, exit_handlers
    add     x1, x1, #:lo12:exit_handlers
    ldr     x1, [x1, x17, lsl #3]
    blr     x1                 /* calls: exit_handlers */

    /* What happened may have changed who runs. */
exit_done:
    mrs     x0, cntpct_el0
    sub     x0, x0, x29
    ldr     x1, this_cpu                    /* this_cpu.stats */
    ldr     x2, [x1, #STATS_LONGEST]
    cmp     x0, x2
    b.ls    1f
    str     x0, [x1, #STATS_LONGEST]
1:  ldr     w0, this_cpu + THIS_CPU_NEED_RESCHED
    cbz     w0, leave_all
    .global sched_restart                     /* _Noreturn void sched_restart(void): sched_run, on a stack that is empty */
sched_restart:
    adr     x0, cpu_stack_top
    mov     sp, x0
    b       sched_run
leave_all:
    .global vcpu_enter                      /* _Noreturn void vcpu_enter(void) */
vcpu_enter:
    ldr     x0, this_cpu + THIS_CPU_VCPU
    add     sp, x0, #VCPU_FRAME
    ldp     x19, x20, [sp, #152]
    ldp     x21, x22, [sp, #168]
    ldp     x23, x24, [sp, #184]
    ldp     x25, x26, [sp, #200]
    ldp     x27, x28, [sp, #216]
    ldr     x29, [sp, #232]
    ldr     x0, [sp]
    leave
