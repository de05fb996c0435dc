/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what becomes of a VM that fails or falls silent, and who may act on it. */
#include "diagnostics.h"
#include "memory.h"
#include "vm_read.h"
#include "yaml_value.h"

/* Looking at a watchdog is an interrupt of the core that does it. */
#define WATCHDOG_MIN_NS 1000000U

static const struct yaml_choice fault_actions[] = {
    {"inject", PLAN_FAULT_INJECT, NULL},
    {"restart", PLAN_FAULT_RESTART, NULL},
    {"stop", PLAN_FAULT_STOP, NULL},
};
static const struct yaml_choice watchdog_actions[] = {
    {"log", PLAN_WATCHDOG_LOG, NULL},
    {"restart", PLAN_WATCHDOG_RESTART, NULL},
    {"stop", PLAN_WATCHDOG_STOP, NULL},
};
static const struct yaml_key watchdog_keys[] = {
    YAML_REQUIRED("period"),
    YAML_REQUIRED("action"),
    YAML_OPTIONAL("first"),
};
static const struct yaml_key limit_keys[] = {
    YAML_REQUIRED("count"),
    YAML_REQUIRED("per"),
};

static void read_watchdog(struct yaml_file *file, yaml_node_t *node, struct vm *vm)
{
    char first_text[TIME_TEXT_SIZE], period_text[TIME_TEXT_SIZE];
    int action = PLAN_WATCHDOG_LOG;

    if (!yaml_expect_mapping(file, node, "watchdog", "{period: 100ms, action: restart}")) {
        return;
    }
    yaml_check_keys(file, node, watchdog_keys, COUNT_OF(watchdog_keys), "watchdog");

    const yaml_node_t *first = yaml_find(file, node, "first");
    yaml_read_choice(file, yaml_find(file, node, "action"), "action", watchdog_actions,
                     COUNT_OF(watchdog_actions), &action);
    vm->watchdog_action = (enum plan_watchdog_action)action;
    if (!yaml_read_time(file, yaml_find(file, node, "period"), "period", WATCHDOG_MIN_NS,
                        &vm->watchdog_period_ns)) {
        return;
    }
    vm->watchdog_first_ns = vm->watchdog_period_ns;
    if (yaml_read_time(file, first, "first", WATCHDOG_MIN_NS, &vm->watchdog_first_ns) &&
        vm->watchdog_first_ns < vm->watchdog_period_ns) {
        error(yaml_location(file, first),
              "first: %s is shorter than the period of %s; lengthen it, or leave it out",
              yaml_time_text(vm->watchdog_first_ns, first_text),
              yaml_time_text(vm->watchdog_period_ns, period_text));
    }
}

static void read_restart_limit(struct yaml_file *file, yaml_node_t *node, struct vm *vm)
{
    uint64_t count = 1;

    if (!yaml_expect_mapping(file, node, "restart-limit", "{count: 3, per: 10s}")) {
        return;
    }
    yaml_check_keys(file, node, limit_keys, COUNT_OF(limit_keys), "restart-limit");

    const yaml_node_t *value = yaml_find(file, node, "count");
    if (yaml_read_number(file, value, "count", PLAN_MAX_RESTARTS, &count) && count == 0) {
        error(yaml_location(file, value),
              "count: 0 would allow no restart; write on-fault: stop, or action: stop");
    }
    yaml_read_time(file, yaml_find(file, node, "per"), "per", WATCHDOG_MIN_NS,
                   &vm->restart_period_ns);
    vm->restart_limit = (uint32_t)count;
}

void vm_read_life(struct yaml_file *file, yaml_node_t *node, struct vm *vm,
                  struct vm_source *source)
{
    yaml_node_t *watchdog = yaml_find(file, node, "watchdog");
    yaml_node_t *limit = yaml_find(file, node, "restart-limit");
    const yaml_node_t *manager = yaml_find(file, node, "manager");
    int action = PLAN_FAULT_INJECT;
    unsigned before = error_count();

    yaml_read_choice(file, yaml_find(file, node, "on-fault"), "on-fault", fault_actions,
                     COUNT_OF(fault_actions), &action);
    vm->fault_action = (enum plan_fault_action)action;
    source->watchdog = yaml_key_location(file, node, "watchdog");
    if (watchdog != NULL) {
        read_watchdog(file, watchdog, vm);
    }
    source->life_wrong = error_count() != before;
    source->manager = yaml_key_location(file, node, "manager");
    source->manager_wrong =
        !yaml_read_boolean(file, manager, "manager", &vm->manager) && manager != NULL;
    source->restart_limit = yaml_key_location(file, node, "restart-limit");
    if (limit != NULL) {
        read_restart_limit(file, limit, vm);
    }
    vm->reload_location = yaml_key_location(file, node, "reload");
    yaml_read_size(file, yaml_find(file, node, "reload"), "reload", &vm->reload);
}
