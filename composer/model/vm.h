/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM as the user wants it: read by config/, completed by resolve/ (devices, watcher). What it is
 * loaded with, and where, is in layout.h. Sizes are in bytes, times in nanoseconds; indices are
 * those of struct board and struct system.
 */
#ifndef COMPOSER_VM_H
#define COMPOSER_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place.h"
#include "plan_map.h"
#include "range.h"

/** One range of memory a VM asked for. */
struct vm_memory {
    uint64_t size;
    uint64_t at; /* ipa, or ADDRESS_UNSET: ipa = pa, wherever the composer finds room */
    struct source_location location;
    bool rom; /* not announced as RAM: no /memory node; only then the next three */
    bool read_only;
    const char *file; /* path as found of what it holds at first, or NULL */
    struct source_location file_location;
};

/** A virtual machine. */
struct vm {
    struct source_location location;
    const char *name;
    /* nothing is wrong with what the file says of its memory and what is loaded there */
    bool loadable;
    enum plan_level level;
    enum plan_delivery delivery;
    enum plan_affinity affinity;
    enum plan_fault_action fault_action;
    uint32_t *cpus; /* indices into board.cpus, in the order the user gave: the first one boots */
    size_t cpu_count;
    struct vm_memory *memory; /* at least one */
    size_t memory_count;
    const char *image; /* path as found, or NULL; image: bare-metal program (ELF or raw) */
    struct source_location image_location;
    const char *kernel; /* kernel: arm64 Image, perhaps gzip'd; exactly one of image and kernel */
    const char *initrd; /* or NULL */
    struct source_location initrd_location;
    const char *cmdline; /* or NULL */
    bool raw;            /* the image is taken as it is, whatever it looks like */
    uint64_t load_at;    /* ipa for a raw image's first byte (key load-at), or ADDRESS_UNSET */
    uint64_t entry;      /* ipa, or ADDRESS_UNSET: from the image */
    uint64_t dtb_at;     /* ipa, or ADDRESS_UNSET: the composer finds a place */
    uint32_t *devices;   /* indices into board.devices */
    size_t device_count;
    /* the user accepts that its DMA devices can reach all memory: RAM is ipa = pa */
    bool dma_trusted;
    bool manager;
    enum plan_watchdog_action watchdog_action; /* PLAN_WATCHDOG_NONE: it has none */
    uint64_t watchdog_period_ns;
    uint64_t watchdog_first_ns;
    uint32_t watcher; /* the board's CPU that looks at the watchdog */
    /* restarts by a fault or the watchdog in restart_period_ns; 0: no limit */
    uint32_t restart_limit;
    uint64_t restart_period_ns;
    uint64_t reload; /* bytes of room for another image; 0: it keeps the one that it has */
    struct source_location reload_location;
    /* on shared cores, for each of its vCPUs: budget_ns in each period_ns; 0: none */
    uint64_t period_ns;
    uint64_t budget_ns;
    /* calls of the firmware that are passed on, ascending and apart */
    struct plan_firmware *firmware;
    size_t firmware_count;
    uint32_t priority;
    /* on shared cores, at most so many arrive for each of its vCPUs ... */
    uint32_t interrupts;
    uint64_t interrupt_period_ns; /* ... in any time of this length */
};

#endif
