/* SPDX-License-Identifier: Apache-2.0 */
/* Damage to what VMs may ask of the firmware, and to memory that is not announced as RAM. */
#include "corrupt.h"

static void passes(struct builder *builder, unsigned vm, uint32_t first, uint32_t last)
{
    builder->firmware[vm][builder->vms[vm].firmware.count++] = (struct plan_firmware){first, last};
}

#define DAMAGE(name, change)                                                                       \
    static void name(struct builder *builder)                                                      \
    {                                                                                              \
        change;                                                                                    \
    }

DAMAGE(of_a_hard_vm, passes(builder, CONTROL, 0xc2000000, 0xc200ffff))
DAMAGE(of_a_hard_vms_core, builder_share(builder); builder->vms[CONTROL].level = PLAN_LEVEL_HARD;
       passes(builder, LINUX, 0xc2000000, 0xc200ffff))
DAMAGE(not_by_smc, builder->head.conduit = PLAN_CONDUIT_HVC;
       passes(builder, LINUX, 0xc2000000, 0xc200ffff))
DAMAGE(psci, passes(builder, LINUX, 0x84000009, 0x84000009))
DAMAGE(psci_64, passes(builder, LINUX, 0xc3000000, 0xc4000000))
DAMAGE(events, passes(builder, LINUX, 0xc4000021, 0xc4000021))
DAMAGE(architecture, passes(builder, LINUX, 0x80ffffff, 0x81000000))
DAMAGE(hypercalls, passes(builder, LINUX, 0xc6000000, 0xc6000000))
DAMAGE(slow_call, passes(builder, LINUX, 0x32000000, 0x32000001))
DAMAGE(empty_range, passes(builder, LINUX, 0xc2000001, 0xc2000000))
DAMAGE(not_ascending, passes(builder, LINUX, 0xc2000001, 0xc2000002);
       passes(builder, LINUX, 0xc2000000, 0xc2000000))
DAMAGE(too_many, for (uint32_t i = 0; i <= PLAN_MAX_FIRMWARE; i++)
                     passes(builder, LINUX, 0xc2000000 + i, 0xc2000000 + i))

/* The VM's RAM is a ROM by the plan, which the tables let it write. */
DAMAGE(rom_that_is_written,
       builder->ranges[LINUX][1].flags = PLAN_MEMORY_READ | PLAN_MEMORY_EXEC | PLAN_MEMORY_ROM)

DAMAGE(info_page_as_rom, builder->ranges[LINUX][0].flags |= PLAN_MEMORY_ROM)

static const struct damage damages[] = {
    DESCRIBED("firmware: called by a hard VM", of_a_hard_vm, "firmware.calls",
              "vm control may call the firmware, and"),
    DESCRIBED("firmware: called beside a hard VM", of_a_hard_vms_core,
              "cpus.dedicated firmware.calls",
              "vm linux may call the firmware on cpu 1, where vm control is hard"),
    DESCRIBED("firmware: another conduit", not_by_smc, "firmware.calls", "not called by SMC"),
    DESCRIBED("firmware: PSCI", psci, "firmware.calls", "0x84000009, which is PSCI's"),
    DESCRIBED("firmware: PSCI, 64 bits", psci_64, "firmware.calls", "0xc4000000, which is PSCI's"),
    DESCRIBED("firmware: SDEI", events, "firmware.calls", "0xc4000021, which is SDEI's"),
    DESCRIBED("firmware: workarounds", architecture, "firmware.calls",
              "0x80ffffff, which is about the architecture"),
    DESCRIBED("firmware: hypercalls", hypercalls, "firmware.calls",
              "0xc6000000, which is a hypervisor's"),
    DESCRIBED("firmware: a yielding call", slow_call, "firmware.calls",
              "0x32000000, which is no fast call"),
    DESCRIBED("firmware: empty range", empty_range, "plan.fields", "vm 0: firmware 0: last"),
    DESCRIBED("firmware: not ascending", not_ascending, "plan.fields",
              "vm 0: firmware 1: first, not sorted"),
    DESCRIBED("firmware: too many ranges", too_many, "plan.fields",
              "vm 0: firmware: its count is 0x9"),
    DESCRIBED("rom: an info page", info_page_as_rom, "memory.kinds start.info", "does not agree"),
    DESCRIBED("rom: written", rom_that_is_written, "memory.exact", "the plan says"),
};
const struct damages damages_firmware = DAMAGES(damages);

void corrupt_firmware_none(struct builder *builder)
{
    passes(builder, LINUX, 0x82000001, 0x82000001);
    passes(builder, LINUX, 0x84000050, 0x84000053);
    passes(builder, LINUX, 0xc2000000, 0xc200ffff);
    builder->ranges[LINUX][1].flags |= PLAN_MEMORY_ROM;
}
