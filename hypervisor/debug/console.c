/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debug console, polled: in the debug engine only. Whoever holds `printing` prints for all
 * CPUs; nobody waits.
 */
#include "console.h"

#include "core_local.h"
#include "el2_map.h"
#include "log.h"
#include "log_format.h"
#include "mmio.h"

/* A UART that stays busy so long is broken or held by flow control: the character is dropped. */
#define CONSOLE_POLLS 1000000U

extern struct log_ring log_rings[PLAN_MAX_CPUS];

/* the UART never became ready; by the holder of `printing` */
static SHARED bool stuck;
static SHARED bool printing; /* by atomic exchange */
/* records printed, by CPU; by the holder of `printing` */
static SHARED uint64_t printed[PLAN_MAX_CPUS];

static void console_put(char c, void *context)
{
    (void)context;
    for (uint32_t i = 0; i < CONSOLE_POLLS && !stuck; i++) {
        if ((mmio_read32(EL2_CONSOLE + plan.console.status_offset) & plan.console.busy_mask) == 0) {
            mmio_write32(EL2_CONSOLE + plan.console.data_offset, (uint8_t)c);
            return;
        }
    }
    stuck = true;
}

static void console_line(const struct log_record *record)
{
    for (const char *c = "nagaya: "; *c != 0; c++) {
        console_put(*c, NULL);
    }
    log_format(&plan, record, console_put, NULL);
    console_put('\r', NULL);
    console_put('\n', NULL);
}

static void console_print_ring(uint32_t cpu)
{
    const struct log_ring *ring = &log_rings[cpu];
    uint64_t written = __atomic_load_n(&ring->written, __ATOMIC_ACQUIRE);

    if (written - printed[cpu] > LOG_RING_RECORDS) {
        printed[cpu] = written - LOG_RING_RECORDS;
    }
    while (printed[cpu] != written) {
        console_line(&ring->records[printed[cpu] % LOG_RING_RECORDS]);
        printed[cpu]++;
    }
}

void console_print_log(void)
{
    if (plan.console.present == 0) {
        return;
    }
    /* A second round picks up what other CPUs wrote during the first, while they found us
     * printing. */
    for (unsigned round = 0; round < 2; round++) {
        if (__atomic_exchange_n(&printing, true, __ATOMIC_ACQUIRE)) {
            return;
        }
        for (uint32_t cpu = 0; cpu < plan.cpu_count; cpu++) {
            console_print_ring(cpu);
        }
        __atomic_store_n(&printing, false, __ATOMIC_RELEASE);
    }
}
