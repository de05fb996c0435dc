/* SPDX-License-Identifier: Apache-2.0 */
/* Reads tasks (task_read.h). */
#include "task_read.h"

#include <string.h>

#include "core_read.h"
#include "diagnostics.h"
#include "memory.h"
#include "yaml_value.h"

#define TASK_EXAMPLE "{name: control, takes: 200us, each: 2ms}"

static const struct yaml_key file_keys[] = {
    YAML_OPTIONAL("board"),
    YAML_OPTIONAL("policy"),
    YAML_OPTIONAL("cpu"),
    YAML_REQUIRED("tasks"),
};
static const struct yaml_key task_keys[] = {
    YAML_REQUIRED("name"),
    YAML_REQUIRED("takes"),
    YAML_REQUIRED("each"),
    YAML_OPTIONAL("within"),
};

/* Whether the task makes sense; else it has been reported. */
static bool add(struct task_list *list, struct task task, struct source_location location)
{
    bool twice = false;

    for (size_t i = 0; i < list->count; i++) {
        twice |= strcmp(list->tasks[i].name, task.name) == 0;
    }
    if (twice) {
        error(location, "there is a task %s already; rename one", task.name);
    } else if (task.takes_ns == 0) {
        error(location, "%s takes no time; write how long it runs, like 200us", task.name);
    } else if (task.within_ns > task.each_ns) {
        error(location, "%s: it would be done after it has come again; make within at most each",
              task.name);
    } else if (task.takes_ns > task.within_ns) {
        error(location, "%s takes longer than the time that it is to be done in; exchange them?",
              task.name);
    } else if (list->count == TASKS_MAX) {
        error(location, "more than the %u tasks that can share a CPU with others; leave some out",
              TASKS_MAX);
    } else {
        list->tasks[list->count++] = task;
        return true;
    }
    return false;
}

static bool read_task(struct yaml_file *file, yaml_node_t *node, struct task_list *list)
{
    struct task task = {0};

    if (!yaml_expect_mapping(file, node, "a task", TASK_EXAMPLE)) {
        return false;
    }
    yaml_check_keys(file, node, task_keys, COUNT_OF(task_keys), "a task");
    task.name = name_read(file, node, "the task");
    bool whole = yaml_read_time(file, yaml_find(file, node, "takes"), "takes", 1, &task.takes_ns);
    whole &= yaml_read_time(file, yaml_find(file, node, "each"), "each", CORE_TIME_MIN_NS,
                            &task.each_ns);
    task.within_ns = task.each_ns;
    yaml_read_time(file, yaml_find(file, node, "within"), "within", CORE_TIME_MIN_NS,
                   &task.within_ns);
    return whole && add(list, task, yaml_location(file, node));
}

bool task_file_read(const char *path, struct task_list *list)
{
    struct yaml_file *file = memory_new(1, sizeof(*file)); /* texts point into it */
    const struct yaml_choice *policies;
    unsigned before = error_count();
    yaml_node_t *item;
    int policy;

    if (!yaml_file_read(path, file)) {
        return false;
    }

    yaml_node_t *root = yaml_root(file);
    yaml_check_keys(file, root, file_keys, COUNT_OF(file_keys), "a file of tasks");
    const yaml_node_t *board = yaml_find(file, root, "board");
    const yaml_node_t *tasks = yaml_find(file, root, "tasks");
    if (yaml_read_text(file, board, "board", &list->board)) {
        list->location = yaml_location(file, board);
    }
    size_t policy_count = core_policies(&policies);
    if (yaml_read_choice(file, yaml_find(file, root, "policy"), "policy", policies, policy_count,
                         &policy)) {
        list->policy = core_policy_text((enum plan_policy)policy);
    }
    yaml_read_number(file, yaml_find(file, root, "cpu"), "cpu", PLAN_MAX_CPUS - 1, &list->cpu);
    if (yaml_read_list(file, tasks, "tasks", "- " TASK_EXAMPLE, false)) {
        for (size_t i = 0; (item = yaml_item(file, tasks, i)) != NULL; i++) {
            read_task(file, item, list);
        }
    }
    return error_count() == before;
}

bool task_text_read(const char *text, struct task_list *list)
{
    const struct source_location location = {text_format("task %s", text), 0};
    const char *equals = strchr(text, '=');
    const char *times = equals != NULL ? equals + 1 : text;
    char *parts = text_format("%s", times);
    char *each = strchr(parts, '/');
    char *within = each != NULL ? strchr(each + 1, '/') : NULL;
    struct task task = {
        .name = equals != NULL ? text_format("%.*s", (int)(equals - text), text)
                               : text_format("task%zu", list->count + 1),
    };

    for (char *slash = parts; *slash != '\0'; slash++) {
        if (*slash == '/') {
            *slash = '\0';
        }
    }
    if (each == NULL || !yaml_parse_time(parts, &task.takes_ns) ||
        !yaml_parse_time(each + 1, &task.each_ns) ||
        !yaml_parse_time(within != NULL ? within + 1 : each + 1, &task.within_ns)) {
        error(location, "is no task; write NAME=TAKES/EACH or NAME=TAKES/EACH/WITHIN, like "
                        "control=200us/2ms/1ms");
        return false;
    }
    if (!name_check(task.name, location, "the task")) {
        return false;
    }
    if (task.each_ns > YAML_TIME_LIMIT_NS || task.within_ns < CORE_TIME_MIN_NS) {
        error(location, "its times must be from 10us to an hour; correct them");
        return false;
    }
    return add(list, task, location);
}
