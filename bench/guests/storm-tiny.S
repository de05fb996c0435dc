/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VMs so small that they are started again at once. Each begins at its own place here, a multiple of 0x40 (`entry` in
 * the system's file), with the MMU off, and needs no memory but this. PSCI functions: Arm DEN 0022.
 */
    .macro psci function
    ldr     w0, =\function
    hvc     #0
    .endm

    .text
    /* 0x00: starts itself again at once. */
    psci    0x84000009              /* SYSTEM_RESET */
    b       .

    /* 0x40: starts its second vCPU before, which goes off. */
    .balign 0x40
    mov     x1, #1
    adr     x2, goes_off
    psci    0xc4000003              /* CPU_ON */
    psci    0x84000009              /* SYSTEM_RESET */
    b       .

    /* 0x80: goes off at once. */
    .balign 0x40
    psci    0x84000008              /* SYSTEM_OFF */
    b       .

    /* 0xc0: lets the manager do with it what it wants. */
    .balign 0x40
1:  yield
    b       1b

    /* 0x100: touches what is not its own. */
    .balign 0x40
    mov     x0, #0
    ldr     w0, [x0]
    b       .

    .balign 0x40
goes_off:
    psci    0x84000002              /* CPU_OFF */
    b       .

    .ltorg
