/* SPDX-License-Identifier: Apache-2.0 */
/* Who rings at whom, and what nothing in the plan bounds: what the analysis assumes must cover
 * it. */
#include "show_parts.h"
#include "show_table.h"

size_t show_sources(const struct image_view *view, uint32_t vm,
                    struct show_source sources[SHOW_DOORBELLS_MAX])
{
    size_t count = 0;
    for (uint32_t channel = 0; channel < view->plan.channel_count; channel++) {
        const struct plan_member *members = plan_view_members(&view->plan, channel);
        uint32_t own = plan_view_member_number(&view->plan, channel, vm);
        for (uint32_t i = 0; own != PLAN_NONE && i < view->plan.channels[channel].members.count;
             i++) {
            const struct plan_doorbell *doorbell = show_doorbell(view, channel, i, own);
            if (members[i].vm != vm && doorbell != NULL && count < SHOW_DOORBELLS_MAX) {
                sources[count++] =
                    (struct show_source){members[i].vm, channel, doorbell->interval_ns};
            }
        }
    }
    return count;
}

size_t show_doorbells(const struct image_view *view, uint32_t vm,
                      uint64_t intervals_ns[SHOW_DOORBELLS_MAX])
{
    struct show_source sources[SHOW_DOORBELLS_MAX];
    size_t source_count = show_sources(view, vm, sources);
    size_t count = 0;
    for (size_t i = 0; i < source_count; i++) {
        if (sources[i].interval_ns != 0) {
            intervals_ns[count++] = sources[i].interval_ns;
        }
    }
    return count;
}

static void add_heads(struct table *table)
{
    static const char *const heads[] = {"VM", "BY", "CHANNEL", "NO BOUND ON"};
    for (unsigned i = 0; table->cell_count < table->columns; i++) {
        table_cell(table, "%s", heads[i]);
    }
}

/* A call of the firmware keeps the core from all that run there. */
static void add_firmware(const struct image_view *view, uint32_t vm, struct table *table)
{
    if (view->plan.vms[vm].firmware.count != 0) {
        add_heads(table);
        table_cell(table, "all");
        table_cell(table, "%s", view->plan.vms[vm].name);
        table_cell(table, "-");
        table_cell(table, "the time of its calls to the firmware");
    }
}

bool show_unbounded(const struct image_view *view, uint32_t cpu, FILE *out)
{
    struct table table = {.columns = 4};
    for (uint32_t i = 0; i < view->plan.cores[cpu].vcpus.count; i++) {
        uint32_t vm = plan_view_vcpu_on(&view->plan, cpu, i)->vm;
        struct show_source sources[SHOW_DOORBELLS_MAX];
        size_t count = show_sources(view, vm, sources);
        add_firmware(view, vm, &table);
        for (size_t j = 0; j < count; j++) {
            add_heads(&table);
            table_cell(&table, "%s", view->plan.vms[vm].name);
            table_cell(&table, "%s", view->plan.vms[sources[j].vm].name);
            table_cell(&table, "%s", view->plan.channels[sources[j].channel].name);
            table_cell(&table, "%s",
                       sources[j].interval_ns == 0 ? "its doorbells, its restarts"
                                                   : "its restarts");
        }
    }
    bool any = table.cell_count != 0;
    table_print(&table, out);
    return any;
}
