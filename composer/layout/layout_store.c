/* SPDX-License-Identifier: Apache-2.0 */
/* The part of a VM's RAM that another image may fill, `reload` bytes from its image's first page
 * on (layout_make.h). */
#include "arithmetic.h"
#include "diagnostics.h"
#include "layout_make.h"

/* Where the image begins; the device tree is none of it. */
static uint64_t image_start(const struct vm_layout *layout)
{
    uint64_t start = ADDRESS_UNSET;

    for (size_t i = 0; i < layout->segment_count; i++) {
        if (layout->segments[i].bytes != NULL && layout->segments[i].ipa < start) {
            start = layout->segments[i].ipa;
        }
    }
    return align_down(start, PAGE_SIZE);
}

static bool segments_fit(const struct vm *vm, const struct vm_layout *layout)
{
    struct range target = layout->store_target;

    for (size_t i = 0; i < layout->segment_count; i++) {
        const struct segment *segment = &layout->segments[i];
        struct range bytes = range_of(segment->ipa, segment->file_size);

        if (segment->bytes != NULL && segment->file_size != 0 && !range_contains(target, bytes)) {
            error(vm->reload_location,
                  "reload: %s is not enough for what vm %s loads today, whose %s ends %s behind "
                  "the image's start; "
                  "write that much at least",
                  size_in_words(vm->reload).text, vm->name, segment->what,
                  size_in_words(align_up(range_end(bytes) - target.start, PAGE_SIZE)).text);
            return false;
        }
        if (segment->bytes == NULL &&
            ranges_overlap(target, range_of(segment->ipa, segment->memory_size))) {
            error(vm->reload_location,
                  "reload: the room for another image, 0x%llx to 0x%llx, overlaps the device tree "
                  "at 0x%llx; choose "
                  "another dtb-at",
                  (unsigned long long)target.start, (unsigned long long)range_end(target),
                  (unsigned long long)segment->ipa);
            return false;
        }
    }
    return true;
}

bool layout_store(const struct vm *vm, struct vm_layout *layout)
{
    if (vm->reload == 0) {
        return true;
    }
    layout->store_target = range_of(image_start(layout), vm->reload);
    for (size_t i = 0; i < layout->ram_count; i++) {
        const struct plan_memory *ram = &layout->ram[i];

        if (range_contains(range_of(ram->ipa, ram->size), layout->store_target)) {
            layout->store_target_pa = layout->store_target.start - ram->ipa + ram->pa;
            return segments_fit(vm, layout);
        }
    }
    error(vm->reload_location,
          "reload: %s from the image's start at 0x%llx on go beyond the memory of vm %s; give it "
          "more memory, or "
          "write less",
          size_in_words(vm->reload).text, (unsigned long long)layout->store_target.start, vm->name);
    return false;
}
