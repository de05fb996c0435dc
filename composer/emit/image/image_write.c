/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the image from a system that has its layout: the last step of composing (system.h).
 *
 * The tables' addresses depend on the plan's size and the plan contains the tables' addresses. So
 * the plan is built twice: once for its size, which depends on counts only, and once for good.
 */
#include "image_write.h"

#include <stdlib.h>

#include "arithmetic.h"
#include "diagnostics.h"
#include "guest_dt.h"
#include "image_write_elf.h"
#include "image_write_info.h"
#include "memory.h"
#include "plan_build.h"
#include "stage1.h"
#include "stage2.h"
#include <string.h>

/* Gives the segment that was kept for the device tree its bytes. */
static void dtb_set(struct vm_layout *layout, const void *dtb, size_t size)
{
    for (size_t i = 0; i < layout->segment_count; i++) {
        struct segment *segment = &layout->segments[i];
        uint64_t before = layout->dtb_ipa - segment->ipa;
        if (segment->ipa != align_down(layout->dtb_ipa, LINE_SIZE)) {
            continue;
        }
        if (size > layout->dtb_room) {
            fatal("internal: a device tree is larger than its room");
        }
        uint8_t *bytes = memory_new((size_t)align_up(before + size, LINE_SIZE), 1);
        memcpy(bytes + before, dtb, size);
        segment->bytes = bytes;
        segment->file_size = align_up(before + size, LINE_SIZE);
        segment->memory_size = segment->file_size;
        return;
    }
}

static bool dtbs_make(const struct system *system, struct layout *layout)
{
    bool sound = true;

    for (size_t i = 0; i < system->vm_count; i++) {
        const void *dtb;
        size_t size;
        if (guest_dt_make(system, layout, i, &dtb, &size)) {
            dtb_set(&layout->vms[i], dtb, size);
        } else {
            sound = false;
        }
    }
    return sound;
}

/* Packs the copies into the room that the layout has kept, now that the device trees have their
 * sizes. */
static void copies_location(struct vm_layout *layout)
{
    uint64_t next = layout->copies.start;

    for (size_t i = 0; i < layout->segment_count; i++) {
        struct segment *segment = &layout->segments[i];
        if (segment_is_stored(layout, segment)) {
            segment->copy_pa = layout->store.start + (segment->ipa - layout->store_target.start);
            continue;
        }
        segment->copy_pa = next;
        next += segment->file_size;
    }
    if (next > range_end(layout->copies)) {
        fatal("internal: copies of images need more room than was kept");
    }
    layout->copies.size = align_up(next, PAGE_SIZE) - layout->copies.start;
}

/* Fixes where the parts of the hypervisor's block lie. The plan follows the read-only data. */
static void places_set(struct plan_input *input)
{
    const struct hypervisor_elf *hypervisor = input->hypervisor;
    uint64_t cpus = 0;

    for (size_t i = 0; i < PLAN_MAX_CPUS; i++) {
        cpus += input->plan_cpu_of[i] != PLAN_NONE;
    }
    input->places.plan_size = align_up(plan_build(input)->total_size, PAGE_SIZE);
    input->places.shared_pa =
        input->layout->hypervisor_pa + hypervisor->size + input->places.plan_size;
    input->places.percpu_pa = input->places.shared_pa + hypervisor->shared_size;
    input->places.tables_pa = input->places.percpu_pa + cpus * hypervisor->percpu_size;
}

static void stage2_tables_make(struct plan_input *input)
{
    for (size_t i = 0; i < input->system->vm_count; i++) {
        struct vm_tables *tables = &input->vms[i];
        plan_list_memory(input, i, tables);
        tables->stage2 = stage2_make(tables->memory, tables->memory_count);
        /* As long as the final ones: an entry is not zero if there is something below. */
        for (size_t j = 0; j < TABLE_ENTRIES; j++) {
            tables->root_entries[j] =
                tables->stage2->below[j] != NULL ? ENTRY_TABLE : tables->stage2->entries[j];
        }
    }
}

/* Stage 2 first, since stage 1 maps the roots. */
static void tables_write(struct plan_input *input, struct table_pool *pool)
{
    const struct system *system = input->system;
    uint64_t stage2_roots[PLAN_MAX_VMS] = {0};

    pool->pa = input->places.tables_pa;
    for (size_t i = 0; i < system->vm_count; i++) {
        struct vm_tables *tables = &input->vms[i];
        tables->stage2_root = table_write(pool, tables->stage2);
        memcpy(tables->root_entries, pool->pages[(tables->stage2_root - pool->pa) / PAGE_SIZE],
               sizeof(tables->root_entries));
        stage2_roots[i] = tables->stage2_root;
    }
    for (uint32_t i = 0; i < system->board.cpu_count; i++) {
        const struct stage1_input stage1 = {
            .system = system,
            .layout = input->layout,
            .hypervisor = input->hypervisor,
            .places = &input->places,
            .stage2_roots = stage2_roots,
            .plan_cpu_of = input->plan_cpu_of,
        };
        if (input->plan_cpu_of[i] != PLAN_NONE) {
            input->stage1_roots[i] = table_write(pool, stage1_make(&stage1, i));
        }
    }
    if (pool->pa + pool->count * PAGE_SIZE > input->layout->infos_pa) {
        fatal("internal: the hypervisor and its tables need more room than was kept");
    }
}

/* Each segment at its place and as a copy; the bytes are stored once. */
static void segments_add(const struct vm_layout *layout, struct pieces *pieces)
{
    for (size_t i = 0; i < layout->segment_count; i++) {
        const struct segment *segment = &layout->segments[i];
        struct piece piece = {
            .pa = segment->pa,
            .bytes = segment->bytes,
            .file_size = segment->file_size,
            .memory_size = segment->memory_size,
            .flags = PF_R | PF_W | (segment->exec ? PF_X : 0),
        };
        piece_add(pieces, piece);
        piece.pa = segment->copy_pa;
        piece.memory_size = segment->file_size;
        piece.flags = PF_R;
        piece_add(pieces, piece);
    }
}

static int pa_compare(const void *a, const void *b)
{
    const struct range *left = a, *right = b;

    return (left->start > right->start) - (left->start < right->start);
}

/* What of the store no segment fills is zero. */
static void store_add(const struct vm_layout *layout, struct pieces *pieces)
{
    struct range *filled = NULL;
    size_t count = 0;
    uint64_t next = layout->store.start;

    for (size_t i = 0; i < layout->segment_count; i++) {
        const struct segment *segment = &layout->segments[i];
        if (segment_is_stored(layout, segment) && segment->file_size != 0) {
            *ARRAY_ADD(filled, count) = range_of(segment->copy_pa, segment->file_size);
        }
    }
    *ARRAY_ADD(filled, count) = range_of(range_end(layout->store), 0);
    qsort(filled, count, sizeof(*filled), pa_compare);
    for (size_t i = 0; i < count; i++) {
        piece_add(pieces, (struct piece){.pa = next,
                                         .memory_size = filled[i].start - next,
                                         .flags = PF_R | PF_W});
        next = range_end(filled[i]);
    }
}

static void hypervisor_add(const struct plan_input *input, const struct plan *plan,
                           const struct table_pool *pool, struct pieces *pieces)
{
    const struct hypervisor_elf *hypervisor = input->hypervisor;
    uint64_t pa = input->layout->hypervisor_pa;
    uint64_t data_size = input->places.tables_pa - input->places.shared_pa;

    piece_add_sparse(pieces, pa, hypervisor->bytes, hypervisor->text_end, PF_R | PF_X);
    piece_add_sparse(pieces, pa + hypervisor->text_end, hypervisor->bytes + hypervisor->text_end,
                     hypervisor->size - hypervisor->text_end, PF_R);
    piece_add_sparse(pieces, pa + hypervisor->size, plan, input->places.plan_size, PF_R);
    piece_add(pieces, (struct piece){.pa = input->places.shared_pa,
                                     .memory_size = data_size,
                                     .flags = PF_R | PF_W});
    piece_add_sparse(pieces, pool->pa, pool->pages, pool->count * PAGE_SIZE, PF_R);
}

/* The manager's device tree says how large the plan is, and the plan has the device trees in it:
 * their sizes, which do not depend on that. So both are made with an upper bound first. */
static bool tables_and_trees_make(const struct system *system, struct layout *layout,
                                  struct plan_input *input)
{
    bool sound = dtbs_make(system, layout);

    sound &= plan_list_regions(system, &input->regions);
    if (!sound) {
        return false;
    }
    for (size_t i = 0; i < system->vm_count; i++) {
        copies_location(&layout->vms[i]);
    }
    stage2_tables_make(input);
    places_set(input);
    layout->manager.plan_size = input->places.plan_size;
    stage2_tables_make(input);
    return dtbs_make(system, layout);
}

static void channels_add(const struct system *system, const struct layout *layout,
                         struct pieces *pieces)
{
    for (size_t i = 0; i < system->channel_count; i++) {
        piece_add(pieces, (struct piece){.pa = layout->channels[i].pa,
                                         .memory_size = system->channels[i].size,
                                         .flags = PF_R | PF_W});
    }
}

bool image_write(const struct system *system, struct layout *layout, const char *hypervisor_elf,
                 const char *output)
{
    struct hypervisor_elf hypervisor;
    struct plan_input *input = memory_new(1, sizeof(*input));
    struct table_pool pool = {0};
    struct pieces pieces = {0};

    hypervisor_elf_read(hypervisor_elf, &hypervisor);
    input->system = system;
    input->layout = layout;
    input->hypervisor = &hypervisor;
    plan_number_cpus(system, input->plan_cpu_of);
    if (!tables_and_trees_make(system, layout, input)) {
        return false;
    }
    tables_write(input, &pool);
    const struct plan *plan = plan_build(input);

    hypervisor_add(input, plan, &pool, &pieces);
    for (size_t i = 0; i < system->vm_count; i++) {
        info_add(input, i, &pieces);
        segments_add(&layout->vms[i], &pieces);
        store_add(&layout->vms[i], &pieces);
    }
    channels_add(system, layout, &pieces);
    image_elf_write(&pieces, layout->hypervisor_pa + hypervisor.entry,
                    layout->hypervisor_pa + hypervisor.size, output);
    return true;
}
