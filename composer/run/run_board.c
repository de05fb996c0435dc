/* SPDX-License-Identifier: Apache-2.0 */
/* Reads how QEMU runs a board. */
#include "run_board.h"

#include "diagnostics.h"
#include "memory.h"
#include "yaml_value.h"

#define MAX_CPUS 64

static bool read_serials(struct yaml_file *file, yaml_node_t *list, struct run_board *board)
{
    yaml_node_t *item;

    if (!yaml_read_list(file, list, "serials", "[serial0]", true)) {
        return false;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        if (!yaml_read_text(file, item, "serials",
                            ARRAY_ADD(board->serials, board->serial_count))) {
            return false;
        }
    }
    return true;
}

bool run_board_read(const char *folder, struct run_board *board)
{
    static const struct yaml_key keys[] = {
        {"executable", true}, {"machine", true}, {"cpu", true},        {"cpus", true},
        {"memory", true},     {"serials", true}, {"arguments", false},
    };
    unsigned before = error_count();
    struct yaml_file file;

    *board = (struct run_board){.arguments = ""};
    if (!yaml_file_read(text_format("%s/board.yaml", folder), &file)) {
        return false;
    }

    yaml_node_t *qemu = yaml_find(&file, yaml_root(&file), "qemu");
    if (qemu == NULL) {
        error(yaml_location(&file, yaml_root(&file)),
              "no part `qemu:`, so QEMU cannot run this board; compose an image "
              "and load it on the board itself");
        return false;
    }
    if (!yaml_expect_mapping(&file, qemu, "qemu",
                             "{executable: qemu-system-aarch64, machine: virt, ...}")) {
        return false;
    }
    yaml_check_keys(&file, qemu, keys, sizeof(keys) / sizeof(keys[0]), "qemu");
    yaml_read_text(&file, yaml_find(&file, qemu, "executable"), "executable", &board->executable);
    yaml_read_text(&file, yaml_find(&file, qemu, "machine"), "machine", &board->machine);
    yaml_read_text(&file, yaml_find(&file, qemu, "cpu"), "cpu", &board->cpu);
    yaml_read_number(&file, yaml_find(&file, qemu, "cpus"), "cpus", MAX_CPUS, &board->cpus);
    yaml_read_size(&file, yaml_find(&file, qemu, "memory"), "memory", &board->memory);
    yaml_read_text(&file, yaml_find(&file, qemu, "arguments"), "arguments", &board->arguments);
    read_serials(&file, yaml_find(&file, qemu, "serials"), board);
    return error_count() == before;
}
