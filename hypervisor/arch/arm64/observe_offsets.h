/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exit classes for assembly. boot_checks.c proves these numbers equal to those of abi/observe.h.
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
#define THIS_CPU_DECIDE    36

#define EXIT_CLASS_IRQ    64
#define EXIT_CLASS_FIQ    65
#define EXIT_CLASS_SERROR 66

#endif
