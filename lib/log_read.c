/* SPDX-License-Identifier: Apache-2.0 */
#include "log_read.h"

#include <stdlib.h>

static size_t read_ring(const struct log_ring *ring, uint64_t *read, uint64_t *lost,
                        struct log_record *records)
{
    uint64_t written = __atomic_load_n(&ring->written, __ATOMIC_ACQUIRE);
    size_t count = 0;

    if (written > *read + LOG_RING_RECORDS) {
        *lost += written - LOG_RING_RECORDS - *read;
        *read = written - LOG_RING_RECORDS;
    }
    for (; *read < written; (*read)++) {
        records[count] = ring->records[*read % LOG_RING_RECORDS];
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (__atomic_load_n(&ring->written, __ATOMIC_ACQUIRE) > *read + LOG_RING_RECORDS) {
            (*lost)++; /* overwritten while it was being copied */
        } else {
            count++;
        }
    }
    return count;
}

static int compare_records(const void *left, const void *right)
{
    const struct log_record *a = left;
    const struct log_record *b = right;

    if (a->time != b->time) {
        return a->time < b->time ? -1 : 1;
    }
    return a->cpu - b->cpu;
}

size_t log_read(const struct log_ring *rings, uint32_t count, uint64_t *read, uint64_t *lost,
                struct log_record *records)
{
    size_t taken = 0;

    for (uint32_t cpu = 0; cpu < count; cpu++) {
        taken += read_ring(&rings[cpu], &read[cpu], lost, records + taken);
    }
    qsort(records, taken, sizeof(*records), compare_records);
    return taken;
}

bool fault_read(const struct log_ring *ring, struct engine_fault *fault)
{
    uint64_t count = __atomic_load_n(&ring->fault.count, __ATOMIC_ACQUIRE);

    *fault = ring->fault;
    return count != 0;
}
