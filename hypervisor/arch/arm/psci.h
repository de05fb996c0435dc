/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power State Coordination Interface (Arm DEN 0022), as guests see it and as the firmware offers
 * it.
 */
#ifndef ARM_PSCI_H
#define ARM_PSCI_H

#include <stdint.h>

/* Functions; those with a 64-bit form have PSCI_64 added. */
#define PSCI_64             0x40000000U
#define PSCI_VERSION        0x84000000U
#define PSCI_CPU_SUSPEND    0x84000001U
#define PSCI_CPU_OFF        0x84000002U
#define PSCI_CPU_ON         0x84000003U
#define PSCI_AFFINITY_INFO  0x84000004U
#define PSCI_SYSTEM_OFF     0x84000008U
#define PSCI_SYSTEM_RESET   0x84000009U
#define PSCI_FEATURES       0x8400000aU
#define SMCCC_VERSION       0x80000000U
#define SMCCC_ARCH_FEATURES 0x80000001U

/* Results. */
#define PSCI_SUCCESS            0
#define PSCI_NOT_SUPPORTED      (-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_ALREADY_ON         (-4)
#define PSCI_ON_PENDING         (-5)
#define PSCI_INVALID_ADDRESS    (-9)

#define PSCI_VERSION_1_1      0x10001U
#define SMCCC_VERSION_1_1     0x10001U
#define PSCI_AFFINITY_ON      0
#define PSCI_AFFINITY_OFF     1
#define PSCI_AFFINITY_PENDING 2

#endif
