/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each CPU maps at EL2, against abi/el2_map.h: first a list of what should be there is made
 * from the plan, then every mapping must be a piece of it, and every piece must be mapped.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "check_context.h"
#include "el2_map.h"
#include "plan_gic.h"

#define ACCESS_TEXT   (PLAN_MEMORY_READ | PLAN_MEMORY_EXEC)
#define ACCESS_READ   PLAN_MEMORY_READ
#define ACCESS_DATA   (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE)
#define ACCESS_DEVICE (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_DEVICE)

/** Something that belongs at an address of EL2's. */
struct expected {
    uint64_t va;
    uint64_t pa;
    uint64_t size;
    uint32_t access;
    enum property property;
    bool required;
    uint64_t mapped; /* bytes of it that were found */
    const char *what;
};

struct expected_list {
    struct expected *items;
    size_t count;
    size_t room;
};

static void expect(struct expected_list *list, uint64_t va, uint64_t pa, uint64_t size,
                   uint32_t access, enum property property, const char *what)
{
    if (list->count == list->room) {
        list->room = list->room != 0 ? 2 * list->room : 32;
        list->items = memory_or_exit(list->items, list->room, sizeof(list->items[0]));
    }
    uint64_t start = pa / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
    uint64_t end = (pa + size + PLAN_PAGE_SIZE - 1) / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
    list->items[list->count++] = (struct expected){.va = va - (pa - start),
                                                   .pa = start,
                                                   .size = end - start,
                                                   .access = access,
                                                   .property = property,
                                                   .required = true,
                                                   .what = what};
}

static void expect_hypervisor(const struct check *check, uint32_t cpu, struct expected_list *list)
{
    const struct plan *plan = check->view.plan.plan;
    const struct plan_hypervisor *hypervisor = &plan->hypervisor;
    uint64_t text = hypervisor->text_size;
    uint64_t constant = hypervisor->rodata_size + plan->total_size;
    expect(list, hypervisor->pa, hypervisor->pa, text, ACCESS_TEXT, PROPERTY_HYPERVISOR_TEXT,
           "boot pages");
    /* only those that run while the MMU is switched on */
    list->items[list->count - 1].required = false;
    expect(list, EL2_BASE, hypervisor->pa, text, ACCESS_TEXT, PROPERTY_HYPERVISOR_TEXT, "text");
    expect(list, EL2_BASE + text, hypervisor->pa + text, constant, ACCESS_READ,
           PROPERTY_HYPERVISOR_READONLY, "read-only data and plan");
    expect(list, EL2_SHARED, hypervisor->shared_pa, hypervisor->shared_size, ACCESS_DATA,
           PROPERTY_HYPERVISOR_DATA, "shared data");
    expect(list, EL2_PERCPU, plan->cpus[cpu].percpu_pa, hypervisor->percpu_size, ACCESS_DATA,
           PROPERTY_HYPERVISOR_DATA, "the CPU's own data");
    expect(list, EL2_GICD, plan->gic.gicd_pa, plan_gicd_size(plan), ACCESS_DEVICE,
           PROPERTY_HYPERVISOR_DEVICES, "distributor");
    if (plan_has_gicv2(plan)) {
        expect(list, EL2_GICC, plan->gic.gicc_pa, GICC_SIZE, ACCESS_DEVICE,
               PROPERTY_HYPERVISOR_DEVICES, "CPU interface");
        expect(list, EL2_GICH, plan->gic.gich_pa, PLAN_PAGE_SIZE, ACCESS_DEVICE,
               PROPERTY_HYPERVISOR_DEVICES, "control of virtual interfaces");
    }
    if (plan->console.present != 0) {
        expect(list, EL2_CONSOLE, plan->console.pa, PLAN_PAGE_SIZE, ACCESS_DEVICE,
               PROPERTY_HYPERVISOR_DEVICES, "console");
    }
}

static void expect_window(struct expected_list *list, uint64_t pa, uint64_t size, uint32_t access,
                          const char *what)
{
    expect(list, EL2_WINDOW + pa, pa, size, access, PROPERTY_HYPERVISOR_WINDOW, what);
}

/* What a CPU maps because of a VM that runs on it. */
static void expect_vm(const struct check *check, uint32_t vm, struct expected_list *list)
{
    const struct plan_view *plan = &check->view.plan;
    for (size_t i = 0; i < check->view.vm_ram[vm].count; i++) {
        expect_window(list, check->view.vm_ram[vm].items[i].start,
                      check->view.vm_ram[vm].items[i].size, ACCESS_DATA, "RAM");
    }
    expect_window(list, plan->vms[vm].info_pa, PLAN_PAGE_SIZE, ACCESS_DATA, "info page");
    const struct plan_restore *restore = plan_view_restore(plan, vm);
    for (uint32_t i = 0; i < plan->vms[vm].restore.count; i++) {
        if (restore[i].source_pa != 0) {
            expect_window(list, restore[i].source_pa, restore[i].size, ACCESS_READ,
                          "pristine copy");
        }
    }
}

/* What a CPU maps to stop a VM: the root of its stage 2, and the redistributors of its CPUs,
 * which may sleep. */
static void expect_controllable(const struct check *check, uint32_t vm, struct expected_list *list)
{
    const struct plan_view *plan = &check->view.plan;
    expect(list, EL2_STAGE2_ROOT((uint64_t)vm), plan->vms[vm].stage2.root_pa, PLAN_PAGE_SIZE,
           ACCESS_DATA, PROPERTY_HYPERVISOR_ROOTS, "stage-2 root");
    for (uint32_t cpu = 0; cpu < plan->plan->cpu_count && !plan_has_gicv2(plan->plan); cpu++) {
        if (image_view_runs_on(&check->view, vm, cpu)) {
            expect(list, EL2_GICR + (uint64_t)cpu * EL2_GICR_STRIDE, plan->plan->cpus[cpu].gicr_pa,
                   GICR_SIZE, ACCESS_DEVICE, PROPERTY_HYPERVISOR_DEVICES, "redistributor");
        }
    }
}

static int compare_by_va(const void *left, const void *right)
{
    const struct expected *a = left;
    const struct expected *b = right;
    return (a->va > b->va) - (a->va < b->va);
}

/* Sorts by address. Copies may share a page: then the second one ends up shorter, or empty and
 * left out. */
static void sort_expected(struct expected_list *list)
{
    qsort(list->items, list->count, sizeof(list->items[0]), compare_by_va);
    size_t kept = 0;
    uint64_t end = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct expected item = list->items[i];
        uint64_t skip = item.va < end ? end - item.va : 0;
        if (skip >= item.size) {
            continue;
        }
        item.va += skip;
        item.pa += skip;
        item.size -= skip;
        end = item.va + item.size;
        list->items[kept++] = item;
    }
    list->count = kept;
}

/* Which promise a mapping breaks that nothing is known of. */
static enum property property_of_address(uint64_t va)
{
    if (va >= EL2_STAGE2_ROOTS) {
        return PROPERTY_HYPERVISOR_ROOTS;
    }
    if (va >= EL2_GICD) {
        return PROPERTY_HYPERVISOR_DEVICES;
    }
    if (va >= EL2_SHARED) {
        return PROPERTY_HYPERVISOR_DATA;
    }
    if (va >= EL2_BASE) {
        return PROPERTY_HYPERVISOR_READONLY;
    }
    return va >= EL2_WINDOW ? PROPERTY_HYPERVISOR_WINDOW : PROPERTY_HYPERVISOR_TEXT;
}

/* The first item that ends above @va, or NULL. */
static struct expected *expected_from(const struct expected_list *list, uint64_t va)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle].va + list->items[middle].size <= va) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < list->count ? &list->items[low] : NULL;
}

/* Compares the piece of a mapping at @va with what belongs there. */
static void compare_piece(struct check *check, uint32_t cpu, const struct mapping *mapping,
                          uint64_t va, uint64_t size, struct expected *item)
{
    uint64_t pa = mapping->pa + (va - mapping->address);
    char have[32];
    char want[32];
    char name[PART_NAME_SIZE];
    if (pa != item->pa + (va - item->va)) {
        report_fail(check->view.report, item->property,
                    "%s: va 0x%" PRIx64 " (%s) leads to 0x%" PRIx64 " (%s), not to 0x%" PRIx64,
                    check->view.cpu_who[cpu], va, item->what, pa,
                    image_view_name_at(&check->view, pa, name), item->pa + (va - item->va));
    } else if (mapping->attributes != item->access) {
        report_fail(check->view.report, item->property,
                    "%s: va 0x%" PRIx64 " (%s) is mapped %s, not %s", check->view.cpu_who[cpu], va,
                    item->what, walk_attributes_text(mapping->attributes, have),
                    walk_attributes_text(item->access, want));
    }
    item->mapped += size;
}

static void compare_mapping(struct check *check, uint32_t cpu, const struct mapping *mapping,
                            const struct expected_list *list)
{
    uint64_t va = mapping->address;
    uint64_t end = mapping->address + mapping->size;
    while (va < end) {
        struct expected *item = expected_from(list, va);
        uint64_t next = item != NULL && item->va < end ? item->va : end;
        if (va < next) {
            uint64_t pa = mapping->pa + (va - mapping->address);
            char name[PART_NAME_SIZE];
            report_fail(check->view.report, property_of_address(va),
                        "%s: nothing belongs at va " SPAN_FORMAT ", but 0x%" PRIx64
                        " (%s) is mapped there",
                        check->view.cpu_who[cpu], SPAN_ARGUMENTS(va, next - va), pa,
                        image_view_name_at(&check->view, pa, name));
        } else {
            uint64_t item_end = item->va + item->size;
            next = item_end < end ? item_end : end;
            compare_piece(check, cpu, mapping, va, next - va, item);
        }
        va = next;
    }
}

static void check_cpu(struct check *check, uint32_t cpu)
{
    struct expected_list list = {0};
    expect_hypervisor(check, cpu, &list);
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        bool runs = image_view_runs_on(&check->view, vm, cpu);
        if (runs) {
            expect_vm(check, vm, &list);
        }
        if (runs || check_vm_is_controllable_from(check, vm, cpu)) {
            expect_controllable(check, vm, &list);
        }
    }
    sort_expected(&list);
    for (size_t i = 0; i < check->view.stage1[cpu].mapping_count; i++) {
        compare_mapping(check, cpu, &check->view.stage1[cpu].mappings[i], &list);
    }
    bool boots = false;
    for (size_t i = 0; i < list.count; i++) {
        const struct expected *item = &list.items[i];
        if (item->required && item->mapped != item->size) {
            report_fail(check->view.report, item->property,
                        "%s: %s at va " SPAN_FORMAT " is not mapped whole",
                        check->view.cpu_who[cpu], item->what, SPAN_ARGUMENTS(item->va, item->size));
        }
        boots = boots || (!item->required && item->mapped != 0);
    }
    if (!boots) {
        report_fail(check->view.report, PROPERTY_HYPERVISOR_TEXT,
                    "%s: no page of text is mapped at its own address", check->view.cpu_who[cpu]);
    }
    free(list.items);
}

/* What is mapped as a device must be one, by the board's own account. */
static void require_device(struct check *check, uint64_t pa, uint64_t size, uint32_t kind,
                           const char *what)
{
    for (uint32_t i = 0; i < check->view.plan.region_count; i++) {
        const struct plan_region *region = &check->view.plan.regions[i];
        if (region->kind == kind &&
            (kind == PLAN_REGION_DEVICE ? ranges_overlap(pa, size, region->pa, region->size)
                                        : range_contains(region->pa, region->size, pa, size))) {
            return;
        }
    }
    report_fail(check->view.report, PROPERTY_HYPERVISOR_DEVICES,
                "the board has no %s at 0x%" PRIx64, what, pa);
}

/* The frames of a GICv2: no two are one. */
static void check_frames(struct check *check)
{
    const struct plan_gic *gic = &check->view.plan.plan->gic;
    const struct span frames[] = {
        {gic->gicd_pa, PLAN_PAGE_SIZE, 0, "distributor"},
        {gic->gicc_pa, GICC_SIZE, 0, "CPU interface"},
        {gic->gich_pa, PLAN_PAGE_SIZE, 0, "control of virtual interfaces"},
        {gic->gicv_pa, PLAN_PAGE_SIZE, 0, "virtual CPU interface"},
    };
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        require_device(check, frames[i].start, frames[i].size, PLAN_REGION_INTERRUPTS,
                       frames[i].what);
        for (size_t other = 0; other < i; other++) {
            if (ranges_overlap(frames[i].start, frames[i].size, frames[other].start,
                               frames[other].size)) {
                report_fail(check->view.report, PROPERTY_HYPERVISOR_DEVICES,
                            "%s and %s are both at 0x%" PRIx64, frames[other].what, frames[i].what,
                            frames[i].start);
            }
        }
    }
}

static void check_redistributors(struct check *check)
{
    const struct plan *plan = check->view.plan.plan;
    require_device(check, plan->gic.gicd_pa, GIC_FRAME_SIZE, PLAN_REGION_INTERRUPTS, "distributor");
    for (uint32_t cpu = 0; cpu < plan->cpu_count; cpu++) {
        require_device(check, plan->cpus[cpu].gicr_pa, GICR_SIZE, PLAN_REGION_INTERRUPTS,
                       "redistributor");
        for (uint32_t other = 0; other < cpu; other++) {
            if (ranges_overlap(plan->cpus[cpu].gicr_pa, GICR_SIZE, plan->cpus[other].gicr_pa,
                               GICR_SIZE)) {
                report_fail(check->view.report, PROPERTY_HYPERVISOR_DEVICES,
                            "%s and %s have one redistributor at 0x%" PRIx64,
                            check->view.cpu_who[other], check->view.cpu_who[cpu],
                            plan->cpus[cpu].gicr_pa);
            }
        }
    }
}

static void check_devices(struct check *check)
{
    const struct plan *plan = check->view.plan.plan;
    if (plan_has_gicv2(plan)) {
        check_frames(check);
    } else {
        check_redistributors(check);
    }
    if (plan->console.present != 0) {
        require_device(check, plan->console.pa, PLAN_PAGE_SIZE, PLAN_REGION_DEVICE,
                       "device for the console");
    }
}

void check_el2_map(struct check *check)
{
    check_devices(check);
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        check_cpu(check, cpu);
    }
}
