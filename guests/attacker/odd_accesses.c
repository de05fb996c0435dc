/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accesses that a hypervisor cannot read from its syndrome register (ESR_EL2.ISV = 0): pairs,
 * write-back, exclusives, atomics, vectors, unaligned and page-crossing ones; at the emulated
 * distributor, at the pages of a GICv2's CPU interface and at addresses with nothing behind them.
 * None may hang or harm; at foreign addresses each must fault. Also big-endian ones.
 */
#include "../kit/gic_registers.h"
#include "attack.h"
#include "endian.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/sysreg.h"
#include "kit/probe.h"

#define GICD_TYPER 0x4U

/** All accesses at the physical @address, aligned and not, mapped as device and as normal memory.
 */
static void try_all(struct tally *tally, uint64_t address)
{
    static const unsigned flags[] = {MMU_WRITE | MMU_DEVICE, MMU_WRITE};
    static const unsigned offsets[] = {0, 1, 2, 3, 4, 6};

    for (unsigned i = 0; i < PROBE_ACCESSES; i++) {
        if (!probe_access_present(&probe_accesses[i])) {
            continue;
        }
        for (unsigned j = 0; j < 2; j++) {
            uint64_t at = probe_window(address, flags[j]);

            for (unsigned k = 0; k < sizeof(offsets) / sizeof(offsets[0]); k++) {
                tally_step(
                    tally,
                    probe_instruction_refused(probe_accesses[i].instruction, at + offsets[k], 0),
                    address + offsets[k]);
            }
        }
    }
}

/** A failed store-exclusive is no access; so at foreign addresses only what surely is one counts.
 */
static void foreign(void)
{
    struct tally tally = {0};
    uint64_t end = machine()->memory[0].start + machine()->memory[0].size;

    for (unsigned i = 0; i < PROBE_ACCESSES; i++) {
        uint64_t at = probe_window(end, MMU_WRITE);

        if (probe_accesses[i].instruction == PROBE_PRFM ||
            probe_accesses[i].instruction == PROBE_STXR ||
            !probe_access_present(&probe_accesses[i])) {
            continue;
        }
        tally_step(&tally, probe_instruction_refused(probe_accesses[i].instruction, at, 0), i);
    }
    attack_must_fail("odd-accesses-foreign-memory", &tally);
}

/** From the last own page into the page behind it. */
static void straddling(void)
{
    uint64_t end = machine()->memory[0].start + machine()->memory[0].size;
    uint64_t at = probe_window(end - MMU_PAGE_SIZE, MMU_WRITE) + MMU_PAGE_SIZE;
    struct tally tally = {0};

    /* ldr x1, [x0] */
    tally_step(&tally, probe_instruction_refused(0xf9400001, at - 4, 0), end - 4);
    /* str x1, [x0] */
    tally_step(&tally, probe_instruction_refused(0xf9000001, at - 4, 0), end - 4);
    /* ldp x1, x2, [x0] */
    tally_step(&tally, probe_instruction_refused(0xa9400801, at - 8, 0), end - 8);
    tally_step(&tally, probe_instruction_refused(0xa9000801, at - 8, 0), end - 8);
    /* ldr q1, [x0] */
    tally_step(&tally, probe_instruction_refused(0x3dc00001, at - 8, 0), end - 8);
    attack_must_fail("straddle-end-of-memory", &tally);
}

/** Its first page is the hardware's, the second one is emulated. */
static void cpu_interface(void)
{
    uint64_t gicc = machine()->gicc.start;
    struct tally first = {0};
    struct tally second = {0};

    try_all(&first, gicc + GICC_CTLR);
    try_all(&first, gicc + GICC_IAR);
    attack_survived("odd-accesses-cpu-interface", &first);
    try_all(&second, gicc + GICC_DIR);
    attack_survived("odd-accesses-deactivation", &second);
    attack_repair();
}

/** A big-endian read is swapped, or refused; never something else. */
static void big_endian(void)
{
    uint64_t address = machine()->gicd.start + GICD_TYPER;
    uint64_t faults = 0;
    uint32_t value = endian_read_big(address, &faults);
    struct tally tally = {0};

    tally_step(&tally, faults != 0 || __builtin_bswap32(value) == mmio_read32(address), value);
    attack_must_answer("big-endian-distributor", &tally);
}

void attack_odd_accesses(void)
{
    struct tally distributor = {0};
    struct tally nothing = {0};

    if (machine()->gicd.size != 0) {
        try_all(&distributor, machine()->gicd.start);
        attack_survived("odd-accesses-distributor", &distributor);
        try_all(&distributor, machine()->gicd.start + machine()->gicd.size - MMU_PAGE_SIZE);
        attack_survived("odd-accesses-distributor-end", &distributor);
        big_endian();
    }
    if (machine()->gic_version == 2) {
        cpu_interface();
    }
    try_all(&nothing, UINT64_C(0x0f000000));
    attack_survived("odd-accesses-nothing", &nothing);
    foreign();
    straddling();
}
