/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doorbells between VMs (abi/guest.h, struct plan_doorbell): SPIs of their receivers, set pending by EL2. The hardware
 * keeps them while the receiver does not run; no CPU tells another anything.
 */
#ifndef HYPERVISOR_DOORBELL_H
#define HYPERVISOR_DOORBELL_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Rings doorbell @number of the loaded vCPU's VM.
 *
 * Returns  HC_OK, HC_ERR_NOT_ALLOWED or HC_ERR_AGAIN.
 * Cost     with entry and return, by hypercall or by store: 80 instructions (bench: doorbell_send). mission.md M10.
 */
int64_t doorbell_ring(uint64_t number);

/** The common way through a data abort @esr: a store to a doorbell page; rings, or leaves the guest at the store, to
 * try again. Returns false if it is something else. Changes no register of the guest, nor who runs. Called by the exit
 * path. */
bool doorbell_exit(uint64_t esr);

#endif
