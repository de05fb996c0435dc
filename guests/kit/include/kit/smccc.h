/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls to firmware and hypervisor by the SMC calling convention (Arm DEN 0028E): function in x0,
 * arguments from x1, results in x0 to x3.
 */
#ifndef KIT_SMCCC_H
#define KIT_SMCCC_H

#include <stdint.h>

struct smccc_result {
    uint64_t x0, x1, x2, x3;
};

struct smccc_result smccc_hvc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);
struct smccc_result smccc_smc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);

#endif
