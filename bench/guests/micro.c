/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the hypervisor for one thing at a time, 1,000 times each, so that the plugin can count what each costs. The
 * numbers of the sections are known to bench/measures.py.
 */
#include <stdint.h>
#include <stdio.h>

#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/psci.h"

#include "section.h"

#define REPETITIONS 1000

/* Arm IHI 0069H, 12.9 */
#define GICD_TYPER      0x0004U
#define GICD_ISENABLER1 0x0104U

static void measure_hypercall(void)
{
    SECTION_BEGIN(1);
    for (int i = 0; i < REPETITIONS; i++) {
        hypercall(HC_NULL, 0, 0, 0);
    }
    SECTION_END();
}

static void measure_gicd_write(uint64_t gicd)
{
    SECTION_BEGIN(2);
    for (int i = 0; i < REPETITIONS; i++) {
        mmio_write32(gicd + GICD_ISENABLER1, UINT32_MAX);
    }
    SECTION_END();
}

static void measure_gicd_read(uint64_t gicd)
{
    SECTION_BEGIN(3);
    for (int i = 0; i < REPETITIONS; i++) {
        mmio_read32(gicd + GICD_TYPER);
    }
    SECTION_END();
}

int main(void)
{
    uint64_t gicd = machine()->gicd.start;

    if (!hypercall_present()) {
        puts("micro: there is no hypervisor to ask");
        return 1;
    }
    measure_hypercall();
    measure_gicd_write(gicd);
    measure_gicd_read(gicd);
    puts("micro: done");
    psci_system_off();
}
