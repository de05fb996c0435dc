/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doorbells between VMs (abi/guest.h, struct plan_doorbell): SPIs of their receivers, set pending
 * by EL2. The hardware keeps them while the receiver does not run; no CPU tells another anything.
 */
#ifndef HYPERVISOR_DOORBELL_H
#define HYPERVISOR_DOORBELL_H

#include "types.h"

/**
 * Rings doorbell @number of the loaded vCPU's VM; a guest may ask for any number.
 *
 * Returns  HC_OK, HC_ERR_NOT_ALLOWED if the VM has no such doorbell, or HC_ERR_AGAIN if it was rung
 *          too soon.
 * Cost     with entry and return: 80 instructions (bench: doorbell_send); with an interval 100
 *          instructions (bench: doorbell_send_limited). requirements.md M10.
 */
int64_t doorbell_ring(uint64_t number);

/**
 * The same by a store of 4 bytes to @page, which stage 2 doesn't map. The guest goes on behind it
 * or, if it came too soon, with the same store again.
 *
 * Returns  false if that is no doorbell's page, and nothing was done.
 * Cost     the same.
 */
bool doorbell_store(guest_addr_t page);

#endif
