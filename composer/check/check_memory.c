/* SPDX-License-Identifier: Apache-2.0 */
/* Who reaches what through stage 2. Starts from what the tables map, whatever the plan says of
 * it. */
#include <inttypes.h>

#include "check_context.h"
#include "plan_gic.h"

/* Of a VM to its own RAM. */
#define RAM_RIGHTS (PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_EXEC)

static bool is_device(const struct mapping *mapping)
{
    return (mapping->attributes & PLAN_MEMORY_DEVICE) != 0;
}

static uint64_t page_down(uint64_t address)
{
    return address / PLAN_PAGE_SIZE * PLAN_PAGE_SIZE;
}

static uint64_t page_up(uint64_t address)
{
    return page_down(address + PLAN_PAGE_SIZE - 1);
}

/* Regions as sets of whole pages, joined; kept apart by what they mean to one VM. */
struct region_sets {
    struct spans own;        /* devices of this VM */
    struct spans foreign;    /* devices of others and of nobody */
    struct spans interrupts; /* the interrupt controller */
};

static void add_controller(const struct plan *plan, struct spans *interrupts)
{
    const struct plan_gic *gic = &plan->gic;
    bool old = plan_has_gicv2(plan);
    spans_add(interrupts, gic->gicd_pa, plan_gicd_size(plan), 0, "distributor");
    for (uint32_t cpu = 0; cpu < plan->cpu_count && !old; cpu++) {
        spans_add(interrupts, plan->cpus[cpu].gicr_pa, GICR_SIZE, 0, "redistributor");
    }
    if (old) {
        spans_add(interrupts, gic->gicc_pa, GICC_SIZE, 0, "CPU interface");
        spans_add(interrupts, gic->gich_pa, PLAN_PAGE_SIZE, 0, "control of virtual interfaces");
        spans_add(interrupts, gic->gicv_pa, GICC_SIZE, 0, "virtual CPU interface");
    }
}

static void region_sets_make(const struct check *check, uint32_t vm, struct region_sets *sets)
{
    const struct plan_view *plan = &check->view.plan;
    *sets = (struct region_sets){0};
    for (uint32_t i = 0; i < plan->region_count; i++) {
        const struct plan_region *region = &plan->regions[i];
        uint64_t start = page_down(region->pa);
        uint64_t size = page_up(region->pa + region->size) - start;
        if (region->kind == PLAN_REGION_INTERRUPTS) {
            spans_add(&sets->interrupts, start, size, i, region->name);
        } else if (region->kind == PLAN_REGION_DEVICE) {
            spans_add(region->owner == vm ? &sets->own : &sets->foreign, start, size, i,
                      region->name);
        }
    }
    add_controller(plan->plan, &sets->interrupts);
    spans_join(&sets->own);
    spans_join(&sets->foreign);
    spans_join(&sets->interrupts);
}

static void region_sets_free(struct region_sets *sets)
{
    spans_free(&sets->own);
    spans_free(&sets->foreign);
    spans_free(&sets->interrupts);
}

/* What the board calls the part of the controller at @pa. */
static const char *controller_part(const struct plan_view *plan, uint64_t pa, const char *otherwise)
{
    for (uint32_t i = 0; i < plan->region_count; i++) {
        const struct plan_region *region = &plan->regions[i];
        if (region->kind == PLAN_REGION_INTERRUPTS &&
            range_contains(region->pa, region->size, pa, 1)) {
            return region->name;
        }
    }
    return otherwise;
}

/* Returns whether the mapping stays clear of it. */
static bool check_interrupt_controller(struct check *check, uint32_t vm,
                                       const struct mapping *mapping,
                                       const struct region_sets *sets)
{
    const struct span *frame = spans_overlapping(&sets->interrupts, mapping->pa, mapping->size);
    if (frame != NULL) {
        uint64_t at = frame->start > mapping->pa ? frame->start : mapping->pa;
        report_fail(check->view.report, PROPERTY_MEMORY_INTERRUPTS, "%s reaches %s at 0x%" PRIx64,
                    check->view.vm_who[vm], controller_part(&check->view.plan, at, frame->what),
                    at);
        return false;
    }
    /* A page mapped where the VM expects its interrupt controller would keep it from the
     * emulated one. */
    if (plan_gic_is_emulated(&check->view.plan, vm, mapping->address, mapping->size)) {
        report_fail(check->view.report, PROPERTY_MEMORY_INTERRUPTS,
                    "%s: ipa " SPAN_FORMAT " is mapped over its emulated interrupt controller",
                    check->view.vm_who[vm], SPAN_ARGUMENTS(mapping->address, mapping->size));
    }
    return true;
}

static void check_device(struct check *check, uint32_t vm, const struct mapping *mapping,
                         const struct region_sets *sets)
{
    uint64_t where;
    const struct span *bank = spans_overlapping(&check->view.ram, mapping->pa, mapping->size);
    if (bank != NULL) {
        report_fail(check->view.report, PROPERTY_MEMORY_KINDS,
                    "%s: RAM at 0x%" PRIx64 " is mapped as a device", check->view.vm_who[vm],
                    bank->start > mapping->pa ? bank->start : mapping->pa);
        return;
    }
    const struct span *foreign = spans_overlapping(&sets->foreign, mapping->pa, mapping->size);
    if (foreign != NULL) {
        report_fail(check->view.report, PROPERTY_MEMORY_DEVICES,
                    "%s reaches device %s at 0x%" PRIx64 ", which is not its own",
                    check->view.vm_who[vm], foreign->what,
                    foreign->start > mapping->pa ? foreign->start : mapping->pa);
    } else if (!spans_cover(&sets->own, mapping->pa, mapping->size, &where)) {
        report_fail(check->view.report, PROPERTY_MEMORY_DEVICES,
                    "%s reaches 0x%" PRIx64 ", where no device of its own is",
                    check->view.vm_who[vm], where);
    }
    if ((mapping->attributes & PLAN_MEMORY_EXEC) != 0) {
        report_fail(check->view.report, PROPERTY_MEMORY_KINDS,
                    "%s can execute the device at 0x%" PRIx64, check->view.vm_who[vm], mapping->pa);
    }
}

static void check_normal(struct check *check, uint32_t vm, const struct mapping *mapping,
                         const struct region_sets *sets)
{
    uint64_t where;
    const struct span *device = spans_overlapping(&sets->own, mapping->pa, mapping->size);
    device =
        device != NULL ? device : spans_overlapping(&sets->foreign, mapping->pa, mapping->size);
    if (device != NULL) {
        report_fail(check->view.report, PROPERTY_MEMORY_KINDS,
                    "%s: device %s at 0x%" PRIx64 " is mapped as RAM", check->view.vm_who[vm],
                    device->what, device->start > mapping->pa ? device->start : mapping->pa);
    } else if (!spans_cover(&check->view.ram, mapping->pa, mapping->size, &where)) {
        report_fail(check->view.report, PROPERTY_MEMORY_RAM,
                    "%s reaches 0x%" PRIx64 ", where the board has no RAM", check->view.vm_who[vm],
                    where);
    }
}

/* Of the hypervisor's memory that is in no zone a VM may read one page. */
static void check_hypervisor_memory(struct check *check, uint32_t vm, const struct mapping *mapping)
{
    const struct plan_hypervisor *hypervisor = &check->view.plan.plan->hypervisor;
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    uint64_t size = hypervisor->end_pa - hypervisor->pa;
    if (!ranges_overlap(mapping->pa, mapping->size, hypervisor->pa, size)) {
        return;
    }
    if (mapping->pa == plan_vm->info_pa && mapping->size == PLAN_PAGE_SIZE &&
        mapping->address == plan_vm->info_ipa && mapping->attributes == PLAN_MEMORY_READ) {
        return;
    }
    char text[32];
    char name[PART_NAME_SIZE];
    uint64_t at = mapping->pa > hypervisor->pa ? mapping->pa : hypervisor->pa;
    report_fail(check->view.report, PROPERTY_MEMORY_HYPERVISOR,
                "%s reaches 0x%" PRIx64 " (%s) from ipa 0x%" PRIx64 " with %s",
                check->view.vm_who[vm], at, image_view_name_at(&check->view, at, name),
                mapping->address + (at - mapping->pa),
                walk_attributes_text(mapping->attributes, text));
}

static void report_shared_page(void *context, const struct span *first, const struct span *second)
{
    struct check *check = context;
    if (first->owner != second->owner) {
        uint64_t first_end = first->start + first->size;
        uint64_t second_end = second->start + second->size;
        uint64_t end = first_end < second_end ? first_end : second_end;
        report_fail(check->view.report, PROPERTY_MEMORY_DISJOINT,
                    "%s and %s both reach " SPAN_FORMAT, check->view.vm_who[first->owner],
                    check->view.vm_who[second->owner],
                    SPAN_ARGUMENTS(second->start, end - second->start));
    }
}

static void add_unshared(const struct check *check, uint32_t vm, const struct mapping *mapping,
                         struct spans *reached)
{
    for (uint64_t done = 0; done < mapping->size;) {
        struct zone_piece piece = zone_piece_at(&check->view, mapping, done);
        if (piece.zone == NULL) {
            spans_add(reached, piece.mapping.pa, piece.mapping.size, vm, NULL);
        }
        done += piece.mapping.size;
    }
}

static void check_disjoint(struct check *check)
{
    struct spans reached = {0};
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        for (size_t i = 0; i < check->view.stage2[vm].mapping_count; i++) {
            add_unshared(check, vm, &check->view.stage2[vm].mappings[i], &reached);
        }
    }
    spans_sort(&reached);
    spans_overlaps(&reached, report_shared_page, check);
    spans_free(&reached);
}

static void check_kind(struct check *check, uint32_t vm, const struct mapping *mapping,
                       const struct region_sets *sets)
{
    if (!check_interrupt_controller(check, vm, mapping, sets)) {
        return;
    }
    if (is_device(mapping)) {
        check_device(check, vm, mapping, sets);
    } else {
        check_normal(check, vm, mapping, sets);
    }
}

/* Part by part: what is in a zone is no VM's own. */
static void check_mapping(struct check *check, uint32_t vm, const struct mapping *mapping,
                          const struct region_sets *sets)
{
    for (uint64_t done = 0; done < mapping->size;) {
        struct zone_piece piece = zone_piece_at(&check->view, mapping, done);
        if (piece.zone != NULL) {
            check_zone_piece(check, vm, &piece);
        } else {
            check_hypervisor_memory(check, vm, &piece.mapping);
        }
        if (piece.zone == NULL || zone_kind(piece.zone) != ZONE_INTERFACE) {
            check_kind(check, vm, &piece.mapping, sets);
        }
        done += piece.mapping.size;
    }
}

/* With a GICv2 the VM ends its interrupts in a page of memory. */
static void check_interface(struct check *check, uint32_t vm)
{
    const struct plan_view *plan = &check->view.plan;
    const struct mapping wanted = {.address = plan->vms[vm].gicc_ipa,
                                   .pa = plan_gic_interface(plan, vm),
                                   .size = PLAN_PAGE_SIZE,
                                   .attributes =
                                       PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_DEVICE};
    if (plan_has_gicv2(plan->plan) && !image_view_leads(&check->view, vm, &wanted)) {
        report_fail(check->view.report, PROPERTY_MEMORY_INTERRUPTS,
                    "%s does not reach its CPU interface at 0x%" PRIx64 " from ipa 0x%" PRIx64,
                    check->view.vm_who[vm], wanted.pa, wanted.address);
    }
}

/* Whether a range of a VM's is a device of its own, or the page of a GICv2 that it may reach. */
static bool is_of_region(const struct check *check, uint32_t vm, const struct plan_memory *memory,
                         const struct plan_region *region)
{
    const struct plan_view *plan = &check->view.plan;
    if (region != NULL && region->kind == PLAN_REGION_INTERRUPTS) {
        return plan_has_gicv2(plan->plan) && memory->pa == plan_gic_interface(plan, vm) &&
               memory->size == PLAN_PAGE_SIZE &&
               range_contains(region->pa, region->size, memory->pa, memory->size);
    }
    return region != NULL && region->kind == PLAN_REGION_DEVICE && region->owner == vm &&
           ranges_overlap(memory->pa, memory->size, region->pa, region->size);
}

/* RAM is RWX for its VM; of what is not announced as RAM, the VM may be kept from writing. */
static bool has_ram_rights(const struct plan_memory *memory)
{
    uint32_t optional = (memory->flags & PLAN_MEMORY_ROM) != 0 ? PLAN_MEMORY_WRITE : 0;
    return ((memory->flags & ~PLAN_MEMORY_ROM) | optional) == RAM_RIGHTS;
}

/* What the plan calls a device must name the region that it is, all else none. */
static void check_plan_regions(struct check *check, uint32_t vm)
{
    const struct plan_memory *memory = plan_view_memory(&check->view.plan, vm);
    for (uint32_t i = 0; i < check->view.plan.vms[vm].memory.count; i++) {
        char text[32];
        if (image_view_is_ram(&check->view, vm, &memory[i]) && !has_ram_rights(&memory[i])) {
            report_fail(check->view.report, PROPERTY_MEMORY_KINDS,
                        "%s: its RAM at ipa 0x%" PRIx64 " is mapped %s, not RWX",
                        check->view.vm_who[vm], memory[i].ipa,
                        walk_attributes_text(memory[i].flags, text));
        }
        bool device = (memory[i].flags & PLAN_MEMORY_DEVICE) != 0;
        const struct plan_region *region =
            memory[i].region != PLAN_NONE ? &check->view.plan.regions[memory[i].region] : NULL;
        bool agrees = device ? is_of_region(check, vm, &memory[i], region) : region == NULL;
        agrees = agrees && ((memory[i].flags & PLAN_MEMORY_ROM) == 0 ||
                            image_view_is_ram(&check->view, vm, &memory[i]));
        if (!agrees) {
            report_fail(check->view.report, PROPERTY_MEMORY_KINDS,
                        "%s: the plan's range at ipa 0x%" PRIx64
                        " does not agree with the region that it names",
                        check->view.vm_who[vm], memory[i].ipa);
        }
    }
}

/* A range is RAM of the VM's own as a whole, or made to be shared as a whole: a restart brings back
 * just what is RAM.
 */
static void check_borders(struct check *check, uint32_t vm)
{
    const struct plan_memory *memory = plan_view_memory(&check->view.plan, vm);
    for (uint32_t i = 0; i < check->view.plan.vms[vm].memory.count; i++) {
        const struct mapping range = {
            .address = memory[i].ipa, .pa = memory[i].pa, .size = memory[i].size};
        bool shared = zone_piece_at(&check->view, &range, 0).zone != NULL;
        for (uint64_t done = 0; done < range.size;) {
            struct zone_piece piece = zone_piece_at(&check->view, &range, done);
            if ((piece.zone != NULL) != shared) {
                report_fail(check->view.report, PROPERTY_MEMORY_KINDS,
                            "%s: the plan's range at ipa 0x%" PRIx64 " is %s up to 0x%" PRIx64
                            ", and %s from there",
                            check->view.vm_who[vm], range.address,
                            shared ? "made to be shared" : "its own", piece.mapping.pa,
                            shared ? "its own" : "made to be shared");
                break;
            }
            done += piece.mapping.size;
        }
    }
}

/* With no IOMMU in front of it a device takes what its VM calls an address for a physical one. */
static void check_dma(struct check *check, uint32_t vm)
{
    const struct plan_view *plan = &check->view.plan;
    const struct plan_region *device = NULL;
    for (uint32_t i = 0; i < plan->region_count; i++) {
        if (plan->regions[i].owner == vm && (plan->regions[i].flags & PLAN_REGION_DMA) != 0) {
            device = &plan->regions[i];
        }
    }
    const struct plan_memory *memory = plan_view_memory(plan, vm);
    for (uint32_t i = 0; i < plan->vms[vm].memory.count; i++) {
        if (device != NULL && image_view_is_ram(&check->view, vm, &memory[i]) &&
            memory[i].ipa != memory[i].pa) {
            report_fail(check->view.report, PROPERTY_MEMORY_DMA,
                        "%s: device %s does DMA, but RAM at ipa 0x%" PRIx64 " is at 0x%" PRIx64,
                        check->view.vm_who[vm], device->name, memory[i].ipa, memory[i].pa);
        }
    }
}

void check_memory(struct check *check)
{
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        struct region_sets sets;
        region_sets_make(check, vm, &sets);
        for (size_t i = 0; i < check->view.stage2[vm].mapping_count; i++) {
            check_mapping(check, vm, &check->view.stage2[vm].mappings[i], &sets);
        }
        check_interface(check, vm);
        check_plan_regions(check, vm);
        check_borders(check, vm);
        check_dma(check, vm);
        region_sets_free(&sets);
    }
    check_disjoint(check);
}
