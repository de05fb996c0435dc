/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes small images for the tests of `check` and `show`, by itself: nothing of the composer is
 * used, so a mistake there can't hide itself here.
 *
 * builder_init gives a sound system of two VMs; a test changes what it wants to see refused, either
 * in the description (before builder_build) or in memory (after it), and lets builder_emit write
 * the ELF file.
 *
 *     linux    cpus 0 and 1, 4 MB at ipa = pa, serial0
 *     control  cpu 2, 2 MB at another ipa than pa, serial1
 */
#ifndef TESTS_UNIT_CHECK_BUILDER_H
#define TESTS_UNIT_CHECK_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan_map.h"

#define RAM_START 0x40000000U
#define RAM_SIZE  0x1000000U

#define LINUX   0
#define CONTROL 1
#define VMS     2
#define CPUS    3

#define VCPUS_MAX 4

#define TEXT_PA         0x40000000U
#define TEXT_SIZE       0x2000U
#define RODATA_PA       0x40002000U
#define RODATA_SIZE     0x1000U
#define PLAN_PA         0x40003000U
#define PLAN_ROOM       0x2000U
#define PLAN_MAX_TESTED 0x6000U
#define SHARED_PA       0x40010000U
#define STATUS_PA       0x40010000U /* pages of the shared data */
#define STATS_PA        0x40020000U
#define LOG_PA          0x40025000U
#define WATCHDOG_PA     0x40032000U
#define MANAGER_PA      0x40042000U
#define SHARED_SIZE     0x34000U
#define PERCPU_PA       0x40050000U
#define PERCPU_SIZE     0x2000U
#define TABLES_PA       0x40060000U
#define TABLES_SIZE     0x40000U
#define INFO_PA         0x400a0000U
#define COPIES_PA       0x400b0000U
#define COPIES_SIZE     0x6000U
#define BLOCK_END       0x40100000U

#define LINUX_RAM          0x40400000U
#define LINUX_RAM_SIZE     0x400000U
#define LINUX_IMAGE_SIZE   0x3000U
#define CONTROL_RAM        0x40a00000U
#define CONTROL_RAM_SIZE   0x200000U
#define CONTROL_IPA        0x80000000U
#define CONTROL_IMAGE_SIZE 0x2000U
#define CHANNEL_PA         0x40c00000U
#define CHANNEL_SIZE       0x2000U
#define CHANNEL_IPA        0x90000000U /* in control; linux sees it where it is */
#define STATUS_IPA         0x0b000000U /* in both, as the next one */
#define DOORBELL_IPA       0x0b100000U
#define COMMAND_IPA        0x0b200000U /* in linux, as those up to the stores */
#define OBSERVE_IPA        0x0b300000U
#define OBSERVE_SIZE       0x22000U
#define PLAN_IPA           0x0b400000U
#define STORES_IPA         0x0b500000U
#define WATCHDOG_IPA       0x0b600000U /* in control */
#define INFO_IPA           0x0a800000U

#define GICD_PA    0x08000000U
#define GICR_PA    0x080a0000U
#define GICC_PA    0x08010000U /* of the GICv2, as the next two */
#define GICH_PA    0x08030000U
#define GICV_PA    0x08040000U
#define SERIAL0_PA 0x09000000U
#define RTC_PA     0x09010000U
#define SERIAL1_PA 0x09040000U
#define FRAME_PA   0x50000000U

#define FRAME_FIRST 64 /* interrupts of the frame for messages */
#define FRAME_COUNT 8

#define REGION_GICD    0
#define REGION_GICR    1
#define REGION_SERIAL0 2
#define REGION_RTC     3
#define REGION_SERIAL1 4
#define REGION_RAM     5
#define REGION_FRAME   6

#define BUILDER_RANGES   24
#define BUILDER_CHANNELS 9

/** A range that a table is to map; attributes are PLAN_MEMORY_*. */
struct builder_mapping {
    uint64_t address;
    uint64_t pa;
    uint64_t size;
    uint32_t attributes;
};

struct builder_segment {
    uint64_t pa;
    uint64_t file_size;
    uint64_t size;
};

/** A device in linux's tree, under a path of @depth buses; 0: there is none. Its interrupt is @spi,
 * by `interrupts` or, where @controller is not 0, by `interrupts-extended` of that phandle: 1 is
 * the GIC, 2 a GPIO controller, 3 not there.
 */
struct builder_odd_device {
    uint32_t spi;
    uint32_t controller;
    unsigned depth;
};

struct builder {
    uint8_t *memory;  /* RAM_SIZE bytes from RAM_START on */
    struct plan head; /* all of it but the arrays */
    struct plan_vm vms[VMS];
    struct plan_vcpu vcpus[VCPUS_MAX];
    uint32_t vcpu_count;
    struct plan_core cores[CPUS];
    uint32_t core_vcpus[CPUS][4];
    struct plan_slot slots[CPUS][4];
    struct plan_region regions[8];
    struct plan_channel channels[BUILDER_CHANNELS];
    struct plan_member members[BUILDER_CHANNELS][5];
    struct plan_doorbell doorbells[VMS][PLAN_MAX_DOORBELLS + 1];
    struct plan_firmware firmware[VMS][PLAN_MAX_FIRMWARE + 1];
    uint32_t notify[VMS][PLAN_MAX_DOORBELLS + 1];
    uint32_t watched[CPUS][VMS + 1];
    struct plan_memory ranges[VMS][BUILDER_RANGES];
    struct plan_restore restores[VMS][BUILDER_RANGES];
    struct builder_mapping stage2[VMS][BUILDER_RANGES];
    size_t stage2_count[VMS];
    struct builder_mapping el2[CPUS][BUILDER_RANGES];
    size_t el2_count[CPUS];
    struct builder_segment segments[BUILDER_RANGES];
    size_t segment_count;
    struct builder_odd_device odd_device;
    bool has_frame;
    uint64_t entry;
    uint64_t next_table;
    uint32_t plan_used;
    bool keep_checksums; /* don't put them right */
    uint8_t *file;
    size_t file_size;
};

/** A sound system. */
void builder_init(struct builder *builder);

/**
 * Lets the VMs share CPU 1: control gets a second vCPU there, interrupts are virtual, a timetable
 * of 10 ms has 4 ms for linux and 5 ms for control.
 */
void builder_share(struct builder *builder);

/**
 * Lets the VMs live together: a channel that linux writes and control reads, linux the manager with
 * control's copy for a store, and a watchdog of control's that CPU 0 looks at.
 */
void builder_join(struct builder *builder);

/** Gives the machine a GICv2 in place of the GICv3: linux has virtual interrupts, control direct
 * ones. */
void builder_gicv2(struct builder *builder);

/** The same, and control has a frame for messages. */
void builder_frame(struct builder *builder);

/** Writes VM @vm's device tree, and its copy, from the description. */
void builder_tree(struct builder *builder, unsigned vm);

/** Makes device trees, tables and plan from the description. */
void builder_build(struct builder *builder);

/** Puts the plan's checksums right; builder_emit does so too unless told not to. */
void builder_put_checksums(struct builder *builder);

/** Writes the ELF file. */
void builder_emit(struct builder *builder);

void builder_free(struct builder *builder);

/** The memory at @pa. */
void *builder_at(struct builder *builder, uint64_t pa);

/** Where the plan's structures lie in memory, after builder_build. */
struct plan *builder_plan(struct builder *builder);
struct plan_vm *builder_plan_vm(struct builder *builder, unsigned vm);

/** Lets VM @vm have a range, by plan and by stage 2. */
void builder_give(struct builder *builder, unsigned vm, uint64_t ipa, uint64_t pa, uint64_t size,
                  uint32_t flags, uint32_t region);

void builder_map_stage2(struct builder *builder, unsigned vm, uint64_t ipa, uint64_t pa,
                        uint64_t size, uint32_t attributes);
void builder_map_el2(struct builder *builder, unsigned cpu, uint64_t va, uint64_t pa, uint64_t size,
                     uint32_t attributes);

/** Looks a mapping up that builder_init made. */
struct builder_mapping *builder_el2_at(struct builder *builder, unsigned cpu, uint64_t va);

/** The descriptor that translates @address, after builder_build; @root: pa of a table of level 1.
 */
uint64_t *builder_descriptor(struct builder *builder, uint64_t root, uint64_t address);

void builder_add_segment(struct builder *builder, uint64_t pa, uint64_t file_size, uint64_t size);

#endif
