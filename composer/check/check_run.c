/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which an image is looked at. */
#include <stdlib.h>

#include "check_tree.h"

bool check_run(struct check *check, const struct image_file *image,
               const struct check_sources *sources, struct report *report)
{
    *check = (struct check){.sources = sources};
    if (!image_view_open(&check->view, image, report)) {
        return false;
    }
    report->checked = PROPERTY_COUNT;
    check_segments(check);
    check_stage2(check);
    check_against_engine(check);
    check_block(check);
    check_memory(check);
    check_el2_map(check);
    check_el2_access(check);
    check_channels(check);
    check_trees_open(check);
    check_trees(check);
    check_tree_machine(check);
    check_tree_devices(check);
    check_manager(check);
    check_interrupts(check);
    check_private(check);
    check_triggers(check);
    check_cpus(check);
    check_firmware(check);
    check_restore(check);
    check_start(check);
    check_against_board(check);
    check_against_system(check);
    return true;
}

void check_free(struct check *check)
{
    for (uint32_t i = 0; i < PLAN_MAX_VMS; i++) {
        free(check->trees[i]);
        free(check->expected[i]);
    }
    image_view_free(&check->view);
}
