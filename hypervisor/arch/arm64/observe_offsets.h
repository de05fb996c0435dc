/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers for the assembly of the exit path. boot_checks.c proves them equal to those of the structures.
 */
#ifndef ARM64_OBSERVE_OFFSETS_H
#define ARM64_OBSERVE_OFFSETS_H

#define ESR_EC_SHIFT  26
#define ESR_EC_HVC64  0x16
#define ESR_EC_SYSTEM 0x18
#define ESR_EC_DATA   0x24

#define HC_FAST_FIRST      0xc6000000
#define HC_FAST_COUNT      5
#define INTERRUPT_DONE_BIT 32
#define THIS_CPU_VCPU      16
#define THIS_CPU_DECIDE    36
#define VCPU_FRAME         128
#define THIS_CPU_VM        8
#define STATS_LONGEST      592

#define VM_DOORBELL_IPA   152
#define VM_DOORBELLS      160 /* struct plan_array */
#define DOORBELL_SHIFT    4   /* size of a struct plan_doorbell */
#define DOORBELL_INTERVAL 8
#define DOORBELL_COUNT    64
#define HC_NOT_ALLOWED    -4
#define HC_AGAIN          -5
#define ISPENDR           0x200

#define EXIT_CLASS_IRQ    64
#define EXIT_CLASS_FIQ    65
#define EXIT_CLASS_SERROR 66

#endif
