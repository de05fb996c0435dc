/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the hypervisor's log rings, by the rules of abi/observe.h. */
#include <stdlib.h>

#include "nagaya.h"

static size_t read_ring(const struct log_ring *ring, uint64_t *read, uint64_t *lost, struct log_record *records)
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
        if (__atomic_load_n(&ring->written, __ATOMIC_ACQUIRE) > *read + LOG_RING_RECORDS)
            (*lost)++; /* overwritten while it was being copied */
        else
            count++;
    }
    return count;
}

static int compare_records(const void *left, const void *right)
{
    const struct log_record *a = left;
    const struct log_record *b = right;

    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->cpu - b->cpu;
}

size_t nagaya_log_read(const struct nagaya_manager *manager, struct nagaya_log *log, struct log_record *records)
{
    size_t count = 0;

    for (uint32_t cpu = 0; cpu < manager->plan->cpu_count; cpu++)
        count += read_ring(&manager->rings[cpu], &log->read[cpu], &log->lost, records + count);
    qsort(records, count, sizeof *records, compare_records);
    return count;
}
