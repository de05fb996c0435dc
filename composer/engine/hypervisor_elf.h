/* SPDX-License-Identifier: Apache-2.0 */
/* What the composer must know of the hypervisor's ELF file (linked at the addresses of
 * abi/el2_map.h). */
#ifndef COMPOSER_HYPERVISOR_ELF_H
#define COMPOSER_HYPERVISOR_ELF_H

#include <stdint.h>

struct hypervisor_elf {
    const char *path;
    const uint8_t *bytes; /* from EL2_BASE to the plan: text and read-only data */
    uint64_t size;        /* whole pages; the plan follows */
    uint64_t entry;       /* all below: offsets from EL2_BASE */
    uint64_t boot_start;  /* text that must also be identity mapped, whole pages */
    uint64_t boot_end;
    uint64_t text_end;
    uint64_t shared_size; /* whole pages, zero at entry */
    uint64_t percpu_size; /* whole pages, zero at entry; a copy for each CPU */
    /* offset in shared, as those below: pages of struct vm_status, first of what is observed */
    uint64_t status;
    uint64_t vcpu_stats;
    uint64_t log_rings;
    uint64_t watchdogs; /* pages of struct watchdog_page */
    uint64_t manager;   /* the page of struct manager_page */
};

/** The address of policy @name (as users write it) in the hypervisor at @path; 0 if it has none
 * of that name. */
uint64_t hypervisor_elf_policy(const char *path, const char *name);

/** Reads it; ends the program (fatal) where it is not as agreed, since that is no mistake of the
 * user's. */
void hypervisor_elf_read(const char *path, struct hypervisor_elf *hypervisor);

#endif
