/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a VM's memory holds at its start, against the files that the system names: the image, the
 * initial RAM disk, the device tree (which the other properties are about), and zeros everywhere
 * else.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check_guest_file.h"
#include "check_tree.h"

#define LINUX_ALIGNMENT    0x200000U
#define ANYWHERE_ALIGNMENT 0x10000U
#define CHUNK              0x10000U

/** What is known to lie in a VM's memory, by ipa. */
struct contents {
    struct check *check;
    uint32_t vm;
    struct spans known;
};

static const struct plan_memory *ram_at(const struct contents *contents, uint64_t ipa,
                                        uint64_t size)
{
    const struct plan_memory *memory = plan_view_memory(&contents->check->view.plan, contents->vm);
    for (uint32_t i = 0; i < contents->check->view.plan.vms[contents->vm].memory.count; i++) {
        if (image_view_is_ram(&contents->check->view, contents->vm, &memory[i]) &&
            range_contains(memory[i].ipa, memory[i].size, ipa, size)) {
            return &memory[i];
        }
    }
    return NULL;
}

/* Whether the VM's memory at @ipa holds these bytes; if not, *@where is the first address that
 * doesn't. */
static bool holds(const struct contents *contents, uint64_t ipa, const uint8_t *bytes,
                  uint64_t size, uint64_t *where)
{
    const struct plan_memory *memory = ram_at(contents, ipa, size);
    uint8_t loaded[CHUNK];
    *where = ipa;
    for (uint64_t done = 0; memory != NULL && done < size;) {
        uint64_t step = size - done < CHUNK ? size - done : CHUNK;
        image_file_copy(contents->check->view.image, memory->pa + (ipa - memory->ipa) + done,
                        loaded, step);
        if (memcmp(loaded, bytes + done, step) != 0) {
            while (loaded[*where - ipa - done] == bytes[*where - ipa]) {
                (*where)++;
            }
            return false;
        }
        done += step;
        *where = ipa + done;
    }
    return memory != NULL;
}

static void expect_bytes(struct contents *contents, uint64_t ipa, const uint8_t *bytes,
                         uint64_t size, const char *name)
{
    uint64_t where;
    spans_add(&contents->known, ipa, size, 0, name);
    if (size != 0 && !holds(contents, ipa, bytes, size, &where)) {
        report_fail(contents->check->view.report, PROPERTY_SYSTEM_IMAGES,
                    "%s: ipa 0x%" PRIx64 " does not hold what %s has",
                    contents->check->view.vm_who[contents->vm], where, name);
    }
}

static uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

static uint64_t first_ram(const struct contents *contents)
{
    const struct plan_memory *memory = plan_view_memory(&contents->check->view.plan, contents->vm);
    for (uint32_t i = 0; i < contents->check->view.plan.vms[contents->vm].memory.count; i++) {
        if (image_view_is_ram(&contents->check->view, contents->vm, &memory[i]) &&
            (memory[i].flags & PLAN_MEMORY_ROM) == 0) {
            return memory[i].ipa;
        }
    }
    return 0;
}

/* What is to be added to the addresses of the file. A VM starts at its image's entry, unless the
 * system gives another.
 */
static uint64_t shift_of(const struct contents *contents, const struct guest_file *guest)
{
    struct system_source *system = contents->check->sources->system;
    const yaml_node_t *asked = system_vm(system, contents->vm);
    uint64_t ram = first_ram(contents);
    uint64_t at;
    bool chosen = config_value(config_get(&system->config, asked, "load-at"), &at);
    if (guest->form == GUEST_FIXED) {
        return 0;
    }
    if (config_get(&system->config, asked, "entry") == NULL) {
        return contents->check->view.plan.vms[contents->vm].entry_ipa - guest->entry;
    }
    if (guest->form == GUEST_ANYWHERE) {
        uint64_t lowest = guest->part_count != 0
                              ? guest->parts[0].start / ANYWHERE_ALIGNMENT * ANYWHERE_ALIGNMENT
                              : 0;
        return (chosen ? at : align_up(ram, ANYWHERE_ALIGNMENT)) - lowest;
    }
    return chosen ? at : guest->form == GUEST_LINUX ? align_up(ram, LINUX_ALIGNMENT) : ram;
}

static void expect_image(struct contents *contents, const char *name)
{
    struct system_source *system = contents->check->sources->system;
    const struct plan_vm *vm = &contents->check->view.plan.vms[contents->vm];
    const yaml_node_t *asked = system_vm(system, contents->vm);
    struct guest_file guest = {0};
    struct image_file file;
    char why[IMAGE_FILE_WHY_SIZE];
    bool raw = strcmp(config_word(&system->config, asked, "raw", "false"), "true") == 0;
    if (!system_file_open(system, name, &file, why) || !guest_file_open(&file, raw, &guest, why)) {
        report_fail(contents->check->view.report, PROPERTY_SYSTEM_IMAGES,
                    "%s: %s can't be compared: %s", contents->check->view.vm_who[contents->vm],
                    name, why);
        guest_file_close(&guest);
        return;
    }
    uint64_t shift = shift_of(contents, &guest);
    uint64_t entry = config_number(&system->config, asked, "entry", guest.entry + shift);
    uint64_t load = config_number(&system->config, asked, "load-at", shift);
    if (vm->entry_ipa != entry || (guest.form == GUEST_RAW && shift != load)) {
        report_fail(contents->check->view.report, PROPERTY_SYSTEM_IMAGES,
                    "%s starts at ipa 0x%" PRIx64 ", %s at 0x%" PRIx64,
                    contents->check->view.vm_who[contents->vm], vm->entry_ipa, name, entry);
    }
    for (size_t i = 0; i < guest.part_count; i++) {
        const struct guest_part *part = &guest.parts[i];
        const struct plan_memory *ram = ram_at(contents, part->start + shift, part->memory_size);
        expect_bytes(contents, part->start + shift, part->bytes, part->size, name);
        if (ram == NULL ||
            !image_file_loads(contents->check->view.image,
                              ram->pa + (part->start + shift - ram->ipa), part->memory_size)) {
            report_fail(contents->check->view.report, PROPERTY_SYSTEM_IMAGES,
                        "%s: ipa 0x%" PRIx64
                        " and on is not loaded whole, with the zeros that %s wants there",
                        contents->check->view.vm_who[contents->vm], part->start + shift, name);
        }
    }
    guest_file_close(&guest);
}

static void expect_ramdisk(struct contents *contents, const char *name)
{
    struct check *check = contents->check;
    const void *tree = check->trees[contents->vm];
    int chosen = tree != NULL ? fdt_path_offset(tree, "/chosen") : -1;
    int start_length = 0, end_length = 0;
    const fdt32_t *start =
        chosen >= 0 ? fdt_getprop(tree, chosen, "linux,initrd-start", &start_length) : NULL;
    const fdt32_t *end =
        chosen >= 0 ? fdt_getprop(tree, chosen, "linux,initrd-end", &end_length) : NULL;
    struct image_file file = {0};
    char why[IMAGE_FILE_WHY_SIZE] = "its device tree names no initial RAM disk";
    bool said = start != NULL && end != NULL && start_length == 8 && end_length == 8;
    if (name == NULL) {
        if (start != NULL || end != NULL) {
            report_fail(check->view.report, PROPERTY_SYSTEM_IMAGES,
                        "%s has an initial RAM disk, in %s it has none",
                        check->view.vm_who[contents->vm], check->sources->system->path);
        }
    } else if (!said || !system_file_open(check->sources->system, name, &file, why)) {
        report_fail(check->view.report, PROPERTY_SYSTEM_IMAGES, "%s: %s can't be compared: %s",
                    check->view.vm_who[contents->vm], name, why);
    } else {
        if (tree_cells(end, 2) - tree_cells(start, 2) != file.size) {
            report_fail(check->view.report, PROPERTY_SYSTEM_IMAGES,
                        "%s: its device tree does not end %s where that ends",
                        check->view.vm_who[contents->vm], name);
        }
        expect_bytes(contents, tree_cells(start, 2), file.bytes, file.size, name);
    }
    image_file_close(&file);
}

/* Regions that are not announced as RAM have files of their own. */
static void expect_roms(struct contents *contents)
{
    struct check *check = contents->check;
    struct system_source *system = check->sources->system;
    const struct plan_memory *memory = plan_view_memory(&check->view.plan, contents->vm);
    const yaml_node_t *list =
        config_get(&system->config, system_vm(system, contents->vm), "memory");
    size_t met = 0;
    for (uint32_t i = 0; i < check->view.plan.vms[contents->vm].memory.count; i++) {
        if (!image_view_is_ram(&check->view, contents->vm, &memory[i])) {
            continue;
        }
        const char *name =
            config_word(&system->config, config_item(&system->config, list, met++), "file", NULL);
        struct image_file file = {0};
        char why[IMAGE_FILE_WHY_SIZE];
        if (name == NULL) {
            continue;
        }
        if (system_file_open(system, name, &file, why)) {
            expect_bytes(contents, memory[i].ipa, file.bytes, file.size, name);
        } else {
            report_fail(check->view.report, PROPERTY_SYSTEM_IMAGES, "%s: %s can't be compared: %s",
                        check->view.vm_who[contents->vm], name, why);
        }
        image_file_close(&file);
    }
}

/* All that nothing is said of is zero. */
static void expect_zeros(struct contents *contents)
{
    struct check *check = contents->check;
    const struct plan_memory *memory = plan_view_memory(&check->view.plan, contents->vm);
    spans_join(&contents->known);
    for (uint32_t i = 0; i < check->view.plan.vms[contents->vm].memory.count; i++) {
        uint64_t at = memory[i].ipa;
        uint64_t end = memory[i].ipa + memory[i].size;
        while (image_view_is_ram(&check->view, contents->vm, &memory[i]) && at < end) {
            const struct span *next = spans_overlapping(&contents->known, at, end - at);
            uint64_t stop = next != NULL && next->start > at ? next->start
                            : next != NULL                   ? at
                                                             : end;
            uint64_t where;
            if (!image_file_is_zero(check->view.image, memory[i].pa + (at - memory[i].ipa),
                                    stop - at, &where)) {
                report_fail(check->view.report, PROPERTY_SYSTEM_IMAGES,
                            "%s: ipa 0x%" PRIx64 " holds something that none of its files has",
                            check->view.vm_who[contents->vm], where - memory[i].pa + memory[i].ipa);
            }
            at = next != NULL ? next->start + next->size : end;
        }
    }
}

void check_system_images(struct check *check)
{
    struct system_source *system = check->sources->system;
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        struct contents contents = {.check = check, .vm = vm};
        const char *image =
            system_vm_word(system, vm, "kernel", system_vm_word(system, vm, "image", NULL));
        uint64_t tree_at = config_number(&system->config, system_vm(system, vm), "dtb-at",
                                         check->view.plan.vms[vm].dtb_ipa);
        if (image == NULL || tree_at != check->view.plan.vms[vm].dtb_ipa) {
            report_fail(check->view.report, PROPERTY_SYSTEM_IMAGES,
                        "%s: its image or the place of its device tree is not as in %s",
                        check->view.vm_who[vm], system->path);
        }
        if (check->trees[vm] != NULL) {
            spans_add(&contents.known, check->view.plan.vms[vm].dtb_ipa,
                      fdt_totalsize(check->trees[vm]), 0, "tree");
        }
        if (image != NULL) {
            expect_image(&contents, image);
            expect_ramdisk(&contents, system_vm_word(system, vm, "initrd", NULL));
        }
        expect_roms(&contents);
        expect_zeros(&contents);
        spans_free(&contents.known);
    }
}
