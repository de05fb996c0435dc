/* SPDX-License-Identifier: Apache-2.0 */
#include "run_where.h"

#include <inttypes.h>

#include "diagnostics.h"
#include "elf_view.h"
#include "file_read.h"
#include "memory.h"

#define LEVEL_HYPERVISOR 2

/* An ELF file may be unpacked to so much. */
#define UNPACK_LIMIT (1ULL << 30)

/** Opens the ELF file @path; false if it is none, which was no mistake so far and is none now. */
static bool open_elf(const char *path, struct elf_view *elf)
{
    struct source_location location = {path, 0};
    size_t moment = errors_now();
    struct file_bytes file;
    bool opened = file_read(location, "image", path, &file) &&
                  file_unpack(location, "image", path, UNPACK_LIMIT, &file) &&
                  elf_is(file.bytes, file.size) &&
                  elf_view_open(elf, file.bytes, file.size) == NULL;

    errors_undo(moment);
    return opened;
}

/** ` (main+0x10)`, or nothing where no symbol is known. */
static const char *symbol_text(const char *path, uint64_t moved, bool by_entry, uint64_t entry,
                               uint64_t pc)
{
    struct elf_view elf;
    uint64_t offset;

    if (path == NULL || !open_elf(path, &elf)) {
        return "";
    }
    if (by_entry) {
        moved = entry - elf.header.e_entry;
    }

    const char *name = elf_view_function(&elf, pc - moved, &offset);
    return name != NULL ? text_format(" (%s+0x%" PRIx64 ")", name, offset) : "";
}

static const char *guest_symbol(const struct where *where, const struct plan *plan, uint32_t vm,
                                uint64_t pc)
{
    const struct plan_vm *vms = (const void *)((const uint8_t *)plan + plan->vms.offset);

    if (vm >= where->system->vm_count) {
        return "";
    }
    /* Where the file's entry point was put tells how far its program was moved. */
    return symbol_text(where->system->vms[vm].image, 0,
                       where->system->vms[vm].entry == ADDRESS_UNSET, vms[vm].entry_ipa, pc);
}

const char *where_text(const struct where *where, const struct plan *plan, uint32_t cpu,
                       uint32_t vm)
{
    if (cpu >= where->count) {
        return NULL;
    }

    const struct cpu_location *location = &where->places[cpu];
    const char *symbol = location->level == LEVEL_HYPERVISOR
                             ? symbol_text(where->engine, 0, false, 0, location->pc)
                             : guest_symbol(where, plan, vm, location->pc);
    if (location->activity == CPU_NEVER_RAN) {
        return "has not executed an instruction yet";
    }
    if (location->level == LEVEL_HYPERVISOR) {
        return text_format("%s in the hypervisor at pc 0x%08" PRIx64 "%s",
                           location->activity == CPU_RUNS ? "is"
                                                          : "sleeps, until an interrupt comes,",
                           location->pc, symbol);
    }
    return text_format("%s at pc 0x%08" PRIx64 "%s%s",
                       location->activity == CPU_WAITS_WFI   ? "waits for an interrupt (WFI)"
                       : location->activity == CPU_WAITS_WFE ? "waits for an event (WFE)"
                                                             : "runs",
                       location->pc, symbol,
                       location->level >= 0 ? text_format(", EL%d", location->level) : "");
}
