/* SPDX-License-Identifier: Apache-2.0 */
/* Where the image's segments go: RAM of the board that belongs to the hypervisor, to a VM or to
 * a channel. */
#include <inttypes.h>

#include "check_context.h"

static bool belongs_to_someone(const struct check *check, uint64_t start, uint64_t size)
{
    const struct plan_hypervisor *hypervisor = &check->view.plan.plan->hypervisor;
    if (range_contains(hypervisor->pa, hypervisor->end_pa - hypervisor->pa, start, size)) {
        return true;
    }
    for (uint32_t i = 0; i < check->view.plan.channel_count; i++) {
        if (range_contains(check->view.plan.channels[i].pa, check->view.plan.channels[i].size,
                           start, size)) {
            return true;
        }
    }
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        uint64_t where;
        if (spans_cover(&check->view.vm_ram[vm], start, size, &where)) {
            return true;
        }
    }
    return false;
}

void check_segments(struct check *check)
{
    const struct image_file *image = check->view.image;
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *segment = &image->segments[i];
        uint64_t where;
        if (!spans_cover(&check->view.ram, segment->pa, segment->size, &where)) {
            report_fail(check->view.report, PROPERTY_IMAGE_RAM,
                        "segment " SPAN_FORMAT ": no RAM at 0x%" PRIx64,
                        SPAN_ARGUMENTS(segment->pa, segment->size), where);
        } else if (!belongs_to_someone(check, segment->pa, segment->size)) {
            report_fail(check->view.report, PROPERTY_IMAGE_RAM,
                        "segment " SPAN_FORMAT
                        ": in memory of neither the hypervisor nor any one VM or channel",
                        SPAN_ARGUMENTS(segment->pa, segment->size));
        }
    }
    const struct plan_hypervisor *hypervisor = &check->view.plan.plan->hypervisor;
    if (!range_contains(hypervisor->pa, hypervisor->text_size, image->entry, 4) ||
        image->entry % 4 != 0) {
        report_fail(check->view.report, PROPERTY_IMAGE_ENTRY,
                    "entry 0x%" PRIx64 ", text " SPAN_FORMAT, image->entry,
                    SPAN_ARGUMENTS(hypervisor->pa, hypervisor->text_size));
    }
}
