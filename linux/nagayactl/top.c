/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl top: counters of all vCPUs, twice; what changed between is shown. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "nagaya.h"
#include "nagayactl.h"
#include "names.h"
#include "screen.h"
#include "table.h"

#define DEFAULT_INTERVAL_MS 1000
#define LINES_BESIDE        4U /* on a screen: empty, title, heads, and where the cursor is */

struct sample {
    uint64_t time; /* ticks */
    struct vcpu_stats vcpus[PLAN_MAX_VCPUS];
};

static void take_sample(const struct nagaya_manager *manager, struct sample *sample)
{
    sample->time = nagaya_counter();
    for (uint32_t i = 0; i < manager->plan->vcpus.count; i++) {
        sample->vcpus[i] = manager->stats[i];
    }
}

static uint64_t nanoseconds(uint64_t ticks)
{
    return (uint64_t)((double)ticks * 1e9 / (double)nagaya_counter_frequency());
}

/* Exits by what a reader asks for; the last columns of the table, of which those are shown that
 * have any. */
static const struct column {
    const char *head;
    uint8_t classes[4];
    uint8_t count;
} columns[] = {
    {"IRQ", {EXIT_IRQ, EXIT_FIQ}, 2},
    {"CALL", {0x16, 0x17}, 2}, /* HVC, SMC */
    {"SYSREG", {0x18}, 1},
    {"ABORT", {0x20, 0x24}, 2},
    {"WAIT", {0x01}, 1},
};
#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

/* Before them, what is always there; and one that is for VMs of several vCPUs. */
static const char *const heads[] = {"VM",    "CPU",      "STATE",    "TIME",
                                    "EXITS", "WORST us", "OVERRUNS", "VCPU"};
#define HEAD_COUNT (sizeof(heads) / sizeof(heads[0]))
#define ALL_COUNT  (HEAD_COUNT + COLUMN_COUNT + 1)
#define TO_RIGHT   0x3ffaU /* all but the names and the states */

static uint64_t exits_between(const struct vcpu_stats *before, const struct vcpu_stats *now,
                              const struct column *column)
{
    uint64_t sum = 0;

    for (unsigned i = 0; column != NULL && i < column->count; i++) {
        sum += now->exits[column->classes[i]] - before->exits[column->classes[i]];
    }
    for (unsigned class = 0; column == NULL && class < EXIT_CLASSES; class ++) {
        sum += now->exits[class] - before->exits[class];
    }
    return sum;
}

static void rate_cell(struct table *table, uint64_t count, double seconds)
{
    if (seconds > 0) {
        table_cell(table, "%.0f", (double)count / seconds);
    } else {
        table_cell(table, "%" PRIu64, count);
    }
}

static void share_cell(struct table *table, const struct plan_core *core, uint64_t ran_ns,
                       double seconds)
{
    if (core->policy == PLAN_POLICY_DEDICATED) {
        table_cell(table, "own");
    } else if (seconds > 0) {
        table_cell(table, "%.1f%%", (double)ran_ns / seconds / 1e7);
    } else {
        table_cell(table, "%.3f s", (double)ran_ns / 1e9);
    }
}

/* @seconds 0: @before is all zeros, totals are shown. */
static void fill_row(const struct nagaya_manager *manager, uint32_t index,
                     const struct vcpu_stats *before, const struct vcpu_stats *now, double seconds,
                     struct table *table)
{
    const struct plan_vcpu *vcpu = nagaya_vcpu(manager, index);
    const struct plan_vm *vm = nagaya_vm(manager, vcpu->vm);
    uint64_t total = exits_between(before, now, NULL);
    uint64_t rest = total;

    table_cell(table, "%s", vm->name);
    table_cell(table, "%u", nagaya_core(manager, vcpu)->number);
    table_cell(table, "%s", state_name(nagaya_vm_status(manager, vcpu->vm).state));
    share_cell(table, nagaya_core(manager, vcpu), now->ran_ns - before->ran_ns, seconds);
    rate_cell(table, total, seconds);
    table_cell(table, "%.1f", (double)nanoseconds(now->longest) / 1000);
    table_cell(table, "%" PRIu64, now->overruns);
    table_cell(table, "%u", index - vm->first_vcpu);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        uint64_t count = exits_between(before, now, &columns[i]);

        rest -= count;
        rate_cell(table, count, seconds);
    }
    rate_cell(table, rest, seconds);
}

/* How many vCPUs are shown. */
static uint32_t rows(const struct nagaya_manager *manager, bool screen)
{
    uint32_t count = manager->plan->vcpus.count;
    unsigned lines = screen ? screen_size().lines : 0;

    return lines > LINES_BESIDE && count > lines - LINES_BESIDE ? lines - LINES_BESIDE : count;
}

static void print_table(const struct nagaya_manager *manager, const struct sample *before,
                        const struct sample *now, bool screen)
{
    static struct table table = {.columns = ALL_COUNT, .right = TO_RIGHT};
    const char *line_end = screen ? SCREEN_LINE_END : "\n";
    double seconds = before->time == 0 ? 0 : (double)nanoseconds(now->time - before->time) / 1e9;
    uint32_t count = rows(manager, screen);

    for (size_t i = 0; i < HEAD_COUNT; i++) {
        table_cell(&table, "%s", heads[i]);
    }
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        table_cell(&table, "%s", columns[i].head);
    }
    table_cell(&table, "OTHER");
    for (uint32_t i = 0; i < count; i++) {
        fill_row(manager, i, &before->vcpus[i], &now->vcpus[i], seconds, &table);
    }
    table_hide_empty(&table, HEAD_COUNT - 1, ALL_COUNT - 1);
    table.width = screen_size().columns;
    printf("%s%s, up %.1f s; exits %s%s%s", screen ? SCREEN_BEGIN : "", manager->plan->board,
           (double)now->time / (double)nagaya_counter_frequency(),
           seconds > 0 ? "per second, by class" : "since then, by class", screen ? "; q ends" : "",
           line_end);
    table_print(&table, stdout, line_end);
    fputs(screen ? SCREEN_END : "\n", stdout);
}

/* Totals: who wants rates takes differences. */
static void print_json(const struct nagaya_manager *manager, const struct sample *now)
{
    struct json json = {.out = stdout};

    json_open(&json, NULL, '{');
    json_number(&json, "time_ns", nanoseconds(now->time));
    json_open(&json, "vcpus", '[');
    for (uint32_t i = 0; i < manager->plan->vcpus.count; i++) {
        const struct plan_vcpu *vcpu = nagaya_vcpu(manager, i);
        const struct vcpu_stats *stats = &now->vcpus[i];
        char text[16];

        json_open(&json, NULL, '{');
        json_text(&json, "vm", nagaya_vm(manager, vcpu->vm)->name);
        json_number(&json, "vcpu", i - nagaya_vm(manager, vcpu->vm)->first_vcpu);
        json_number(&json, "cpu", nagaya_core(manager, vcpu)->number);
        json_text(&json, "policy", nagaya_core(manager, vcpu)->policy_name);
        json_text(&json, "state", state_name(nagaya_vm_status(manager, vcpu->vm).state));
        json_number(&json, "ran_ns", stats->ran_ns);
        json_open(&json, "exits", '{');
        for (uint32_t class = 0; class < EXIT_CLASSES; class ++) {
            if (stats->exits[class] > 0) {
                json_number(&json, exit_class_name(class, text), stats->exits[class]);
            }
        }
        json_close(&json, '}');
        json_number(&json, "longest_ns", nanoseconds(stats->longest));
        json_number(&json, "overruns", stats->overruns);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
}

static void show(const struct arguments *arguments, const struct nagaya_manager *manager,
                 const struct sample *before, const struct sample *now, bool screen)
{
    if (arguments->json) {
        print_json(manager, now);
    } else {
        print_table(manager, before, now, screen);
    }
}

/* False: it is time to end. */
static bool wait(int ms, bool screen)
{
    if (screen) {
        return screen_wait(ms);
    }
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
    return true;
}

/* One picture after another. On a screen the first one comes at once, with totals. */
static void follow(const struct arguments *arguments, const struct nagaya_manager *manager,
                   bool screen)
{
    static struct sample samples[2];
    int interval_ms = arguments->interval_ms > 0 ? arguments->interval_ms : DEFAULT_INTERVAL_MS;
    bool at_once = screen || arguments->json;

    if (!at_once) {
        take_sample(manager, &samples[0]);
        wait(interval_ms, false);
    }
    for (uint64_t n = 1;; n++) {
        take_sample(manager, &samples[n % 2]);
        show(arguments, manager, &samples[(n + 1) % 2], &samples[n % 2], screen);
        if (fflush(stdout) != 0 || n == arguments->count || !wait(interval_ms, screen)) {
            return;
        }
    }
}

int top_command(const struct arguments *arguments)
{
    static const struct sample nothing;
    static struct sample now;
    struct nagaya_manager manager;

    if (!nagaya_manager_open(&manager, false)) {
        return command_fail(arguments, "%s", nagaya_error());
    }
    if (arguments->once) {
        take_sample(&manager, &now);
        show(arguments, &manager, &nothing, &now, false);
    } else {
        bool screen = !arguments->json && arguments->count == 0 && screen_open();

        follow(arguments, &manager, screen);
        if (screen) {
            screen_close();
        }
    }
    nagaya_manager_close(&manager);
    return STATUS_DONE;
}
