/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leaves its guest in each way that there is, again and again, with all of its interrupts pending,
 * the later ones the more urgent: then the hypervisor has most to do with them. None of them is
 * ever ended. What its name says it does at last: it resets itself, or does what it may not. Says
 * "pressed: N interrupts", and "pressed: done" before that.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../../guests/kit/gic_registers.h"
#include "guest.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/gic_interface.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/psci.h"
#include "kit/sysreg.h"

#define GICD_ICENABLER 0x0180U
#define GICD_ICPENDR   0x0280U
#define GICD_ISACTIVER 0x0300U
#define GICD_ICACTIVER 0x0380U

#define INTERRUPT_SGIS 16U
#define WORDS          9U
#define NOTHING_THERE  UINT64_C(0x3f0000000)

static uint32_t owned[WORDS];

static uint64_t bank(unsigned word)
{
    return word == 0 ? gic_private_registers() : machine()->gicd.start;
}

/** Writes @bits of those that are owned of each word to the registers at @group. */
static void write_all(uint32_t group, uint32_t bits)
{
    for (unsigned n = 0; n < WORDS; n++) {
        if (owned[n] != 0) {
            mmio_write32(bank(n) + group + 4 * n, owned[n] & bits);
        }
    }
}

static void read_all(uint32_t group)
{
    for (unsigned n = 0; n < WORDS; n++) {
        if (owned[n] != 0) {
            (void)mmio_read32(bank(n) + group + 4 * n);
        }
    }
}

/** Finds the interrupts that this VM has, and makes each more urgent than the one before. Returns
 * how many there are.
 */
static unsigned find_all(void)
{
    unsigned count = 0;

    for (unsigned n = 0; n < WORDS; n++) {
        mmio_write32(bank(n) + GICD_ISENABLER + 4 * n, UINT32_MAX);
        owned[n] = mmio_read32(bank(n) + GICD_ISENABLER + 4 * n);
        for (unsigned bit = 0; bit < 32; bit++) {
            if ((owned[n] >> bit & 1) != 0) {
                gic_set_priority(32 * n + bit, (uint8_t)(0xf8 - 8 * count++));
            }
        }
    }
    return count;
}

/** All of them pending; SGIs of a GICv2 are so for each of their senders. */
static void pend_all(void)
{
    write_all(GICD_ISPENDR, UINT32_MAX);
    for (uint32_t sgi = 0; machine()->gic_version == 2 && sgi < INTERRUPT_SGIS; sgi += 4) {
        mmio_write32(machine()->gicd.start + GICD_SPENDSGIR + sgi, UINT32_MAX);
    }
}

static void pend(uint32_t intid)
{
    if (machine()->gic_version == 2 && intid < INTERRUPT_SGIS) {
        gic_send_sgi(intid, cpu_mpidr());
    } else {
        mmio_write32(bank(intid / 32) + GICD_ISPENDR + intid / 32 * 4, 1U << intid % 32);
    }
}

/** All of them pending, none active. */
static void press(void)
{
    write_all(GICD_ICACTIVER, UINT32_MAX);
    write_all(GICD_ISENABLER, UINT32_MAX);
    pend_all();
    __asm__ volatile("dsb sy\n\tisb" : : : "memory");
}

/** Takes its four least urgent ones, each within the one before, and ends none; then all are
 * pending again. */
static void press_within_handlers(void)
{
    unsigned taken = 0;

    write_all(GICD_ICACTIVER, UINT32_MAX);
    write_all(GICD_ICPENDR, UINT32_MAX);
    gic_interface_write(GIC_PMR, 0xff);
    for (uint32_t intid = 0; intid < 32 * WORDS && taken < 4; intid++) {
        if ((owned[intid / 32] >> intid % 32 & 1) != 0) {
            pend(intid);
            taken += (gic_interface_read(GIC_IAR) & GIC_INTID_MASK) == intid;
        }
    }
    gic_interface_write(GIC_PMR, 0);
    pend_all();
    __asm__ volatile("dsb sy\n\tisb" : : : "memory");
}

static void leave_in_each_way(void)
{
    static uint32_t word = 1;

    press();
    cpu_wait_for_interrupt();
    (void)hypercall(HC_DELAY, 1000, 0, 0);
    (void)hypercall(HC_EVENT_WAIT, (uint64_t)&word, HC_INTERVAL_MIN, 0);
    (void)hypercall(HC_YIELD, 0, 0, 0);
    (void)hypercall_exit_count();
    (void)psci_call(PSCI_CPU_SUSPEND, 0, 0, 0);
    (void)psci_call(PSCI_CPU_ON, UINT64_C(0xff), 0, 0);
    gic_send_sgi(3, cpu_mpidr());
    (void)SYSREG_READ(id_aa64mmfr2_el1);
}

static void access_each_register(void)
{
    static const uint32_t groups[] = {GICD_ICENABLER, GICD_ISENABLER, GICD_ICPENDR,   GICD_ISPENDR,
                                      GICD_ISACTIVER, GICD_ISPENDR,   GICD_ICACTIVER, GICD_ISPENDR};

    for (unsigned i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        for (unsigned bit = 0; bit < 32; bit++) {
            press();
            write_all(groups[i], 1U << bit);
        }
        press();
        write_all(groups[i], UINT32_MAX);
        write_all(groups[i], 0x55555555);
        read_all(groups[i]);
    }
    /* more of them active than there are list registers ... */
    write_all(GICD_ISACTIVER, UINT32_MAX);
    /* ... and one only pending, or nothing would end the wait */
    write_all(GICD_ICACTIVER, 1);
    cpu_wait_for_interrupt();
    gic_interface_control(true, true);
    for (uint32_t intid = 0; intid < GIC_FIRST_SPI; intid++) {
        if ((owned[0] >> intid & 1) != 0) {
            gic_interface_write(GIC_DIR, intid);
        }
    }
    for (uint32_t intid = GIC_FIRST_SPI; intid < 32 * WORDS; intid++) {
        if ((owned[intid / 32] >> intid % 32 & 1) != 0) {
            gic_route(intid, cpu_mpidr());
            (void)mmio_read32(machine()->gicd.start + GICD_IPRIORITYR + intid / 4 * 4);
        }
    }
}

/** What VMs on shared cores lack: SVE. */
static void use_vectors(void)
{
    /* ZEN: no trap to this guest itself */
    SYSREG_WRITE(cpacr_el1, SYSREG_READ(cpacr_el1) | 3U << 16);
    __asm__ volatile("isb\n\t.inst 0x04bf5020" : : : "x0", "memory"); /* rdvl x0, #1 */
}

/** Sends SGIs to the first core, now and then, for ever: it has them already. */
static void send(void *context)
{
    (void)context;
    for (uint32_t i = 0;; i++) {
        gic_send_sgi(i % INTERRUPT_SGIS, machine()->cpus[0]);
        for (volatile unsigned wait = 0; wait < 400 + i % 600;) {
            wait++;
        }
    }
}

int main(void)
{
    const struct info_page *info = hypercall_info();

    cpu_interrupts_disable();
    gic_interface_write(GIC_PMR, 0);
    (void)mmu_map(NOTHING_THERE, NOTHING_THERE, MMU_PAGE_SIZE, MMU_WRITE);
    printf("pressed: %u interrupts\n", find_all());
    if (machine()->cpu_count > 1) {
        (void)cpu_start(1, send, NULL);
    }
    leave_in_each_way();
    access_each_register();
    leave_in_each_way();
    printf("pressed: done\n");
    press();
    (void)hypercall(HC_YIELD, 0, 0, 0);
    if (strcmp(info->name, "reset") == 0) {
        psci_system_reset();
    } else if (strcmp(info->name, "abort") == 0) {
        mmio_write32(NOTHING_THERE, 0);
    } else if (strcmp(info->name, "register") == 0) {
        SYSREG_WRITE(s3_0_c15_c2_0, 0);
    } else {
        press_within_handlers();
        use_vectors();
    }
    return 1;
}
