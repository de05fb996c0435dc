/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does one forbidden thing after the other, few enough for the log's ring to keep them all, and
 * says what it got:
 *
 *     trespasser: NAME address 0xA pc 0xP exception 0xE, and for a data abort whether as a read or
 * a write trespasser: NAME ignored trespasser: done
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "kit/exception.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/mmu.h"

/* Devices of QEMU's virt board that this VM does not have. */
#define UNOWNED_GPIO  UINT64_C(0x09030000)
#define FOREIGN_UART  UINT64_C(0x09040000)
#define INTERRUPTS    UINT64_C(0x08080000) /* the ITS of a GICv3 */
#define INTERRUPTS_V2 UINT64_C(0x08030000) /* the hypervisor's own interface of a GICv2 */
#define NOTHING_THERE UINT64_C(0x3f0000000)

#define ESR_WNR (1U << 6) /* of a data abort: a write */

/* Registers of 32 bits (IHI 0069H, 12.9.9 and 12.11.7; IHI 0048B, 4.4.11). */
#define GICD_ICFGR 0x0c00U
#define GICR_ICFGR 0x10c00U
#define GICC_DIR   0x1000U

static volatile uint64_t pc;
static volatile uint64_t class;
static volatile bool written;
static volatile bool fetching;

static bool skip(struct exception_frame *frame)
{
    class = EXCEPTION_CLASS(frame->esr);
    written = (frame->esr & ESR_WNR) != 0;
    pc = frame->pc;
    frame->pc = fetching ? frame->x[30] : frame->pc + 4;
    return true;
}

static void before(void)
{
    class = 0x100;
    pc = 0;
}

static void say(const char *name, uint64_t address)
{
    if (class == 0x100) {
        printf("trespasser: %s ignored\n", name);
    } else {
        printf("trespasser: %s address 0x%08" PRIx64 " pc 0x%08" PRIx64 " exception 0x%02" PRIx64
               "%s\n",
               name, address, pc, class,
               class != EXCEPTION_DATA_ABORT ? ""
               : written                     ? " as a write"
                                             : " as a read");
    }
}

static void read_at(const char *name, uint64_t address)
{
    before();
    __asm__ volatile("ldr w9, [%0]" : : "r"(address) : "x9", "memory");
    say(name, address);
}

static void read_byte_at(const char *name, uint64_t address)
{
    before();
    __asm__ volatile("ldrb w9, [%0]" : : "r"(address) : "x9", "memory");
    say(name, address);
}

static void write_at(const char *name, uint64_t address)
{
    before();
    __asm__ volatile("str wzr, [%0]" : : "r"(address) : "memory");
    say(name, address);
}

/** Has a register written back, so that its syndrome doesn't say what it is. */
static void write_back_at(const char *name, uint64_t address)
{
    uint64_t moved = address;

    before();
    __asm__ volatile("str wzr, [%0], #4" : "+r"(moved) : : "memory");
    say(name, address);
}

static void read_pair_at(const char *name, uint64_t address)
{
    before();
    __asm__ volatile("ldp w9, w10, [%0]" : : "r"(address) : "x9", "x10", "memory");
    say(name, address);
}

static void fetch_at(const char *name, uint64_t address)
{
    before();
    fetching = true;
    __asm__ volatile("blr %0" : : "r"(address) : "x30", "memory");
    fetching = false;
    say(name, address);
}

int main(void)
{
    const struct fdt_range *memory = &machine()->memory[0];
    uint64_t foreign = memory->start + memory->size;
    uint64_t controller = machine()->gic_version == 3 ? INTERRUPTS : INTERRUPTS_V2;

    exception_set_handler(skip);
    (void)mmu_map(foreign, foreign, MMU_PAGE_SIZE, MMU_WRITE);
    read_at("read-memory", foreign);
    write_at("write-memory", foreign);
    mmu_unmap(foreign, MMU_PAGE_SIZE);
    (void)mmu_map(foreign, foreign, MMU_PAGE_SIZE, MMU_EXEC);
    fetch_at("fetch-memory", foreign);
    (void)mmu_map_device(UNOWNED_GPIO, MMU_PAGE_SIZE);
    read_at("read-unowned-device", UNOWNED_GPIO);
    write_at("write-unowned-device", UNOWNED_GPIO);
    (void)mmu_map_device(FOREIGN_UART, MMU_PAGE_SIZE);
    write_at("write-foreign-device", FOREIGN_UART);
    (void)mmu_map_device(controller, MMU_PAGE_SIZE);
    write_at("write-interrupt-controller", controller);
    (void)mmu_map_device(NOTHING_THERE, MMU_PAGE_SIZE);
    read_at("read-nothing", NOTHING_THERE);
    read_byte_at("byte-of-distributor", machine()->gicd.start + GICD_ICFGR + 1);
    write_back_at("write-distributor-and-move", machine()->gicd.start + GICD_ICFGR);
    if (machine()->gic_version == 3) {
        read_byte_at("byte-of-redistributor", gic_redistributor() + GICR_ICFGR + 1);
        read_pair_at("read-pair-of-redistributor", gic_redistributor() + GICR_ICFGR);
    } else {
        read_byte_at("byte-of-deactivation", machine()->gicc.start + GICC_DIR + 1);
        read_pair_at("read-pair-of-deactivation", machine()->gicc.start + GICC_DIR);
    }
    read_pair_at("read-pair-of-nothing", NOTHING_THERE);

    before();
    __asm__ volatile("msr actlr_el1, xzr");
    say("register", 0);
    before();
    __asm__ volatile("mrs x9, s3_1_c11_c0_2" : : : "x9"); /* L2CTLR_EL1 */
    say("implementation-defined-register", 0);
    before();
    for (int i = 0; i < 1000; i++) {
        __asm__ volatile("dc cisw, xzr");
    }
    say("set-way", 0);
    printf("trespasser: done\n");
    return 0;
}
