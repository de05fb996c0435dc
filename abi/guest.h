/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest may ask of the hypervisor. What it can read of itself: info.h.
 *
 * Calls follow the SMC calling convention (Arm DEN 0028E): `hvc #0`, function in x0, arguments from
 * x1, result in x0, every other register kept. PSCI (Arm DEN 0022) is answered by `hvc #0` and by
 * `smc #0`; the functions here by `hvc` only. docs/hypercalls.md is the reference.
 */
#ifndef ABI_GUEST_H
#define ABI_GUEST_H

/* Functions: fast calls, 64-bit, of the range for vendor-specific hypervisor services. */
#define HC_NULL 0xc6000000 /* does nothing; returns 0 */
#define HC_INFO 0xc6000001 /* returns the address (ipa) of the info page */
/* Returns how often this vCPU has left its guest since boot, this call included; on a shared
 * core without interrupts, which may be its neighbours'. */
#define HC_EXIT_COUNT 0xc6000002
/* x1: doorbell, by its number in info_peer. Returns HC_OK, HC_ERR_NOT_ALLOWED if there is no
 * such doorbell, or HC_ERR_AGAIN if it was rung too soon (info_channel.interval). */
#define HC_RING 0xc6000003
#define HC_PET  0xc6000004 /* pets this VM's watchdog, if it has one; returns 0 */
/* the calls above return at once; those below may let others run meanwhile */
#define HC_FAST_END 0xc6000005
#define HC_YIELD    0xc6000010 /* gives up the rest of this turn on a shared core; returns 0 */
/* x1 ns at most, or HC_FOREVER: gives up the core until an interrupt is pending for this vCPU
 * (returns HC_OK) or the time is over (returns HC_TIMED_OUT). VMs with direct interrupts have
 * WFI instead: HC_ERR_NOT_SUPPORTED, here and below. */
#define HC_DELAY 0xc6000011
/* Gives up the core until the 32-bit word at address x1 (ipa, in the VM's RAM, a multiple of 4)
 * is not 0; it is looked at every x2 ns, HC_INTERVAL_MIN to HC_INTERVAL_MAX. An interrupt
 * doesn't end it. Returns 0, HC_ERR_ADDRESS or HC_ERR_INTERVAL. */
#define HC_EVENT_WAIT 0xc6000012

/* x1 to x3: HC_LOG_SIZE characters, the first in the lowest byte of x1; the first 0 ends them.
 * They come into the hypervisor's log as this VM's, and `nagaya run` shows them as its console:
 * for VMs without a UART. Returns HC_OK, or HC_ERR_AGAIN less than HC_LOG_INTERVAL after this
 * vCPU's last one: nothing was taken. */
#define HC_LOG 0xc6000013
#define HC_END 0xc6000014 /* the first number that is none */

#define HC_FOREVER      0xffffffffffffffff
#define HC_INTERVAL_MIN 100000        /* ns */
#define HC_INTERVAL_MAX 1000000000000 /* ns */
#define HC_LOG_INTERVAL 1000000       /* ns */
#define HC_LOG_SIZE     24            /* characters */

/* Results below zero are errors. */
#define HC_OK                0
#define HC_TIMED_OUT         1
#define HC_ERR_NOT_SUPPORTED (-1) /* no such function (DEN 0028E, 5.1) */
#define HC_ERR_ADDRESS       (-2) /* not in this VM's RAM, or not aligned */
#define HC_ERR_INTERVAL      (-3) /* too short or too long */
#define HC_ERR_NOT_ALLOWED   (-4) /* the system doesn't grant that */
#define HC_ERR_AGAIN         (-5) /* too soon: try again */

/* The info page (info.h) holds the counter's frequency there: the only word that the hypervisor
 * fills in itself. */
#define INFO_COUNTER_FREQUENCY 48

#endif
