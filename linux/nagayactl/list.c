/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl list */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "nagaya.h"
#include "nagayactl.h"
#include "names.h"
#include "table.h"

static uint32_t restarts_of(struct vm_status status)
{
    return status.generation > 0 ? status.generation - 1 : 0;
}

static double seconds_since(uint64_t time)
{
    uint64_t now = nagaya_counter();

    return now > time ? (double)(now - time) / (double)nagaya_counter_frequency() : 0;
}

static const char *cpus_text(const struct nagaya_manager *manager, const struct plan_vm *vm,
                             char text[TABLE_CELL_SIZE])
{
    text[0] = '\0';
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        size_t used = strlen(text);

        snprintf(text + used, TABLE_CELL_SIZE - used, "%s%u", i > 0 ? "," : "",
                 nagaya_core(manager, nagaya_vcpu(manager, vm->first_vcpu + i))->number);
    }
    return text;
}

static void print_table(const struct nagaya_manager *manager)
{
    static const char *const heads[] = {"VM", "LEVEL", "CPUS", "STATE", "RESTARTS", "SINCE", "BY"};
    static struct table table = {.columns = 7, .right = 1 << 4 | 1 << 5};
    char text[TABLE_CELL_SIZE];

    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t i = 0; i < manager->plan->vms.count; i++) {
        const struct plan_vm *vm = nagaya_vm(manager, i);
        struct vm_status status = nagaya_vm_status(manager, i);

        table_cell(&table, "%s", vm->name);
        table_cell(&table, "%s", level_name(vm->level));
        table_cell(&table, "%s", cpus_text(manager, vm, text));
        table_cell(&table, "%s", state_name(status.state));
        table_cell(&table, "%u", restarts_of(status));
        table_cell(&table, "%.1f s", seconds_since(status.time));
        table_cell(&table, "%s", reason_name(status.reason));
    }
    table_print(&table, stdout, "\n");
}

static void print_json(const struct nagaya_manager *manager)
{
    struct json json = {.out = stdout};

    json_open(&json, NULL, '{');
    json_text(&json, "board", manager->plan->board);
    json_open(&json, "vms", '[');
    for (uint32_t i = 0; i < manager->plan->vms.count; i++) {
        const struct plan_vm *vm = nagaya_vm(manager, i);
        struct vm_status status = nagaya_vm_status(manager, i);

        json_open(&json, NULL, '{');
        json_text(&json, "name", vm->name);
        json_text(&json, "level", level_name(vm->level));
        json_open(&json, "cpus", '[');
        for (uint32_t vcpu = 0; vcpu < vm->vcpu_count; vcpu++) {
            json_number(&json, NULL,
                        nagaya_core(manager, nagaya_vcpu(manager, vm->first_vcpu + vcpu))->number);
        }
        json_close(&json, ']');
        json_text(&json, "state", state_name(status.state));
        json_number(&json, "restarts", restarts_of(status));
        json_number(&json, "generation", status.generation);
        json_text(&json, "reason", reason_name(status.reason));
        json_number(&json, "ms_in_state", (uint64_t)(1000 * seconds_since(status.time)));
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
}

int list_command(const struct arguments *arguments)
{
    struct nagaya_manager manager;

    if (!nagaya_manager_open(&manager, false)) {
        return command_fail(arguments, "%s", nagaya_error());
    }
    if (arguments->json) {
        print_json(&manager);
    } else {
        print_table(&manager);
    }
    nagaya_manager_close(&manager);
    return STATUS_DONE;
}
