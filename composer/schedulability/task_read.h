/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tasks as the user tells them: NAME=TAKES/EACH/WITHIN on the command line, or a file:
 *
 *     board: qemu-virt   # optional; whose costs are reckoned with
 *     policy: edf        # optional
 *     cpu: 2             # optional
 *     tasks:
 *       - {name: control, takes: 200us, each: 2ms, within: 1ms} # within: optional, each
 */
#ifndef COMPOSER_TASK_READ_H
#define COMPOSER_TASK_READ_H

#include "system.h"
#include "task_fit.h"

/** All that was told. */
struct task_list {
    struct task tasks[TASKS_MAX];
    size_t count;
    const char *board;               /* NULL: not told */
    const char *policy;              /* the same */
    uint64_t cpu;                    /* UINT64_MAX: the same */
    struct source_location location; /* of the board's name, for messages */
};

/** Adds the tasks of @file, and what else it says. False after mistakes were reported. */
bool task_file_read(const char *file, struct task_list *list);

/** Adds the task that @text tells. False after a mistake was reported. */
bool task_text_read(const char *text, struct task_list *list);

#endif
