/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks on memory and devices: reads, writes and fetches at every kind of physical address that
 * is not this VM's.
 */
#include "attack.h"
#include "kit/machine.h"
#include "kit/mmu.h"
#include "kit/probe.h"

#define KB(n) ((uint64_t)(n) << 10)
#define MB(n) ((uint64_t)(n) << 20)
#define GB(n) ((uint64_t)(n) << 30)

static void sweep(struct tally *tally, uint64_t start, uint64_t end, uint64_t step,
                  enum probe_kind kind)
{
    for (uint64_t address = start; address < end; address += step) {
        if (!probe_is_own(address)) {
            tally_step(tally, probe_refused(address, kind), address);
        }
    }
}

static void sweep_line(const char *name, uint64_t start, uint64_t end, uint64_t step,
                       enum probe_kind kind)
{
    struct tally tally = {0};

    sweep(&tally, start, end, step, kind);
    attack_must_fail(name, &tally);
}

/** Page by page on both sides of each range of own memory, where the neighbours are, and at the
 * start of RAM. */
static void sweep_neighbours(const char *name, enum probe_kind kind)
{
    struct tally tally = {0};

    for (size_t i = 0; i < machine()->memory_count; i++) {
        const struct fdt_range *memory = &machine()->memory[i];
        uint64_t end = memory->start + memory->size;

        sweep(&tally, memory->start > MB(2) ? memory->start - MB(2) : 0, memory->start, KB(4),
              kind);
        sweep(&tally, end, end + MB(2), KB(4), kind);
        sweep(&tally, memory->start & ~(GB(1) - 1), (memory->start & ~(GB(1) - 1)) + MB(8), KB(4),
              kind);
    }
    attack_must_fail(name, &tally);
}

/** Own pages that are not for writing: the info page. */
static void write_info_page(void)
{
    struct tally tally = {0};

    if (machine()->info == 0) {
        return;
    }
    tally_step(&tally, probe_refused(machine()->info, PROBE_WRITE), machine()->info);
    tally_step(&tally, probe_refused(machine()->info, PROBE_EXECUTE), machine()->info);
    attack_must_fail("write-info-page", &tally);
}

void attack_memory(void)
{
    sweep_line("read-foreign-memory", 0, GB(4), MB(2), PROBE_READ);
    sweep_line("write-foreign-memory", 0, GB(4), MB(2), PROBE_WRITE);
    sweep_line("execute-foreign-memory", 0, GB(4), MB(2), PROBE_EXECUTE);
    sweep_neighbours("read-pages-around", PROBE_READ);
    sweep_neighbours("write-pages-around", PROBE_WRITE);
    sweep_neighbours("execute-pages-around", PROBE_EXECUTE);
    sweep_line("read-foreign-devices", 0, GB(1), KB(64), PROBE_READ);
    sweep_line("write-foreign-devices", 0, GB(1), KB(64), PROBE_WRITE);
    sweep_line("execute-foreign-devices", 0, GB(1), KB(64), PROBE_EXECUTE);
    sweep_line("read-high-memory", GB(4), GB(1024), GB(1), PROBE_READ);
    sweep_line("write-high-memory", GB(4), GB(1024), GB(1), PROBE_WRITE);
    sweep_line("execute-high-memory", GB(4), GB(1024), GB(1), PROBE_EXECUTE);
    write_info_page();
}
