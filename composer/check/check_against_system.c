/* SPDX-License-Identifier: Apache-2.0 */
/* The VMs against the system's file: who they are, and how they are treated. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check_tree.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const char *const levels[] = {"best-effort", "soft", "hard"};
static const char *const deliveries[] = {"direct", "virtual", "direct-checked"};
static const char *const affinities[] = {"physical", "virtual"};
static const char *const fault_actions[] = {"inject", "restart", "stop"};
static const char *const watchdog_actions[] = {"none", "log", "restart", "stop"};
static const char *const speculations[] = {"ignore", "mitigate"};
static const char *const engine_faults[] = {"stop-core", "reset"};

static void require_word(struct check *check, const char *who, const char *key, uint32_t have,
                         const char *want, const char *const *words, int count)
{
    if (system_choice(want, words, count) != (int)have) {
        report_fail(check->view.report, PROPERTY_SYSTEM_VMS, "%s: %s is %s, %s says %s", who, key,
                    have < (uint32_t)count ? words[have] : "nothing known",
                    check->sources->system->path, want);
    }
}

static void require_number(struct check *check, const char *who, const char *key, uint64_t have,
                           uint64_t want)
{
    if (have != want) {
        report_fail(check->view.report, PROPERTY_SYSTEM_VMS,
                    "%s: %s is %" PRIu64 ", %s says %" PRIu64, who, key, have,
                    check->sources->system->path, want);
    }
}

static void check_whole(struct check *check)
{
    struct system_source *system = check->sources->system;
    const struct plan *plan = check->view.plan.plan;
    const char *board = config_word(&system->config, config_root(&system->config), "board", "");
    const char *folder = strrchr(board, '/');
    require_word(
        check, "the system", "speculation", plan->speculation,
        config_word(&system->config, config_root(&system->config), "speculation", "ignore"),
        speculations, COUNT(speculations));
    require_word(
        check, "the system", "on-engine-fault", plan->engine_fault,
        config_word(&system->config, config_root(&system->config), "on-engine-fault", "stop-core"),
        engine_faults, COUNT(engine_faults));
    require_number(check, "the system", "debug console", plan->console.present,
                   config_get(&system->config, system_get(system, "debug"), "console") != NULL);
    if (strcmp(folder != NULL ? folder + 1 : board, plan->board) != 0) {
        report_fail(check->view.report, PROPERTY_SYSTEM_VMS,
                    "the image is for board %s, %s says %s", plan->board, system->path, board);
    }
    uint32_t count = 0;
    while (system_vm(system, count) != NULL) {
        count++;
    }
    require_number(check, "the system", "the number of VMs", check->view.plan.vm_count, count);
}

static void check_watchdog(struct check *check, uint32_t vm)
{
    struct system_source *system = check->sources->system;
    const struct plan_watchdog *watchdog = &check->view.plan.vms[vm].watchdog;
    const yaml_node_t *asked = config_get(&system->config, system_vm(system, vm), "watchdog");
    const char *who = check->view.vm_who[vm];
    uint64_t period = config_number(&system->config, asked, "period", 0);
    require_word(check, who, "watchdog", watchdog->action,
                 asked != NULL ? config_word(&system->config, asked, "action", "?") : "none",
                 watchdog_actions, COUNT(watchdog_actions));
    require_number(check, who, "the watchdog's period", watchdog->period_ns, period);
    require_number(check, who, "the watchdog's first period", watchdog->first_ns,
                   config_number(&system->config, asked, "first", period));
}

static void check_command_line(struct check *check, uint32_t vm)
{
    const char *want = system_vm_word(check->sources->system, vm, "cmdline", "");
    const void *tree = check->trees[vm];
    int chosen = tree != NULL ? fdt_path_offset(tree, "/chosen") : -1;
    const char *have = chosen >= 0 ? tree_text(tree, chosen, "bootargs") : NULL;
    if (tree != NULL && strcmp(have != NULL ? have : "", want) != 0) {
        report_fail(check->view.report, PROPERTY_SYSTEM_VMS,
                    "%s: its command line is \"%.80s\", %s says \"%.80s\"", check->view.vm_who[vm],
                    have != NULL ? have : "", check->sources->system->path, want);
    }
}

static int compare_functions(const void *left, const void *right)
{
    const struct plan_firmware *a = left;
    const struct plan_firmware *b = right;
    return (a->first > b->first) - (a->first < b->first);
}

/* Which calls are passed on to the firmware: entries are functions, or ranges of them, in any
 * order. */
static void check_firmware_list(struct check *check, uint32_t vm)
{
    struct system_source *system = check->sources->system;
    const struct plan_firmware *firmware = plan_view_firmware(&check->view.plan, vm);
    const yaml_node_t *list = config_get(&system->config, system_vm(system, vm), "firmware");
    const yaml_node_t *item;
    struct plan_firmware wanted[PLAN_MAX_FIRMWARE] = {0};
    uint32_t count = 0;
    for (; (item = config_item(&system->config, list, count)) != NULL && count < PLAN_MAX_FIRMWARE;
         count++) {
        uint64_t function = 0;
        bool one = config_value(item, &function);
        wanted[count].first =
            (uint32_t)(one ? function : config_number(&system->config, item, "first", 0));
        wanted[count].last =
            (uint32_t)(one ? function : config_number(&system->config, item, "last", 0));
    }
    qsort(wanted, count, sizeof(wanted[0]), compare_functions);
    uint32_t have = check->view.plan.vms[vm].firmware.count;
    if (item != NULL || have != count || memcmp(firmware, wanted, count * sizeof(wanted[0])) != 0) {
        report_fail(check->view.report, PROPERTY_SYSTEM_VMS,
                    "%s: the firmware's functions that it may call are not those of %s (firmware)",
                    check->view.vm_who[vm], system->path);
    }
}

static void check_vm(struct check *check, uint32_t vm)
{
    struct system_source *system = check->sources->system;
    const struct plan_vm *plan_vm = &check->view.plan.vms[vm];
    const char *who = check->view.vm_who[vm];
    const char *level = system_vm_word(system, vm, "realtime", "best-effort");
    const char *affinity = system_vm_word(system, vm, "affinity", NULL);
    const char *direct =
        affinity != NULL && strcmp(affinity, "virtual") == 0 ? "direct-checked" : "direct";
    const char *delivery =
        system_vm_word(system, vm, "interrupts", strcmp(level, "hard") == 0 ? direct : "virtual");
    const yaml_node_t *limit = config_get(&system->config, system_vm(system, vm), "restart-limit");
    if (strcmp(system_vm_word(system, vm, "name", ""), plan_vm->name) != 0) {
        report_fail(check->view.report, PROPERTY_SYSTEM_VMS, "VM %u is %s, %s says %s", vm,
                    plan_vm->name, system->path, system_vm_word(system, vm, "name", "nothing"));
    }
    require_word(check, who, "realtime", plan_vm->level, level, levels, COUNT(levels));
    require_word(check, who, "interrupts", plan_vm->delivery, delivery, deliveries,
                 COUNT(deliveries));
    require_word(check, who, "affinity", plan_vm->affinity,
                 affinity != NULL                   ? affinity
                 : strcmp(delivery, "virtual") == 0 ? "virtual"
                                                    : "physical",
                 affinities, COUNT(affinities));
    require_word(check, who, "on-fault", plan_vm->fault_action,
                 system_vm_word(system, vm, "on-fault", "inject"), fault_actions,
                 COUNT(fault_actions));
    require_number(check, who, "manager", plan_vm->command_ipa != 0,
                   strcmp(system_vm_word(system, vm, "manager", "false"), "true") == 0);
    require_number(check, who, "the count of restart-limit", plan_vm->restart_limit,
                   config_number(&system->config, limit, "count", 0));
    require_number(check, who, "the time of restart-limit", plan_vm->restart_period_ns,
                   config_number(&system->config, limit, "per", 0));
    check_firmware_list(check, vm);
    check_watchdog(check, vm);
    check_command_line(check, vm);
}

void check_against_system(struct check *check)
{
    if (check->sources == NULL || check->sources->system == NULL) {
        return;
    }
    check_whole(check);
    for (uint32_t vm = 0; vm < check->view.plan.vm_count; vm++) {
        check_vm(check, vm);
    }
    check_system_cpus(check);
    check_system_channels(check);
    check_system_memory(check);
    check_system_images(check);
}
