/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power State Coordination Interface (Arm DEN 0022), by the conduit that the device tree names.
 */
#ifndef KIT_PSCI_H
#define KIT_PSCI_H

#include <stdbool.h>
#include <stdint.h>

#define PSCI_VERSION       0x84000000U
#define PSCI_CPU_SUSPEND   0xc4000001U
#define PSCI_CPU_OFF       0x84000002U
#define PSCI_CPU_ON        0xc4000003U
#define PSCI_AFFINITY_INFO 0xc4000004U
#define PSCI_SYSTEM_OFF    0x84000008U
#define PSCI_SYSTEM_RESET  0x84000009U
#define PSCI_FEATURES      0x8400000aU

#define PSCI_SUCCESS            0
#define PSCI_NOT_SUPPORTED      (-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED             (-3)
#define PSCI_ALREADY_ON         (-4)
#define PSCI_ON_PENDING         (-5)
#define PSCI_INVALID_ADDRESS    (-9)

/* Answers of AFFINITY_INFO. */
#define PSCI_AFFINITY_ON         0
#define PSCI_AFFINITY_OFF        1
#define PSCI_AFFINITY_ON_PENDING 2

/** Calls @function; returns x0 as a signed number, PSCI_NOT_SUPPORTED where there is no PSCI. */
int64_t psci_call(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);

/** Waits until the CPU with this MPIDR is off, @patience_ns at most. Returns whether it is. */
bool psci_goes_off(uint64_t mpidr, uint64_t patience_ns);

/** Switches this CPU off. */
_Noreturn void psci_cpu_off(void);

/** Ends this machine (under Nagaya: this VM). */
_Noreturn void psci_system_off(void);

/** Starts this machine (under Nagaya: this VM) again. */
_Noreturn void psci_system_reset(void);

#endif
