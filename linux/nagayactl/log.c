/* SPDX-License-Identifier: Apache-2.0 */
/* nagayactl log: the hypervisor's log, in the words of `nagaya run`. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "log_line.h"
#include "json.h"
#include "plural.h"
#include "nagaya.h"
#include "nagayactl.h"

#define POLL_NS 50000000 /* the rings hold 64 lines a CPU; nothing rings when there is one more */

static void print_record(const struct arguments *arguments, const struct nagaya_manager *manager,
                         const struct log_record *record)
{
    double seconds = (double)record->time / (double)nagaya_counter_frequency();
    const struct plan_core *cores = nagaya_plan_at(manager->plan, manager->plan->cores);
    char text[LOG_LINE_SIZE];
    struct json json = {.out = stdout};

    log_line(manager->plan, record, text);
    if (!arguments->json) {
        printf("[%12.6f] %s\n", seconds, text);
        return;
    }
    json_open(&json, NULL, '{');
    json_number(&json, "time_ns", (uint64_t)(seconds * 1e9));
    if (record->cpu < manager->plan->cores.count) {
        json_number(&json, "cpu", cores[record->cpu].number);
    }
    json_number(&json, "event", record->event);
    if (record->vm < manager->plan->vms.count) {
        json_text(&json, "vm", nagaya_vm(manager, record->vm)->name);
    }
    json_text(&json, "text", text);
    json_close(&json, '}');
}

static void print_lost(const struct arguments *arguments, uint64_t lost)
{
    struct json json = {.out = stdout};

    if (!arguments->json) {
        printf("(%" PRIu64 " line%s %s overwritten unread)\n", lost, plural(lost),
               plural_word(lost, "was", "were"));
        return;
    }
    json_open(&json, NULL, '{');
    json_number(&json, "lost", lost);
    json_close(&json, '}');
}

static void print_log(const struct arguments *arguments, const struct nagaya_manager *manager)
{
    static struct log_record records[NAGAYA_LOG_ROOM];
    struct nagaya_log log = {0};
    uint64_t lost = 0;

    for (;;) {
        size_t count = nagaya_log_read(manager, &log, records);
        size_t first =
            arguments->count > 0 && arguments->count < count ? count - (size_t)arguments->count : 0;

        if (log.lost > lost && first == 0) {
            print_lost(arguments, log.lost - lost);
        }
        lost = log.lost;
        for (size_t i = first; i < count; i++) {
            print_record(arguments, manager, &records[i]);
        }
        if (fflush(stdout) != 0 || !arguments->follow) {
            return;
        }
        nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
    }
}

int log_command(const struct arguments *arguments)
{
    struct nagaya_manager manager;

    if (!nagaya_manager_open(&manager, false)) {
        return command_fail(arguments, "%s", nagaya_error());
    }
    print_log(arguments, &manager);
    nagaya_manager_close(&manager);
    return STATUS_DONE;
}
