/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the hypervisor's log rings by the rules of observe.h: `nagaya run`, and libnagaya. */
#ifndef LIB_LOG_READ_H
#define LIB_LOG_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "observe.h"

/**
 * Takes the records since the last call, sorted by time.
 *
 * @rings    one for each of @count CPUs; the hypervisor writes to them meanwhile
 * @read     for each ring, how many of its records were taken; zeros at first
 * @lost     grows by the number of records that were overwritten before they could be taken
 * @records  room for @count times LOG_RING_RECORDS
 * Returns   their number.
 */
size_t log_read(const struct log_ring *rings, uint32_t count, uint64_t *read, uint64_t *lost,
                struct log_record *records);

/** Copies what the CPU of @ring has told of an exception inside the hypervisor; false if there
 * was none. */
bool fault_read(const struct log_ring *ring, struct engine_fault *fault);

#endif
