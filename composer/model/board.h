/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board, as all that it gives away is known: made from boards/NAME/board.dtb and board.yaml by
 * board_read (board/board_read.h), which leaves nothing of it unset. Devices get their owners in
 * resolve/; nothing else changes afterwards. Addresses and sizes are physical, in bytes.
 */
#ifndef COMPOSER_BOARD_H
#define COMPOSER_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan_map.h"
#include "range.h"

struct board_cpu {
    uint64_t mpidr;
    int node;               /* offset in the board's device tree */
    uint32_t redistributor; /* GICv3: which of them is its own */
    uint32_t interface;     /* GICv2: the number of its CPU interface */
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
    /* why this version cannot give it to anybody, with the node's path; or NULL */
    const char *problem;
    bool dma; /* can read and write memory by itself */
    /* the bus beyond which memory has other addresses; NULL: they are the CPU's */
    const char *dma_problem;
    struct range *windows;     /* the memory that it reaches */
    size_t window_count;       /* 0: all */
    bool interrupt_controller; /* part of the GIC: never given to a VM */
    uint32_t owner;            /* index of the VM that has it, or PLAN_NONE */
};

/** Registers of the interrupt controller. */
struct board_frame {
    const char *name; /* "gic distributor", ... */
    struct range range;
};
#define BOARD_MAX_FRAMES 4

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
    unsigned gic_version;                            /* 2 or 3 */
    struct board_frame gic_frames[BOARD_MAX_FRAMES]; /* all of its registers */
    size_t gic_frame_count;
    uint64_t gicd_pa;
    /* GICv3: all redistributors; a CPU's at start + board_cpu.redistributor * gicr_stride */
    struct range gicr;
    uint64_t gicr_stride;
    uint64_t gicc_pa; /* GICv2: the CPU interface's two pages; the next two: a page each (plan.h) */
    uint64_t gich_pa;
    uint64_t gicv_pa;
    uint32_t intid_count;            /* a multiple of 32; from PLAN_INTID_END on none exists */
    struct plan_costs costs;         /* all 0: board.yaml does not say */
    uint32_t timer_intids[4];        /* secure physical, physical, virtual, hypervisor */
    uint32_t maintenance_intid;      /* of the GIC's virtual interface */
    const struct board_facts *facts; /* the rest of board.yaml (board_read.h); for the front end */
};

#endif
