/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system as the composer holds it: what the user wrote, resolved against the board.
 *
 *     system_read   (system.yaml, board)        -> struct system    front end: every mistake is reported there
 *     layout_make   (struct system)             -> struct layout    where everything lies
 *     guest_dt_make (struct system, layout, vm) -> a device tree    front end again
 *     image_write   (struct system, layout)     -> the image        tables, plan, segments
 *
 * Functions return false after they have reported at least one mistake (diagnostics.h); they go on as
 * far as that makes sense, so that one run reports all of them. Nothing here is freed before the
 * program ends: the composer is a short run.
 */
#ifndef COMPOSER_SYSTEM_H
#define COMPOSER_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan_map.h"

#define ADDRESS_UNSET UINT64_MAX

#define CORE_SLICE_NS 1000000U /* where `cores` does not say */

#define CHANNEL_MAX_MEMBERS 4U

/** A place in a file of the user's, for messages. */
struct place {
    const char *file;
    int line; /* 1-based; 0: the file as a whole */
};

/** A range of the physical address space. */
struct range {
    uint64_t start;
    uint64_t size;
};

struct board_cpu {
    uint64_t mpidr;
    int node;               /* offset in the board's device tree */
    uint32_t redistributor; /* which of them is its own */
};

/** Something on the board that has registers: every enabled node with a translatable reg. */
struct board_device {
    const char *name; /* alias if it has one, else label, else node name */
    const char *path; /* full path in the device tree */
    int node;
    struct range *regs; /* as the device tree says, not yet widened to pages */
    size_t reg_count;
    uint32_t *intids; /* GIC INTIDs: SPIs and PPIs */
    bool *edge;       /* per intid: edge triggered (else level) */
    size_t intid_count;
    const char *problem;       /* why this version cannot give it to anybody, with the node's path; or NULL */
    bool dma;                  /* can read and write memory by itself */
    const char *dma_problem;   /* the bus beyond which memory has other addresses; NULL: they are the CPU's */
    struct range *windows;     /* the memory that it reaches */
    size_t window_count;       /* 0: all */
    bool interrupt_controller; /* part of the GIC: never given to a VM */
    uint32_t owner;            /* index of the VM that has it, or PLAN_NONE */
};

/** What boards/NAME/board.yaml and board.dtb say. */
struct board {
    const char *name;
    const char *folder;
    const void *dtb;
    size_t dtb_size;
    enum plan_conduit conduit;
    struct board_cpu cpus[PLAN_MAX_CPUS];
    size_t cpu_count;
    struct range *ram; /* sorted, without what the device tree or board.yaml reserves */
    size_t ram_count;
    struct board_device *devices; /* sorted by first register */
    size_t device_count;
    uint64_t gicd_pa;
    uint64_t gicd_size;
    struct range gicr; /* all redistributors; a CPU's at start + board_cpu.redistributor * gicr_stride */
    uint64_t gicr_stride;
    uint32_t intid_count;            /* a multiple of 32; from PLAN_INTID_END on none exists */
    struct plan_costs costs;         /* all 0: board.yaml does not say */
    uint32_t timer_intids[4];        /* secure physical, physical, virtual, hypervisor */
    uint32_t maintenance_intid;      /* of the GIC's virtual interface */
    const struct board_facts *facts; /* the rest of board.yaml (board.h); for the front end */
};

/** One range of memory a VM asked for. */
struct vm_memory {
    uint64_t size;
    uint64_t at; /* ipa, or ADDRESS_UNSET: ipa = pa, wherever the composer finds room */
    struct place place;
    bool rom; /* not announced as RAM: no /memory node; only then the next three */
    bool read_only;
    const char *file; /* path as found of what it holds at first, or NULL */
    struct place file_place;
};

/** One slot of a core's timetable. */
struct core_slot {
    uint64_t start_ns; /* from the frame's start */
    uint64_t length_ns;
    uint32_t vm; /* index of the VM whose vCPU on this core runs then */
    struct place place;
};

/** How a CPU is shared. All zero: it is not in the list `cores`, so a VM that has it owns it. */
struct core {
    struct place place;
    enum plan_policy policy;
    const char *policy_name; /* as the user wrote it; NULL: not in the list */
    uint64_t slice_ns;       /* 0: the usual one */
    uint64_t frame_ns;
    struct core_slot *slots; /* sorted */
    size_t slot_count;
    bool wrong; /* some of this could not be read, or does not fit; it has been reported */
};

/** One side of a channel. */
struct channel_member {
    struct place place;
    uint32_t vm;
    bool write;
    uint32_t intid; /* of the doorbell that rings here: an SPI that the board does not use */
};

/** Memory that some VMs share, with doorbells between them. */
struct channel {
    struct place place;
    const char *name;
    uint64_t size;
    uint64_t interval_ns; /* doorbells come no closer than this; 0: as they like */
    struct channel_member members[CHANNEL_MAX_MEMBERS];
    uint32_t member_count;
};

struct vm {
    struct place place;
    const char *name;
    bool loadable; /* nothing is wrong with what the file says of its memory and what is loaded there */
    enum plan_level level;
    enum plan_delivery delivery;
    enum plan_affinity affinity;
    enum plan_fault_action fault_action;
    uint32_t *cpus; /* indices into board.cpus, in the order the user gave: the first one boots */
    size_t cpu_count;
    struct vm_memory *memory; /* at least one */
    size_t memory_count;
    const char *image; /* path as found, or NULL; image: bare-metal program (ELF or raw) */
    struct place image_place;
    const char *kernel; /* kernel: arm64 Image, perhaps gzip'd; exactly one of image and kernel */
    const char *initrd; /* or NULL */
    struct place initrd_place;
    const char *cmdline; /* or NULL */
    bool raw;            /* the image is taken as it is, whatever it looks like */
    uint64_t load_at;    /* ipa for a raw image's first byte (key load-at), or ADDRESS_UNSET */
    uint64_t entry;      /* ipa, or ADDRESS_UNSET: from the image */
    uint64_t dtb_at;     /* ipa, or ADDRESS_UNSET: the composer finds a place */
    uint32_t *devices;   /* indices into board.devices */
    size_t device_count;
    bool dma_trusted; /* the user accepts that its DMA devices can reach all memory: RAM is ipa = pa */
    bool manager;
    enum plan_watchdog_action watchdog_action; /* PLAN_WATCHDOG_NONE: it has none */
    uint64_t watchdog_period_ns;
    uint64_t watchdog_first_ns;
    uint32_t watcher;       /* the board's CPU that looks at the watchdog */
    uint32_t restart_limit; /* restarts by a fault or the watchdog in restart_period_ns; 0: no limit */
    uint64_t restart_period_ns;
    uint64_t reload; /* bytes of room for another image; 0: it keeps the one that it has */
    struct place reload_place;
    uint64_t period_ns; /* on shared cores, for each of its vCPUs: budget_ns in each period_ns; 0: none */
    uint64_t budget_ns;
    struct plan_firmware *firmware; /* calls of the firmware that are passed on, ascending and apart */
    size_t firmware_count;
    uint32_t priority;
    uint32_t interrupts;          /* on shared cores, at most so many arrive for each of its vCPUs ... */
    uint64_t interrupt_period_ns; /* ... in any time of this length */
};

struct system {
    const char *file;
    struct board board;
    struct vm vms[PLAN_MAX_VMS];
    size_t vm_count;
    struct core cores[PLAN_MAX_CPUS]; /* by the board's index */
    bool cores_wrong;                 /* something in the list was: a CPU may be meant to be shared that is not */
    struct channel *channels;
    size_t channel_count;
    enum plan_speculation speculation;
    struct place speculation_place;
    bool has_console;            /* debug: {console: ...} */
    struct plan_console console; /* its registers, filled in by the front end */
    enum plan_engine_fault engine_fault;
    uint32_t manager_intid; /* of the doorbell that tells the manager of lost VMs; 0: there is no manager */
};

/** What vCPU @number of @vm reads in MPIDR_EL1. */
static inline uint64_t vm_vcpu_mpidr(const struct system *system, const struct vm *vm, size_t number)
{
    return vm->affinity == PLAN_AFFINITY_PHYSICAL ? system->board.cpus[vm->cpus[number]].mpidr : number;
}

/** Whether any vCPU of @vm shares its core: then all of them lack what is not switched there (plan_vm.limited). */
static inline bool vm_shares_core(const struct system *system, const struct vm *vm)
{
    for (size_t i = 0; i < vm->cpu_count; i++) {
        if (system->cores[vm->cpus[i]].policy != PLAN_POLICY_DEDICATED)
            return true;
    }
    return false;
}

/** A run of bytes in a VM's memory, from a file (perhaps unpacked) or made by the composer. */
struct segment {
    uint64_t ipa;
    uint64_t pa;
    const uint8_t *bytes;
    uint64_t file_size;
    uint64_t memory_size; /* >= file_size; the rest is zero */
    uint64_t copy_pa;     /* of a second copy, from which a restart restores it; set by image_write */
    bool exec;            /* only as far as the file says; RAM as a whole is RWX for its owner */
    const char *what;     /* "kernel", "initrd", "device tree", ... for `show` and messages */
};

/** Where a channel lies, and where its members see it. */
struct channel_layout {
    uint64_t pa;
    uint64_t ipa[CHANNEL_MAX_MEMBERS];
    uint64_t status_ipa[CHANNEL_MAX_MEMBERS]; /* of the member's peers' status pages, consecutive */
};

/** Where the manager sees what only it sees. */
struct manager_layout {
    uint64_t command_ipa;
    uint64_t observe_ipa; /* shared_pages.h */
    uint64_t plan_ipa;
    uint64_t plan_size;  /* whole pages; known when the image is written */
    uint64_t stores_ipa; /* all stores; 0: there are none */
};

/** Where a VM's things lie. */
struct vm_layout {
    struct plan_memory *ram; /* one per vm.memory, ipa and pa assigned; PLAN_MEMORY_ROM: not announced as RAM */
    size_t ram_count;
    struct segment *segments;
    size_t segment_count; /* the device tree's has no bytes before image_write made it */
    struct range copies;  /* room for copies of its segments outside of the store, whole pages that no other VM has */
    struct range store;   /* pa: what a restart copies to store_target, and the manager may write; size 0: none */
    struct range store_target; /* ipa: the part of its RAM that an image may fill */
    uint64_t store_target_pa;
    uint64_t entry;
    uint64_t dtb_ipa;
    uint64_t dtb_room;     /* bytes kept for the device tree */
    uint64_t initrd_start; /* ipa; 0 if none */
    uint64_t initrd_end;
    uint64_t info_ipa;
    uint64_t info_pa;
    uint64_t gicd_ipa;     /* = board.gicd_pa */
    uint64_t gicr_ipa;     /* = board.gicr.start */
    uint64_t doorbell_ipa; /* of its doorbells' pages, consecutive; 0: it has none */
    uint64_t watchdog_ipa; /* 0: it has none */
};

/** Whether the copy of @segment lies in the VM's store. */
static inline bool segment_is_stored(const struct vm_layout *layout, const struct segment *segment)
{
    return segment->ipa - layout->store_target.start < layout->store_target.size;
}

struct layout {
    struct vm_layout vms[PLAN_MAX_VMS];
    struct channel_layout *channels;
    struct manager_layout manager;
    struct range stores;    /* pa: all VMs' stores, consecutive, in the order of the VMs */
    uint64_t hypervisor_pa; /* all of the hypervisor, with the VMs' info pages and copies of their images */
    uint64_t hypervisor_end;
    uint64_t infos_pa; /* the info pages; below them the hypervisor itself and its tables */
};

/** Reads and checks the system and its board. @data: folder with hypervisor/, boards/, guests/, linux/. */
bool system_read(const char *file, const char *data, struct system *system);

/** Loads the images and gives everything its place. The device trees' contents are not in it yet. */
bool layout_make(const struct system *system, struct layout *layout);

/** Of a system with mistakes: reports those in the files that its VMs load, as far as these are known. */
void layout_look(const struct system *system);

/** Makes the device tree of VM @vm, at most vm_layout.dtb_room bytes. */
bool guest_dt_make(const struct system *system, const struct layout *layout, size_t vm, const void **dtb, size_t *size);

/** Makes tables and plan and writes the image to @output, by way of a temporary file beside it. */
bool image_write(const struct system *system, struct layout *layout, const char *hypervisor_elf, const char *output);

#endif
