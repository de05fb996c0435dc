/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The properties that `nagaya check` promises, and what was found out about each.
 *
 * They are looked at in this order; a property that later ones build on ends the run when it fails,
 * and those after it are reported as not checked.
 */
#ifndef COMPOSER_REPORT_H
#define COMPOSER_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#define PROPERTIES(PROPERTY)                                                                       \
    PROPERTY(IMAGE_ELF, "image.elf", "a well-formed ELF executable for arm64 that names one plan") \
    PROPERTY(IMAGE_OVERLAP, "image.overlap", "no two segments are loaded to the same place")       \
    PROPERTY(PLAN_HEAD, "plan.head", "the plan is there, and of the version that is known here")   \
    PROPERTY(PLAN_CHECKSUM, "plan.checksum", "the plan's checksums agree with its bytes")          \
    PROPERTY(PLAN_ARRAYS, "plan.arrays", "the plan's arrays lie inside it and do not overlap")     \
    PROPERTY(PLAN_FIELDS, "plan.fields", "every field of the plan is within its limits")           \
    PROPERTY(PLAN_UNUSED, "plan.unused", "whatever the plan does not use is zero")                 \
    PROPERTY(IMAGE_RAM, "image.ram",                                                               \
             "every segment lies in RAM that belongs to the hypervisor or to a VM")                \
    PROPERTY(IMAGE_ENTRY, "image.entry", "the entry point lies in the hypervisor's text")          \
    PROPERTY(MEMORY_REGISTERS, "memory.registers",                                                 \
             "VTCR_EL2 and VTTBR_EL2 are valid, each VM has its own VMID")                         \
    PROPERTY(MEMORY_TABLES, "memory.tables",                                                       \
             "stage-2 tables lie in the hypervisor and belong to one VM each")                     \
    PROPERTY(MEMORY_DESCRIPTORS, "memory.descriptors",                                             \
             "stage-2 descriptors are valid, none uses a reserved bit")                            \
    PROPERTY(MEMORY_ROOT, "memory.root",                                                           \
             "the plan's copy of each stage-2 root agrees with the root")                          \
    PROPERTY(MEMORY_EXACT, "memory.exact",                                                         \
             "stage 2 maps what the plan says, no more, no less, no wider")                        \
    PROPERTY(MEMORY_KINDS, "memory.kinds",                                                         \
             "RAM is mapped as RAM, devices as devices and never executable")                      \
    PROPERTY(MEMORY_DISJOINT, "memory.disjoint",                                                   \
             "no two VMs reach a page that is not made to be shared")                              \
    PROPERTY(MEMORY_HYPERVISOR, "memory.hypervisor",                                               \
             "no VM reaches the hypervisor, but for pages made for VMs")                           \
    PROPERTY(MEMORY_INTERRUPTS, "memory.interrupts",                                               \
             "VMs reach no interrupt controller, but a GICv2's CPU interface")                     \
    PROPERTY(MEMORY_DEVICES, "memory.devices", "every device that a VM reaches is its own")        \
    PROPERTY(MEMORY_RAM, "memory.ram", "all memory that a VM reaches is RAM of the board")         \
    PROPERTY(MEMORY_DMA, "memory.dma", "where devices do DMA, their VM sees RAM where it is")      \
    PROPERTY(HYPERVISOR_BLOCK, "hypervisor.block",                                                 \
             "the hypervisor's parts lie in its block and do not overlap")                         \
    PROPERTY(HYPERVISOR_LOADED, "hypervisor.loaded",                                               \
             "the hypervisor is loaded whole, its data zero")                                      \
    PROPERTY(HYPERVISOR_TABLES, "hypervisor.tables",                                               \
             "EL2 tables belong to one CPU each; no CPU can write tables")                         \
    PROPERTY(HYPERVISOR_DESCRIPTORS, "hypervisor.descriptors",                                     \
             "EL2 descriptors are valid, no reserved bit is used")                                 \
    PROPERTY(HYPERVISOR_WX, "hypervisor.wx",                                                       \
             "nothing at EL2 is both writable and executable, through any mapping")                \
    PROPERTY(HYPERVISOR_TEXT, "hypervisor.text",                                                   \
             "what EL2 can execute is exactly the hypervisor's text")                              \
    PROPERTY(HYPERVISOR_READONLY, "hypervisor.readonly",                                           \
             "text, read-only data and plan are never writable")                                   \
    PROPERTY(HYPERVISOR_DATA, "hypervisor.data",                                                   \
             "each CPU has the shared data and its own, no other CPU's")                           \
    PROPERTY(HYPERVISOR_WINDOW, "hypervisor.window", "a CPU's guest window shows its own VM only") \
    PROPERTY(HYPERVISOR_DEVICES, "hypervisor.devices",                                             \
             "EL2 maps only the devices that it needs, as devices")                                \
    PROPERTY(HYPERVISOR_ROOTS, "hypervisor.roots",                                                 \
             "a CPU maps stage-2 roots of its own VMs and those it may stop")                      \
    PROPERTY(CHANNELS_MEMORY, "channels.memory",                                                   \
             "a channel begins as zeros, its members reach it by their rights")                    \
    PROPERTY(CHANNELS_STATUS, "channels.status",                                                   \
             "a VM reads the status of its channels' peers, a manager that of all")                \
    PROPERTY(DOORBELLS_PAGES, "doorbells.pages", "where a VM rings, nothing is mapped")            \
    PROPERTY(DOORBELLS_WAYS, "doorbells.ways",                                                     \
             "a VM rings its channels' peers only, each by a limiter of its own")                  \
    PROPERTY(DOORBELLS_INTERRUPTS, "doorbells.interrupts",                                         \
             "a doorbell's interrupt is its receiver's and no device's")                           \
    PROPERTY(DOORBELLS_NOTIFY, "doorbells.notify",                                                 \
             "who is told of a VM's restarts are its channels' peers")                             \
    PROPERTY(MANAGER_PAGES, "manager.pages",                                                       \
             "commands, log, counters and plan are the one manager's, to read")                    \
    PROPERTY(MANAGER_STORES, "manager.stores",                                                     \
             "images to be loaded are written by the manager only")                                \
    PROPERTY(WATCHDOGS_PAGE, "watchdogs.page", "a watchdog's page is reached by its own VM only")  \
    PROPERTY(WATCHDOGS_WATCHER, "watchdogs.watcher",                                               \
             "each watchdog is looked at, by one CPU that can")                                    \
    PROPERTY(INTERRUPTS_OWNER, "interrupts.owner",                                                 \
             "each interrupt exists, has one owner at most, and is in no other VM's tree")         \
    PROPERTY(INTERRUPTS_RESERVED, "interrupts.reserved",                                           \
             "the hypervisor's own interrupts belong to no VM")                                    \
    PROPERTY(INTERRUPTS_TARGET, "interrupts.target",                                               \
             "each interrupt goes to the first CPU of its owner")                                  \
    PROPERTY(INTERRUPTS_PRIVATE, "interrupts.private",                                             \
             "of private interrupts a VM has the SGIs, its timers' and its PMU's")                 \
    PROPERTY(INTERRUPTS_TRIGGER, "interrupts.trigger",                                             \
             "interrupts are triggered as their owner's tree says, nobody's are not set up")       \
    PROPERTY(CPUS_VCPU, "cpus.vcpu",                                                               \
             "each vCPU belongs to one VM and runs on one CPU, beside other VMs' only")            \
    PROPERTY(CPUS_DEDICATED, "cpus.dedicated",                                                     \
             "hard VMs and those with direct interrupts have CPUs of their own")                   \
    PROPERTY(CPUS_POLICY, "cpus.policy",                                                           \
             "what decides on a CPU is the policy named, in the hypervisor's constants")           \
    PROPERTY(CPUS_SLOTS, "cpus.slots",                                                             \
             "the slots of a timetable follow each other and fill its frame")                      \
    PROPERTY(CPUS_MPIDR, "cpus.mpidr",                                                             \
             "CPUs' MPIDRs are distinct, so are those of a VM; where SGIs aren't trapped, they "   \
             "are the CPUs'")                                                                      \
    PROPERTY(FIRMWARE_CALLS, "firmware.calls",                                                     \
             "calls to the firmware are none of the hypervisor's, none from hard VMs")             \
    PROPERTY(RESTORE_TARGET, "restore.target", "restoring a VM writes to its own RAM only")        \
    PROPERTY(RESTORE_SOURCE, "restore.source",                                                     \
             "restoring reads loaded bytes of the hypervisor's, one VM's each")                    \
    PROPERTY(RESTORE_COVER, "restore.cover", "restoring a VM writes all of its RAM, once")         \
    PROPERTY(RESTORE_CONTENT, "restore.content",                                                   \
             "restored memory is as it was at the first start")                                    \
    PROPERTY(START_ENTRY, "start.entry", "each VM starts in RAM that it can execute")              \
    PROPERTY(START_DEVICE_TREE, "start.device-tree",                                               \
             "each VM's device tree lies whole in its RAM")                                        \
    PROPERTY(START_INFO, "start.info", "each VM's info page tells the truth")                      \
    PROPERTY(TREES_FORM, "trees.form", "a VM's device tree says nothing outside of its nodes")     \
    PROPERTY(                                                                                      \
        TREES_MACHINE, "trees.machine",                                                            \
        "a VM's tree tells of CPUs, memory, interrupt controller and channels what the plan does") \
    PROPERTY(TREES_DEVICES, "trees.devices",                                                       \
             "devices in a VM's tree have their registers where it reaches devices")               \
    PROPERTY(ENGINE_PLACES, "engine.places",                                                       \
             "the hypervisor's parts are as large and lie where the engine's file has them")       \
    PROPERTY(ENGINE_BYTES, "engine.bytes", "text and read-only data are the engine's, each byte")  \
    PROPERTY(ENGINE_POLICIES, "engine.policies",                                                   \
             "each policy is the one that the engine's file calls so")                             \
    PROPERTY(BOARD_MACHINE, "board.machine",                                                       \
             "CPUs, RAM, interrupt controller, firmware and console are the board's")              \
    PROPERTY(BOARD_DEVICES, "board.devices",                                                       \
             "what the plan calls a device is one of the board's, and does DMA if that does")      \
    PROPERTY(BOARD_TREES, "board.trees",                                                           \
             "the VMs' trees tell of their devices what the board's tree does")                    \
    PROPERTY(SYSTEM_VMS, "system.vms",                                                             \
             "the VMs are those of the system's file, and treated as it says")                     \
    PROPERTY(SYSTEM_CPUS, "system.cpus",                                                           \
             "who runs where, when and with what guarantee is as the system's file says")          \
    PROPERTY(SYSTEM_CHANNELS, "system.channels",                                                   \
             "channels and their doorbells are as the system's file says")                         \
    PROPERTY(SYSTEM_MEMORY, "system.memory",                                                       \
             "memory and devices are those that the system's file gives")                          \
    PROPERTY(SYSTEM_IMAGES, "system.images",                                                       \
             "a VM's memory holds what its files say, its tree, and else zeros")

enum property {
#define PROPERTY_NAME(name, id, sentence) PROPERTY_##name,
    PROPERTIES(PROPERTY_NAME)
#undef PROPERTY_NAME
        PROPERTY_COUNT
};

#define REPORT_TEXT_SIZE 320

struct report {
    unsigned failures[PROPERTY_COUNT];
    char first[PROPERTY_COUNT][REPORT_TEXT_SIZE]; /* of each property, its first failure */
    /* why it was not looked at, since what it needs was not given; else NULL */
    const char *skipped[PROPERTY_COUNT];
    unsigned checked; /* the properties below this one have been looked at */
};

/** Records that @property does not hold: what, and where. */
void report_fail(struct report *report, enum property property, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** How many properties failed or were not checked, though they could have been. */
unsigned report_open_count(const struct report *report);

/** How many were skipped. */
unsigned report_skipped_count(const struct report *report);

/** Records that properties @first up to @last are not looked at, and why. */
void report_skip(struct report *report, enum property first, enum property last, const char *why);

/** A line for each property; @quiet: only for those that failed. */
void report_print(const struct report *report, FILE *out, bool quiet);

const char *property_id(enum property property);

#endif
