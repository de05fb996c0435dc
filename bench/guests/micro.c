/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the hypervisor, Nagaya or Xen, for one thing at a time, 1,000 times each, so that the plugin
 * can count what each costs. The numbers of the sections are known to bench/counts/measures.py and
 * to bench/peers/xen/experiments.py. Boot argument `xen=1`: it is Xen, which tells its domains only
 * if it is asked to offer them devices too.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/psci.h"

#include "section.h"

#define REPETITIONS 1000

/* Arm IHI 0069H, 12.9 */
#define GICD_TYPER      0x0004U
#define GICD_ISENABLER1 0x0104U

#define SGI 1U

static bool on_xen;
static volatile int sgis_taken;

/* The shortest that Xen has: what its version is (its public/arch-arm.h, public/version.h). */
static void xen_version(void)
{
    register uint64_t command __asm__("x0") = 0;
    register uint64_t unused __asm__("x1") = 0;
    register uint64_t call __asm__("x16") = 17;

    __asm__ volatile("hvc #0xea1" : "+r"(command), "+r"(unused), "+r"(call) : : "memory");
}

static void measure_hypercall(void)
{
    SECTION_BEGIN(1);
    for (int i = 0; i < REPETITIONS; i++) {
        if (on_xen) {
            xen_version();
        } else {
            hypercall(HC_NULL, 0, 0, 0);
        }
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

static void sgi_came(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    sgis_taken++;
}

static void measure_sgi(void)
{
    gic_set_handler(SGI, sgi_came, NULL);
    gic_enable(SGI);
    cpu_interrupts_enable();
    SECTION_BEGIN(4);
    for (int i = 0; i < REPETITIONS; i++) {
        gic_send_sgi(SGI, cpu_mpidr());
        while (sgis_taken <= i) {
        }
    }
    SECTION_END();
    cpu_interrupts_disable();
}

int main(void)
{
    uint64_t gicd = machine()->gicd.start;

    on_xen = machine_argument("xen", 0) != 0;
    if (!on_xen && !hypercall_present()) {
        puts("micro: there is no hypervisor to ask");
        return 1;
    }
    measure_hypercall();
    measure_gicd_write(gicd);
    measure_gicd_read(gicd);
    measure_sgi();
    puts("micro: done");
    psci_system_off();
}
