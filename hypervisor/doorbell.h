/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doorbells between VMs (abi/guest.h, struct plan_doorbell): SPIs of their receivers, set pending by EL2. The hardware
 * keeps them while the receiver does not run; no CPU tells another anything.
 */
#ifndef HYPERVISOR_DOORBELL_H
#define HYPERVISOR_DOORBELL_H

#include <stdint.h>

/**
 * Rings doorbell @number of the loaded vCPU's VM (arch/arm64/doorbell.S; a store to a doorbell page does the same).
 *
 * Returns  HC_OK, HC_ERR_NOT_ALLOWED or HC_ERR_AGAIN.
 * Cost     with entry and return, by hypercall or by store: 80 instructions (bench: doorbell_send). mission.md M10.
 */
int64_t doorbell_ring(uint64_t number);

#endif
