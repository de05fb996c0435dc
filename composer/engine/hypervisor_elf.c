/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the hypervisor's ELF file (hypervisor_elf.h). */
#include "hypervisor_elf.h"

#include <string.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "el2_map.h"
#include "elf_view.h"
#include "file_read.h"
#include "memory.h"
#include "shared_pages.h"

/* Reading a file reports a mistake of the user's; here it would be one of the installation's. */
static void whole_file_read(const char *path, struct file_bytes *file)
{
    if (!file_read((struct source_location){path, 0}, "hypervisor", path, file)) {
        fatal("the hypervisor is missing; build or install it again");
    }
}

static uint64_t symbol(const struct elf_view *elf, const char *path, const char *name)
{
    uint64_t value;

    if (!elf_view_symbol(elf, name, &value)) {
        fatal("hypervisor '%s' has no symbol '%s'; build or install it again", path, name);
    }
    return value;
}

uint64_t hypervisor_elf_policy(const char *path, const char *name)
{
    char text[8 + PLAN_NAME_SIZE] = "sched_";
    struct file_bytes file;
    struct elf_view elf;
    uint64_t value, start, end;

    whole_file_read(path, &file);
    strncat(text, name, PLAN_NAME_SIZE);
    for (char *c = text; *c != 0; c++) {
        *c = *c == '-' ? '_' : *c;
    }
    /* Functions of the scheduler have such names too; policies are constants. */
    bool found =
        elf_view_open(&elf, file.bytes, file.size) == NULL && elf_view_symbol(&elf, text, &value) &&
        elf_view_symbol(&elf, "rodata_start", &start) && elf_view_symbol(&elf, "rodata_end", &end);
    return found && value >= start && value < end ? value : 0;
}

static void expect(bool holds, const char *path, const char *what)
{
    if (!holds) {
        fatal("hypervisor '%s' is not linked as abi/el2_map.h says: %s", path, what);
    }
}

/* Copies what the file holds below the plan; data beyond it has no bytes in the file. */
static void contents_read(const struct elf_view *elf, const char *path,
                          struct hypervisor_elf *hypervisor)
{
    struct range block = range_of(EL2_BASE, hypervisor->size);
    uint8_t *bytes = memory_new((size_t)hypervisor->size, 1);

    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        Elf64_Phdr program = elf_view_program(elf, i);
        if (program.p_type != PT_LOAD || program.p_filesz == 0) {
            continue;
        }
        expect(range_contains(block, range_of(program.p_vaddr, program.p_filesz)), path,
               "bytes outside of text and read-only data");
        memcpy(bytes + (program.p_vaddr - EL2_BASE), elf->bytes + program.p_offset,
               (size_t)program.p_filesz);
    }
    hypervisor->bytes = bytes;
}

/* What VMs are shown is made of whole pages (shared_pages.h). */
static void shared_check(const struct hypervisor_elf *hypervisor, const char *path)
{
    struct range shared = range_of(0, hypervisor->shared_size);
    struct range watchdogs = range_of(hypervisor->watchdogs, SHARED_WATCHDOG_SIZE);
    struct range manager = range_of(hypervisor->manager, PAGE_SIZE);
    struct range observed = range_of(hypervisor->status, OBSERVE_SIZE);

    expect(hypervisor->vcpu_stats == hypervisor->status + OBSERVE_STATS_OFFSET &&
               hypervisor->log_rings == hypervisor->status + OBSERVE_LOG_OFFSET,
           path, "status pages, counters and log rings do not follow each other");
    expect((hypervisor->status | hypervisor->watchdogs | hypervisor->manager) % PAGE_SIZE == 0,
           path, "pages of shared data are not aligned");
    expect(range_contains(shared, observed) && range_contains(shared, watchdogs) &&
               range_contains(shared, manager),
           path, "pages that VMs are shown are not in shared data");
    expect(!ranges_overlap(observed, watchdogs) && !ranges_overlap(observed, manager) &&
               !ranges_overlap(watchdogs, manager),
           path, "pages that VMs are shown overlap");
}

void hypervisor_elf_read(const char *path, struct hypervisor_elf *hypervisor)
{
    struct file_bytes file;
    struct elf_view elf;

    whole_file_read(path, &file);
    const char *wrong = elf_view_open(&elf, file.bytes, file.size);
    if (wrong != NULL) {
        fatal("hypervisor '%s' %s; build or install it again", path, wrong);
    }

    uint64_t shared_start = symbol(&elf, path, "shared_start");
    uint64_t percpu_start = symbol(&elf, path, "percpu_start");
    uint64_t text_end = symbol(&elf, path, "text_end");
    uint64_t rodata_end = symbol(&elf, path, "rodata_end");
    uint64_t plan = symbol(&elf, path, "plan");
    *hypervisor = (struct hypervisor_elf){
        .size = plan - EL2_BASE,
        .path = path,
        .entry = symbol(&elf, path, "_start") - EL2_BASE,
        .boot_start = align_down(symbol(&elf, path, "boot_start"), PAGE_SIZE) - EL2_BASE,
        .boot_end = align_up(symbol(&elf, path, "boot_end"), PAGE_SIZE) - EL2_BASE,
        .text_end = text_end - EL2_BASE,
        .shared_size = align_up(symbol(&elf, path, "shared_end") - shared_start, PAGE_SIZE),
        .percpu_size = align_up(symbol(&elf, path, "percpu_end") - percpu_start, PAGE_SIZE),
        .status = symbol(&elf, path, "vm_status_pages") - shared_start,
        .vcpu_stats = symbol(&elf, path, "vcpu_stats") - shared_start,
        .log_rings = symbol(&elf, path, "log_rings") - shared_start,
        .watchdogs = symbol(&elf, path, "watchdog_pages") - shared_start,
        .manager = symbol(&elf, path, "manager_pages") - shared_start,
    };
    expect(symbol(&elf, path, "text_start") == EL2_BASE, path, "text does not start at EL2_BASE");
    expect(text_end % PAGE_SIZE == 0 && symbol(&elf, path, "rodata_start") == text_end, path,
           "read-only data does not follow text");
    expect(plan % PAGE_SIZE == 0 && rodata_end >= text_end &&
               plan == align_up(rodata_end, PAGE_SIZE),
           path, "the plan does not follow read-only data");
    expect(hypervisor->size < EL2_SHARED - EL2_BASE, path, "text and read-only data are too large");
    expect(hypervisor->boot_start < hypervisor->boot_end &&
               hypervisor->boot_end <= hypervisor->text_end,
           path, "the boot pages are not part of text");
    expect(hypervisor->entry >= hypervisor->boot_start && hypervisor->entry < hypervisor->boot_end,
           path, "_start is not in the boot pages");
    expect(shared_start == EL2_SHARED && hypervisor->shared_size < EL2_PERCPU - EL2_SHARED, path,
           "shared data is at another place or too large");
    expect(percpu_start == EL2_PERCPU && hypervisor->percpu_size <= BLOCK_SIZE, path,
           "data of each CPU is at another place or too large");
    shared_check(hypervisor, path);
    expect(
        symbol(&elf, path, "observe_start") == shared_start + hypervisor->status &&
            symbol(&elf, path, "observe_end") == shared_start + hypervisor->status + OBSERVE_SIZE,
        path, "between observe_start and observe_end is something else than what can be observed");
    contents_read(&elf, path, hypervisor);
}
