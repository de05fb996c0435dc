/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A firmware at EL3 for one CPU of QEMU's `virt,secure=on`, in its flash. It has as many workarounds for speculation as
 * the test says (own_firmware.py), and starts what the test has put behind it in the flash. A vendor's function (SiP) gives
 * the sum of x1 to x7, x1 + 1, x2 + 2 and its own number. It changes all registers that a call may change, counts the
 * calls, and tells the numbers when the machine is turned off:
 *
 *     firmware: N of WORKAROUND_1, N of WORKAROUND_2, N of WORKAROUND_3, last argument N, N of the vendor's
 *                                                                                                 in hexadecimal
 */
#define GICD       0x08000000
#define GICR       0x080a0000
#define UART       0x09000000
#define SECURE_RAM 0x0e000000

/* In the flash, by own_firmware.py: */
#define CONFIGURATION 0x10000
#define ENTRY         0x00 /* 64 bits: of what runs at EL2 */
#define ANSWERS       0x08 /* 32 bits each: what SMCCC_ARCH_FEATURES says of WORKAROUND_1, 2, 3 */
#define PIECES        0x18 /* 64 bits: how many there are; then each one's target, place in the flash and size */

/* In secure RAM: */
#define COUNTS   0x20 /* 64 bits each */
#define ARGUMENT 0x38 /* of the last call of WORKAROUND_2 */
#define VENDOR   0x40 /* 64 bits */
#define STACK    0x1000

/* HXEn, FGTEn, EnSCXT, API, APK, RW, HCE, RES1, NS: what a CPU lacks of that is ignored. */
#define SCR_EL3_VALUE (1 << 38 | 1 << 27 | 1 << 25 | 1 << 17 | 1 << 16 | 1 << 10 | 1 << 8 | 0x30 | 1)

    .arch armv8-a
    .text
    .global _start
_start:
    ldr     x0, =vectors_el3
    msr     vbar_el3, x0
    ldr     x0, =(SECURE_RAM + STACK)
    mov     sp, x0
    ldr     x0, =SCR_EL3_VALUE
    msr     scr_el3, x0
    mov     x0, #0x100                      /* EZ: SVE is not trapped */
    msr     cptr_el3, x0
    isb

    ldr     x1, =CONFIGURATION
    add     x1, x1, #PIECES
    ldr     x2, [x1], #8
1:  ldp     x3, x4, [x1], #16
    ldr     x5, [x1], #8
2:  ldr     x6, [x4], #8
    str     x6, [x3], #8
    subs    x5, x5, #8
    b.hi    2b
    subs    x2, x2, #1
    b.ne    1b

    /* All interrupts are the Normal world's. */
    ldr     x1, =GICD
    mov     w0, #0x30
    str     w0, [x1]
    mov     w0, #0x37
    str     w0, [x1]
    mov     w0, #-1
    add     x2, x1, #0x84
    mov     w3, #8
1:  str     w0, [x2], #4
    subs    w3, w3, #1
    b.ne    1b
    ldr     x1, =GICR
    str     wzr, [x1, #0x14]
2:  ldr     w2, [x1, #0x14]
    tbnz    w2, #2, 2b
    add     x1, x1, #0x10000
    str     w0, [x1, #0x80]
    mov     x0, #0xf
    msr     s3_6_c12_c12_5, x0              /* ICC_SRE_EL3 */
    isb
    msr     s3_4_c12_c9_5, x0               /* ICC_SRE_EL2 */
    mov     x0, #3
    msr     s3_6_c12_c12_7, x0              /* ICC_IGRPEN1_EL3 */

    ldr     x0, =0x30c50830
    msr     sctlr_el2, x0
    mov     x0, #0x3c9
    msr     spsr_el3, x0
    ldr     x1, =CONFIGURATION
    ldr     x0, [x1, #ENTRY]
    msr     elr_el3, x0
    eret

/* SMC. Returns x0; x1 to x3 are changed. */
call:
    stp     x4, x5, [sp, #-32]!
    stp     x6, x30, [sp, #16]
    ubfx    w4, w0, #24, #6                 /* whose function it is */
    cmp     w4, #2
    b.eq    vendor
    ldr     x4, =SECURE_RAM
    mov     w5, w0
    mov     x2, #-2
    mov     x3, #-3
    ldr     w6, =0x8000ffff
    cmp     w5, w6
    b.hi    psci
    ldr     w6, =0x80000000                 /* SMCCC_VERSION */
    cmp     w5, w6
    b.eq    version
    add     w6, w6, #1                      /* SMCCC_ARCH_FEATURES */
    cmp     w5, w6
    b.eq    features
    mov     w1, w1
    bl      place
    cmp     x6, #3
    b.eq    unknown
    cmp     x6, #1
    b.ne    1f
    str     x1, [x4, #ARGUMENT]
1:  add     x4, x4, #COUNTS
    ldr     x5, [x4, x6, lsl #3]
    add     x5, x5, #1
    str     x5, [x4, x6, lsl #3]
    mov     x0, #-5
    b       done
features:
    mov     w5, w1
    bl      place
    cmp     x6, #3
    b.eq    unknown
    ldr     x4, =CONFIGURATION + ANSWERS
    ldrsw   x0, [x4, x6, lsl #2]
    b       done
version:
    ldr     x0, =0x10001
    b       done
psci:
    ldr     w6, =0x8400000a                 /* PSCI_FEATURES */
    cmp     w5, w6
    b.eq    psci_features
    ldr     w6, =0x84000008                 /* SYSTEM_OFF */
    cmp     w5, w6
    b.eq    off
unknown:
    mov     x0, #-1
    b       done
psci_features:
    ldr     w6, =0x80000000
    cmp     w1, w6
    b.ne    unknown
    mov     x0, #0
done:
    mov     x1, #-4
    ldp     x6, x30, [sp, #16]
    ldp     x4, x5, [sp], #32
    eret

/* As version 1.0 of the convention allows, x4 to x17 are changed. */
vendor:
    ldp     x6, x30, [sp, #16]
    ldp     x4, x5, [sp], #32
    add     x4, x4, x5
    add     x6, x6, x7
    add     x4, x4, x6
    add     x4, x4, x1
    add     x4, x4, x2
    add     x4, x4, x3
    mov     w3, w0
    mov     x0, x4
    add     x1, x1, #1
    add     x2, x2, #2
    ldr     x4, =SECURE_RAM
    ldr     x5, [x4, #VENDOR]
    add     x5, x5, #1
    str     x5, [x4, #VENDOR]
    .irp    number, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    mov     x\number, #-\number
    .endr
    eret

/* x6 = place of function w5 in the tables, or 3. */
place:
    ldr     w6, =0x80008000
    cmp     w5, w6
    mov     x6, #0
    b.eq    1f
    ldr     w6, =0x80007fff
    cmp     w5, w6
    mov     x6, #1
    b.eq    1f
    ldr     w6, =0x80003fff
    cmp     w5, w6
    mov     x6, #2
    b.eq    1f
    mov     x6, #3
1:  ret

off:
    ldr     x20, =SECURE_RAM
    adr     x0, text_begin
    bl      text
    ldr     x0, [x20, #COUNTS]
    bl      number
    adr     x0, text_1
    bl      text
    ldr     x0, [x20, #COUNTS + 8]
    bl      number
    adr     x0, text_2
    bl      text
    ldr     x0, [x20, #COUNTS + 16]
    bl      number
    adr     x0, text_3
    bl      text
    ldr     x0, [x20, #ARGUMENT]
    bl      number
    adr     x0, text_argument
    bl      text
    ldr     x0, [x20, #VENDOR]
    bl      number
    adr     x0, text_end
    bl      text
    mov     w0, #0x18                       /* semihosting: SYS_EXIT, ADP_Stopped_ApplicationExit */
    adr     x1, exit
    hlt     #0xf000
1:  wfi
    b       1b

text:
    ldr     x2, =UART
1:  ldrb    w1, [x0], #1
    cbz     w1, 2f
    str     w1, [x2]
    b       1b
2:  ret

number:
    ldr     x2, =UART
    mov     w3, #28
1:  lsr     w1, w0, w3
    and     w1, w1, #0xf
    cmp     w1, #10
    add     w4, w1, #'0'
    add     w1, w1, #('a' - 10)
    csel    w1, w4, w1, lo
    str     w1, [x2]
    subs    w3, w3, #4
    b.pl    1b
    ret

text_begin: .asciz "\r\nfirmware: "
text_1:     .asciz " of WORKAROUND_1, "
text_2:     .asciz " of WORKAROUND_2, "
text_3:     .asciz " of WORKAROUND_3, last argument "
text_argument: .asciz ", "
text_end:   .asciz " of the vendor's\r\n"
    .balign 8
exit:
    .quad   0x20026, 0
    .ltorg

    .balign 0x800
vectors_el3:
    .balign 0x400
    .skip   0x400
    b       call                            /* from AArch64 at a lower level */
    .balign 0x80
1:  b       1b
