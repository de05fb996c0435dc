/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames for messages of a GICv2 (GICv2m): what a device writes there becomes an SPI. Which ones,
 * the frame says itself when the board runs (MSI_TYPER); here it is known where the tree or
 * board.yaml says so (Linux binding arm,gic).
 */
#include "board_read.h"
#include "diagnostics.h"
#include "tree.h"

bool board_is_message_frame(const struct board *board, int node)
{
    return fdt_node_check_compatible(board->dtb, node, "arm,gic-v2m-frame") == 0;
}

bool board_messages_of(const struct board *board, int node, struct board_messages *messages)
{
    const struct board_facts *facts = board->facts;

    for (size_t i = 0; i < facts->messages_count; i++) {
        if (fdt_path_offset(board->dtb, facts->messages[i].frame) == node) {
            *messages = facts->messages[i];
            return true;
        }
    }
    *messages = (struct board_messages){
        .first = tree_cell(board->dtb, node, "arm,msi-base-spi", 0),
        .count = tree_cell(board->dtb, node, "arm,msi-num-spis", 0),
    };
    return messages->first >= PLAN_FIRST_SPI && messages->first < PLAN_INTID_END &&
           messages->count > 0 && messages->count <= PLAN_INTID_END - messages->first;
}

void board_messages_check(const struct board *board)
{
    const struct board_facts *facts = board->facts;

    for (size_t i = 0; i < facts->messages_count; i++) {
        const struct board_messages *messages = &facts->messages[i];
        int node = fdt_path_offset(board->dtb, messages->frame);

        if (node < 0 || !board_is_message_frame(board, node)) {
            error(messages->location,
                  "messages: %s is no arm,gic-v2m-frame of the device tree; write the path of one",
                  messages->frame);
        }
        if (messages->first < PLAN_FIRST_SPI || messages->count == 0 ||
            messages->first + messages->count > board->intid_count) {
            error(messages->location,
                  "messages: first and count are INTIDs of SPIs, from %u on and below the board's "
                  "%u; correct them",
                  PLAN_FIRST_SPI, board->intid_count);
        }
    }
}
