/* SPDX-License-Identifier: Apache-2.0 */
/* What VMs have in common, as tables: channels with their doorbells, watchdogs and who looks at
 * them. */
#include <inttypes.h>

#include "duration.h"
#include "show_parts.h"
#include "show_table.h"

const char *show_watchdog_action_text(uint32_t action)
{
    static const char *const texts[] = {
        [PLAN_WATCHDOG_NONE] = "none",
        [PLAN_WATCHDOG_LOG] = "log",
        [PLAN_WATCHDOG_RESTART] = "restart",
        [PLAN_WATCHDOG_STOP] = "stop",
    };
    return texts[action];
}

const char *show_watcher(const struct image_view *view, uint32_t vm)
{
    for (uint32_t cpu = 0; cpu < view->plan.plan->cpu_count; cpu++) {
        for (uint32_t i = 0; i < view->plan.cores[cpu].watched.count; i++) {
            if (plan_view_watched(&view->plan, cpu)[i] == vm) {
                return view->cpu_who[cpu];
            }
        }
    }
    return "nobody";
}

const struct plan_doorbell *show_doorbell(const struct image_view *view, uint32_t channel,
                                          uint32_t from, uint32_t to)
{
    const struct plan_member *member = &plan_view_members(&view->plan, channel)[from];
    const struct plan_vm *vm = &view->plan.vms[member->vm];
    uint32_t number = member->doorbell + (to < from ? to : to - 1);
    return to != from && number < vm->doorbells.count
               ? &plan_view_doorbells(&view->plan, member->vm)[number]
               : NULL;
}

static void interval_cell(const struct image_view *view, uint32_t channel, struct table *table)
{
    const struct plan_doorbell *doorbell = show_doorbell(view, channel, 0, 1);
    char text[DURATION_SIZE];
    if (doorbell == NULL || doorbell->interval_ns == 0) {
        table_cell(table, "without a limit");
    } else {
        table_cell(table, "at most once in %s", duration_text(doorbell->interval_ns, false, text));
    }
}

static void channel_rows(const struct image_view *view, uint32_t channel, struct table *table)
{
    const struct plan_channel *plan_channel = &view->plan.channels[channel];
    const struct plan_member *members = plan_view_members(&view->plan, channel);
    for (uint32_t i = 0; i < plan_channel->members.count; i++) {
        char size[32];
        table_cell(table, "%s", i == 0 ? plan_channel->name : "");
        table_cell(table, "%s", i == 0 ? table_size_text(plan_channel->size, size) : "");
        table_cell(table, "%s", view->plan.vms[members[i].vm].name);
        table_cell(table, "0x%08" PRIx64, members[i].ipa);
        table_cell(table, "%s",
                   (members[i].flags & PLAN_MEMORY_WRITE) != 0 ? "read-write" : "read-only");
        table_cell(table, "%u", members[i].intid);
        if (i == 0) {
            interval_cell(view, channel, table);
        } else {
            table_cell(table, "%s", "");
        }
    }
}

static void print_channels(const struct image_view *view, FILE *out)
{
    static const char *const heads[] = {"CHANNEL", "MEMORY",         "VM", "AT", "ACCESS",
                                        "RUNG BY", "EACH RINGS EACH"};
    struct table table = {.columns = 7};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t channel = 0; channel < view->plan.channel_count; channel++) {
        channel_rows(view, channel, &table);
    }
    fputs("\nChannels\n", out);
    table_print(&table, out);
}

static bool has_watchdog(const struct image_view *view)
{
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        if (view->plan.vms[vm].watchdog.action != PLAN_WATCHDOG_NONE) {
            return true;
        }
    }
    return false;
}

static void print_watchdogs(const struct image_view *view, FILE *out)
{
    static const char *const heads[] = {"VM", "PERIOD", "FIRST", "ACTION", "LOOKED AT BY"};
    struct table table = {.columns = 5};
    for (unsigned i = 0; i < table.columns; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        const struct plan_watchdog *watchdog = &view->plan.vms[vm].watchdog;
        char period[DURATION_SIZE];
        char first[DURATION_SIZE];
        if (watchdog->action == PLAN_WATCHDOG_NONE) {
            continue;
        }
        table_cell(&table, "%s", view->plan.vms[vm].name);
        table_cell(&table, "%s", duration_text(watchdog->period_ns, false, period));
        table_cell(&table, "%s", duration_text(watchdog->first_ns, false, first));
        table_cell(&table, "%s", show_watchdog_action_text(watchdog->action));
        table_cell(&table, "%s", show_watcher(view, vm));
    }
    fputs("\nWatchdogs\n", out);
    table_print(&table, out);
}

/* Who may stop and start the others, and give which of them another image. */
static void print_manager(const struct image_view *view, FILE *out)
{
    for (uint32_t vm = 0; vm < view->plan.vm_count; vm++) {
        if (view->plan.vms[vm].command_ipa == 0) {
            continue;
        }
        fprintf(out, "\nManager: %s", view->vm_who[vm]);
        const char *before = "; may give another image to";
        for (uint32_t other = 0; other < view->plan.vm_count; other++) {
            uint64_t size = image_view_store_size(view, vm, other);
            char text[32];
            if (size != 0) {
                fprintf(out, "%s %s (%s)", before, view->vm_who[other],
                        table_size_text(size, text));
                before = ",";
            }
        }
        fprintf(out, "; interrupt %u tells it of lost VMs\n", view->plan.plan->manager_intid);
    }
}

void show_channels(const struct image_view *view, FILE *out)
{
    if (view->plan.channel_count != 0) {
        print_channels(view, out);
    }
    if (has_watchdog(view)) {
        print_watchdogs(view, out);
    }
    print_manager(view, out);
}
