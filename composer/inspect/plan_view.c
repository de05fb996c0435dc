/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the plan in the image, and checks its head, checksums and arrays (abi/plan.h). */
#include "plan_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "spans.h"
#include "info.h"

static uint64_t checksum(const void *bytes, uint64_t size)
{
    uint64_t hash = PLAN_CHECKSUM_SEED;
    for (uint64_t at = 0; at + sizeof(uint64_t) <= size; at += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, (const uint8_t *)bytes + at, sizeof(word));
        hash = (hash ^ word) * PLAN_CHECKSUM_PRIME;
    }
    return hash;
}

static bool check_head(const struct image_file *image, uint64_t pa, struct plan *plan,
                       struct report *report)
{
    if (pa % PLAN_PAGE_SIZE != 0 || pa >= PA_END || !image_file_loads(image, pa, sizeof(*plan))) {
        report_fail(report, PROPERTY_PLAN_HEAD,
                    "no plan is loaded at 0x%" PRIx64 ", where the note says", pa);
        return false;
    }
    image_file_copy(image, pa, plan, sizeof(*plan));
    if (plan->magic != PLAN_MAGIC) {
        report_fail(report, PROPERTY_PLAN_HEAD,
                    "magic 0x%" PRIx64 " at 0x%" PRIx64 " is not a plan's", plan->magic, pa);
        return false;
    }
    if (plan->version != PLAN_VERSION) {
        report_fail(report, PROPERTY_PLAN_HEAD,
                    "the plan is of version %u, known here is version %u", plan->version,
                    PLAN_VERSION);
        return false;
    }
    if (plan->head_size != PLAN_HEAD_SIZE) {
        report_fail(report, PROPERTY_PLAN_HEAD, "head_size is %u, not %zu", plan->head_size,
                    PLAN_HEAD_SIZE);
        return false;
    }
    if (plan->total_size < sizeof(*plan) || plan->total_size > PLAN_MAX_SIZE ||
        plan->total_size % 8 != 0 || !image_file_loads(image, pa, plan->total_size)) {
        report_fail(report, PROPERTY_PLAN_HEAD,
                    "total_size is 0x%" PRIx64 ": too small, too large or not loaded",
                    plan->total_size);
        return false;
    }
    return true;
}

static void check_checksums(const struct plan *plan, struct report *report)
{
    const uint8_t *bytes = (const uint8_t *)plan;
    size_t head_start = offsetof(struct plan, total_size);
    uint64_t head = checksum(bytes + head_start, PLAN_HEAD_SIZE - head_start);
    uint64_t body = checksum(bytes + PLAN_HEAD_SIZE, plan->total_size - PLAN_HEAD_SIZE);
    if (head != plan->head_checksum) {
        report_fail(report, PROPERTY_PLAN_CHECKSUM,
                    "the head's is 0x%" PRIx64 ", the plan says 0x%" PRIx64, head,
                    plan->head_checksum);
    }
    if (body != plan->body_checksum) {
        report_fail(report, PROPERTY_PLAN_CHECKSUM,
                    "the body's is 0x%" PRIx64 ", the plan says 0x%" PRIx64, body,
                    plan->body_checksum);
    }
}

struct array_check {
    const struct plan *plan;
    struct spans used;
    struct report *report;
    bool good;
};

static void check_array(struct array_check *check, struct plan_array array, size_t element,
                        const char *what)
{
    uint64_t size = array.count * (uint64_t)element;
    if (array.count == 0) {
        return;
    }
    if (array.offset % 8 != 0 || array.offset < sizeof(struct plan) ||
        array.offset > check->plan->total_size || size > check->plan->total_size - array.offset) {
        report_fail(check->report, PROPERTY_PLAN_ARRAYS,
                    "%s: %u elements at offset 0x%x lie outside the plan", what, array.count,
                    array.offset);
        check->good = false;
        return;
    }
    spans_add(&check->used, array.offset, size, 0, what);
}

static const void *array_at(const struct plan *plan, struct plan_array array)
{
    return (const uint8_t *)plan + (array.count != 0 ? array.offset : 0);
}

static void report_array_overlap(void *context, const struct span *first, const struct span *second)
{
    struct array_check *check = context;
    report_fail(check->report, PROPERTY_PLAN_ARRAYS,
                "%s at offset 0x%" PRIx64 " overlap %s at offset 0x%" PRIx64, first->what,
                first->start, second->what, second->start);
}

static void report_gaps(struct array_check *check)
{
    uint64_t end = sizeof(struct plan);
    uint64_t used = end;
    for (size_t i = 0; i < check->used.count; i++) {
        uint64_t array_end = check->used.items[i].start + check->used.items[i].size;
        used = array_end > used ? array_end : used;
    }
    if (check->plan->total_size - used >= sizeof(uint64_t)) {
        report_fail(check->report, PROPERTY_PLAN_UNUSED,
                    "the plan has 0x%" PRIx64 " bytes, its last array ends at offset 0x%" PRIx64,
                    check->plan->total_size, used);
    }
    for (size_t i = 0; i <= check->used.count; i++) {
        const struct span *span = i < check->used.count ? &check->used.items[i] : NULL;
        uint64_t next = span != NULL ? span->start : check->plan->total_size;
        for (; end < next; end++) {
            if (((const uint8_t *)check->plan)[end] != 0) {
                report_fail(check->report, PROPERTY_PLAN_UNUSED,
                            "the byte at offset 0x%" PRIx64 " is in no array", end);
            }
        }
        if (span != NULL && span->start + span->size > end) {
            end = span->start + span->size;
        }
    }
}

static bool check_arrays(struct plan_view *view, struct report *report)
{
    struct array_check check = {.plan = view->plan, .report = report, .good = true};
    check_array(&check, view->plan->vms, sizeof(struct plan_vm), "vms");
    check_array(&check, view->plan->vcpus, sizeof(struct plan_vcpu), "vcpus");
    check_array(&check, view->plan->cores, sizeof(struct plan_core), "cores");
    check_array(&check, view->plan->regions, sizeof(struct plan_region), "regions");
    check_array(&check, view->plan->channels, sizeof(struct plan_channel), "channels");
    view->vm_count = view->plan->vms.count;
    view->vcpu_count = view->plan->vcpus.count;
    view->region_count = view->plan->regions.count;
    view->channel_count = view->plan->channels.count;
    view->vms = array_at(view->plan, view->plan->vms);
    view->vcpus = array_at(view->plan, view->plan->vcpus);
    view->cores = array_at(view->plan, view->plan->cores);
    view->regions = array_at(view->plan, view->plan->regions);
    view->channels = array_at(view->plan, view->plan->channels);
    for (uint32_t i = 0; check.good && i < view->vm_count; i++) {
        check_array(&check, view->vms[i].memory, sizeof(struct plan_memory), "a VM's memory");
        check_array(&check, view->vms[i].restore, sizeof(struct plan_restore), "a VM's restore");
        check_array(&check, view->vms[i].stage2.root, sizeof(uint64_t), "a VM's stage-2 root");
        check_array(&check, view->vms[i].doorbells, sizeof(struct plan_doorbell),
                    "a VM's doorbells");
        check_array(&check, view->vms[i].notify, sizeof(uint32_t), "a VM's notify");
        check_array(&check, view->vms[i].firmware, sizeof(struct plan_firmware), "a VM's firmware");
    }
    for (uint32_t i = 0; check.good && i < view->channel_count; i++) {
        check_array(&check, view->channels[i].members, sizeof(struct plan_member),
                    "a channel's members");
    }
    for (uint32_t i = 0; check.good && i < view->plan->cores.count; i++) {
        check_array(&check, view->cores[i].vcpus, sizeof(uint32_t), "a core's vCPUs");
        check_array(&check, view->cores[i].slots, sizeof(struct plan_slot), "a core's slots");
        check_array(&check, view->cores[i].watched, sizeof(uint32_t), "a core's watched VMs");
    }
    spans_sort(&check.used);
    spans_overlaps(&check.used, report_array_overlap, &check);
    if (check.good) {
        report_gaps(&check);
    }
    spans_free(&check.used);
    return check.good;
}

bool plan_view_open(const struct image_file *image, struct plan_view *view, struct report *report)
{
    struct plan head;
    report->checked = PROPERTY_PLAN_HEAD + 1;
    *view = (struct plan_view){.pa = image->plan_pa};
    if (!check_head(image, view->pa, &head, report)) {
        return false;
    }
    view->plan = memory_or_exit(NULL, 1, head.total_size);
    image_file_copy(image, view->pa, view->plan, head.total_size);
    check_checksums(view->plan, report);
    report->checked = PROPERTY_PLAN_ARRAYS + 1;
    if (!check_arrays(view, report)) {
        return false;
    }
    report->checked = PROPERTY_PLAN_FIELDS + 1;
    if (!check_plan_fields(view, report) || !check_plan_shared_fields(view, report)) {
        return false;
    }
    report->checked = PROPERTY_PLAN_UNUSED + 1;
    check_plan_unused(view, report);
    check_plan_shared_unused(view, report);
    return true;
}

void plan_view_close(struct plan_view *view)
{
    free(view->plan);
    *view = (struct plan_view){0};
}

const struct plan_memory *plan_view_memory(const struct plan_view *view, uint32_t vm)
{
    return array_at(view->plan, view->vms[vm].memory);
}

const struct plan_restore *plan_view_restore(const struct plan_view *view, uint32_t vm)
{
    return array_at(view->plan, view->vms[vm].restore);
}

const uint64_t *plan_view_root(const struct plan_view *view, uint32_t vm)
{
    return array_at(view->plan, view->vms[vm].stage2.root);
}

const uint32_t *plan_view_core_vcpus(const struct plan_view *view, uint32_t cpu)
{
    return array_at(view->plan, view->cores[cpu].vcpus);
}

const struct plan_slot *plan_view_slots(const struct plan_view *view, uint32_t cpu)
{
    return array_at(view->plan, view->cores[cpu].slots);
}

const uint32_t *plan_view_watched(const struct plan_view *view, uint32_t cpu)
{
    return array_at(view->plan, view->cores[cpu].watched);
}

const struct plan_doorbell *plan_view_doorbells(const struct plan_view *view, uint32_t vm)
{
    return array_at(view->plan, view->vms[vm].doorbells);
}

const uint32_t *plan_view_notify(const struct plan_view *view, uint32_t vm)
{
    return array_at(view->plan, view->vms[vm].notify);
}

const struct plan_firmware *plan_view_firmware(const struct plan_view *view, uint32_t vm)
{
    return array_at(view->plan, view->vms[vm].firmware);
}

const struct plan_member *plan_view_members(const struct plan_view *view, uint32_t channel)
{
    return array_at(view->plan, view->channels[channel].members);
}

uint32_t plan_view_member_number(const struct plan_view *view, uint32_t channel, uint32_t vm)
{
    for (uint32_t i = 0; i < view->channels[channel].members.count; i++) {
        if (plan_view_members(view, channel)[i].vm == vm) {
            return i;
        }
    }
    return PLAN_NONE;
}
