/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the list `cores` (core_read.h). */
#include "core_read.h"

#include <string.h>

#include "diagnostics.h"
#include "memory.h"
#include "yaml_value.h"

#define SLOT_LIMIT 256

static const struct yaml_key core_keys[] = {
    YAML_REQUIRED("cpus"),  YAML_REQUIRED("policy"), YAML_OPTIONAL("slice"),
    YAML_OPTIONAL("frame"), YAML_OPTIONAL("slots"),
};
static const struct yaml_key slot_keys[] = {
    YAML_REQUIRED("vm"),
    YAML_REQUIRED("start"),
    YAML_REQUIRED("length"),
};
#define CORE_EXAMPLE "{cpus: [2], policy: edf}"
#define SLOT_EXAMPLE "{vm: plc, start: 0ms, length: 2ms}"
static const struct yaml_choice policies[] = {
    {"fixed-priority", PLAN_POLICY_FIXED_PRIORITY, NULL},
    {"edf", PLAN_POLICY_EDF, NULL},
    {"round-robin", PLAN_POLICY_ROUND_ROBIN, NULL},
    {"timetable", PLAN_POLICY_TIMETABLE, NULL},
    {"dedicated", PLAN_POLICY_DEDICATED,
     "is what every CPU is that is not in cores; remove it from there"},
};

static bool choice_has(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(policies); i++) {
        if (strcmp(policies[i].word, word) == 0) {
            return true;
        }
    }
    return false;
}

size_t core_policies(const struct yaml_choice **choices)
{
    *choices = policies;
    return COUNT_OF(policies) - 1; /* without dedicated */
}

const char *core_policy_text(enum plan_policy policy)
{
    for (size_t i = 0; i < COUNT_OF(policies); i++) {
        if (policies[i].value == (int)policy) {
            return policies[i].word;
        }
    }
    return "?";
}

static void read_cpus(struct yaml_file *file, yaml_node_t *list, struct core_source *core)
{
    yaml_node_t *item;
    uint64_t cpu;

    if (!yaml_read_list(file, list, "cpus", "[2]", false)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        size_t places = core->cpu_count;

        if (!yaml_read_number(file, item, "cpus", UINT32_MAX, &cpu)) {
            continue;
        }
        *ARRAY_ADD(core->cpu_places, places) = yaml_location(file, item);
        *ARRAY_ADD(core->cpus, core->cpu_count) = (uint32_t)cpu;
    }
}

static void read_slots(struct yaml_file *file, yaml_node_t *list, struct core_source *core)
{
    yaml_node_t *item;

    if (!yaml_read_list(file, list, "slots", "[" SLOT_EXAMPLE "]", false)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        struct core_slot_source slot = {.slot.location = yaml_location(file, item)};

        if (i == SLOT_LIMIT) {
            error(slot.slot.location, "slots: more than %d; join some", SLOT_LIMIT);
            return;
        }
        if (!yaml_expect_mapping(file, item, "a slot", SLOT_EXAMPLE)) {
            continue;
        }
        yaml_check_keys(file, item, slot_keys, COUNT_OF(slot_keys), "a slot");
        const yaml_node_t *vm = yaml_find(file, item, "vm");
        bool whole = yaml_read_text(file, vm, "vm", &slot.vm.text);
        whole &=
            yaml_read_time(file, yaml_find(file, item, "start"), "start", 0, &slot.slot.start_ns);
        whole &= yaml_read_time(file, yaml_find(file, item, "length"), "length", CORE_TIME_MIN_NS,
                                &slot.slot.length_ns);
        if (!whole) {
            continue;
        }
        slot.vm.location = yaml_location(file, vm);
        *ARRAY_ADD(core->slots, core->slot_count) = slot;
    }
}

/* A timetable needs a frame and slots, nothing else has a use for them. */
static void check_timetable(struct yaml_file *file, yaml_node_t *node,
                            const struct core_source *core)
{
    static const char *const keys[] = {"frame", "slots"};

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        bool given = yaml_find(file, node, keys[i]) != NULL;

        if (core->core.policy == PLAN_POLICY_TIMETABLE && !given) {
            error(core->core.location, "policy: timetable needs the key %s; add it", keys[i]);
        }
        if (core->core.policy != PLAN_POLICY_TIMETABLE && core->core.policy != PLAN_POLICY_OWN &&
            given) {
            error(yaml_key_location(file, node, keys[i]),
                  "%s goes with policy: timetable only; remove it, or write policy: timetable",
                  keys[i]);
        }
    }
}

/* One of those that come with nagaya, or any other that the hypervisor has a file for
 * (hypervisor/sched/policy.h). */
static bool read_policy(struct yaml_file *file, yaml_node_t *node, const char *engine,
                        core_policy_finder *has_policy, struct core *core)
{
    int policy;

    if (node != NULL && node->type == YAML_SCALAR_NODE) {
        core->policy_name = (const char *)node->data.scalar.value;
        core->policy = PLAN_POLICY_OWN;
        if (!choice_has(core->policy_name) && strlen(core->policy_name) < PLAN_NAME_SIZE &&
            has_policy(engine, core->policy_name)) {
            return true;
        }
    }
    if (!yaml_read_choice(file, node, "policy", policies, COUNT_OF(policies), &policy)) {
        return false;
    }
    core->policy = (enum plan_policy)policy;
    return true;
}

static void read_core(struct yaml_file *file, yaml_node_t *node, const char *engine,
                      core_policy_finder *has_policy, struct core_source *core)
{
    core->core.location = yaml_location(file, node);
    if (!yaml_expect_mapping(file, node, "an entry of cores", CORE_EXAMPLE)) {
        return;
    }
    yaml_check_keys(file, node, core_keys, COUNT_OF(core_keys), "an entry of cores");
    read_cpus(file, yaml_find(file, node, "cpus"), core);
    yaml_read_time(file, yaml_find(file, node, "slice"), "slice", CORE_TIME_MIN_NS,
                   &core->core.slice_ns);
    yaml_read_time(file, yaml_find(file, node, "frame"), "frame", CORE_TIME_MIN_NS,
                   &core->core.frame_ns);
    bool known =
        read_policy(file, yaml_find(file, node, "policy"), engine, has_policy, &core->core);
    if (!known || core->core.policy == PLAN_POLICY_TIMETABLE ||
        core->core.policy == PLAN_POLICY_OWN) {
        read_slots(file, yaml_find(file, node, "slots"), core);
    }
    if (known) {
        check_timetable(file, node, core);
    }
}

size_t cores_read(struct yaml_file *file, yaml_node_t *list, const char *engine,
                  core_policy_finder *has_policy, struct core_source **cores)
{
    yaml_node_t *item;
    size_t count = 0;

    *cores = NULL;
    if (!yaml_read_list(file, list, "cores", "- " CORE_EXAMPLE, true)) {
        return 0;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        struct core_source *core = ARRAY_ADD(*cores, count);
        unsigned before = error_count();

        read_core(file, item, engine, has_policy, core);
        core->core.wrong = error_count() != before;
    }
    return count;
}
