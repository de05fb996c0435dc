/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The start of the hypervisor.
 */
#ifndef HYPERVISOR_START_H
#define HYPERVISOR_START_H

#include <stdint.h>

/**
 * Runs CPU @cpu (index in the plan), on its own stack, mapped as the composer said.
 *
 * @verdict   what boot.S found of the plan, BOOT_* of boot_verdict.h
 * @checksum  that of the plan's body, if it was wrong
 */
_Noreturn void hypervisor_main(uint64_t cpu, uint64_t verdict, uint64_t checksum);

#endif
