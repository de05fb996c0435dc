/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya suggest: the command, and the lines of YAML that it prints. */
#include "suggest_command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board_read.h"
#include "core_read.h"
#include "data_folder.h"
#include "data_path.h"
#include "diagnostics.h"
#include "duration.h"
#include "memory.h"
#include "task_read.h"

static const char usage[] =
    "usage: nagaya suggest [--policy POLICY] [--cpu N] [--board BOARD] [--data DIR] TASKS.yaml | "
    "TASK...\n"
    "\n"
    "Finds the least budgets with which tasks on a shared CPU are done in time, a VM for each, and "
    "prints what to "
    "write\n"
    "into the system's file. A TASK is NAME=TAKES/EACH or NAME=TAKES/EACH/WITHIN, such as "
    "control=200us/2ms/1ms: it "
    "comes\n"
    "no more often than once in EACH, runs for TAKES at most, and is to be done WITHIN (EACH, if "
    "it is not told).\n"
    "TASKS.yaml has the same as tasks: [{name: control, takes: 200us, each: 2ms, within: 1ms}].\n"
    "\n"
    "  --policy POLICY  edf (the default: it needs the least), fixed-priority, round-robin or "
    "timetable\n"
    "  --cpu N          the CPU that they share; default: the board's last\n"
    "  --board BOARD    whose costs are reckoned with; default: qemu-virt\n"
    "  --data DIR       the folder with boards/\n"
    "  --help           this text\n"
    "Exit status: 0 they fit, 1 they don't, or a task is wrong, 2 something else is.\n";

#define BOARD_USUAL "qemu-virt"

enum {
    OPTION_POLICY = 256,
    OPTION_CPU,
    OPTION_BOARD,
    OPTION_DATA,
    OPTION_HELP,
};
static const struct option options[] = {
    {"policy", required_argument, NULL, OPTION_POLICY},
    {"cpu", required_argument, NULL, OPTION_CPU},
    {"board", required_argument, NULL, OPTION_BOARD},
    {"data", required_argument, NULL, OPTION_DATA},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static const char *rounded(uint64_t ns, bool up)
{
    char text[DURATION_SIZE];

    return text_format("%s", duration_text(ns, up, text));
}

static const char *exact(uint64_t ns)
{
    char text[TIME_TEXT_SIZE];

    return text_format("%s", yaml_time_text(ns, text));
}

static void print_core(const struct task_fit *fit, uint64_t cpu)
{
    printf("cores:\n  - cpus: [%llu]\n    policy: %s\n", (unsigned long long)cpu,
           core_policy_text(fit->policy));
    if (fit->policy == PLAN_POLICY_ROUND_ROBIN && fit->core.slice_ns != CORE_SLICE_NS) {
        printf("    slice: %s\n", exact(fit->core.slice_ns));
    }
    if (fit->policy != PLAN_POLICY_TIMETABLE) {
        return;
    }
    printf("    frame: %s\n    slots:\n", exact(fit->core.frame_ns));
    for (size_t i = 0; i < fit->count; i++) {
        printf("      - {vm: %s, start: %s, length: %s}\n", fit->tasks[i].name,
               exact(fit->slots[i].start_ns), exact(fit->slots[i].length_ns));
    }
}

/* Why its period is what it is. */
static const char *period_reason(const struct task_fit *fit)
{
    if (fit->policy == PLAN_POLICY_EDF) {
        return text_format("the task's, less the %s by which the policy may hear of it late: so "
                           "its budget is full each time",
                           rounded(fit->core.late_ns, true));
    }
    return "half the task's at most: a budget that was used late is full again after two periods";
}

static void print_vm(const struct task_fit *fit, size_t index, uint64_t cpu)
{
    const struct task *task = &fit->tasks[index];
    const struct analysis_entity *entity = &fit->entities[index];
    const struct analysis_verdict *verdict = &fit->analysis.entities[index];

    printf("  # %s: %s each %s, to be done within %s. At worst it takes %s.\n", task->name,
           rounded(task->takes_ns, true), rounded(task->each_ns, false),
           rounded(task->within_ns, false), rounded(verdict->response_ns, true));
    printf("  #   period: %s\n", period_reason(fit));
    printf("  #   budget: %s for the task, the rest for switches and interrupts, its own and "
           "others'\n",
           rounded(verdict->usable_ns, false));
    if (fit->policy == PLAN_POLICY_FIXED_PRIORITY) {
        printf("  #   priority: the shorter its period, the more urgent\n");
    }
    printf("  - name: %s\n    realtime: soft\n    cpus: [%llu]\n    period: %s\n    budget: %s\n",
           task->name, (unsigned long long)cpu, exact(entity->period_ns), exact(entity->budget_ns));
    if (fit->policy == PLAN_POLICY_FIXED_PRIORITY) {
        printf("    priority: %u\n", entity->priority);
    }
    printf("    # memory, image, devices: as it needs them\n");
}

static void print_fit(const struct task_fit *fit, uint64_t cpu)
{
    const struct plan_costs *costs = &fit->costs;
    uint64_t promised = fit->analysis.utilisation_ppm;

    print_core(fit, cpu);
    printf("\nvms:\n");
    for (size_t i = 0; i < fit->count; i++) {
        print_vm(fit, i, cpu);
    }
    printf("\n# %llu.%llu %% of CPU %llu is promised; one more VM there may have what is left "
           "over. Assumed: %s for a "
           "switch, %s for\n"
           "# an interrupt, %s for the longest exit (board.yaml), 2 interrupts in each period, 2 "
           "in 1 ms for the other "
           "VM, and no\n"
           "# doorbells. `nagaya show` says what a composed system's tasks may be.\n",
           (unsigned long long)(promised / 10000), (unsigned long long)(promised / 1000 % 10),
           (unsigned long long)cpu, rounded(costs->switch_ns, true),
           rounded(costs->interrupt_ns, true), rounded(costs->exit_ns, true));
}

static bool policy_of(const char *name, enum plan_policy *policy)
{
    const struct yaml_choice *choices;
    size_t count = core_policies(&choices);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(choices[i].word, name) == 0) {
            *policy = (enum plan_policy)choices[i].value;
            return true;
        }
    }
    fprintf(stderr,
            "nagaya suggest: there is no policy %s; write edf, fixed-priority, round-robin or "
            "timetable\n",
            name);
    return false;
}

static bool is_file(const char *argument)
{
    size_t length = strlen(argument);

    return (length > 5 && strcmp(argument + length - 5, ".yaml") == 0) ||
           (length > 4 && strcmp(argument + length - 4, ".yml") == 0);
}

/* What the tasks need on their board; the exit status. */
static int suggest(const struct task_list *list)
{
    struct board board = {0};
    struct task_fit fit = {.tasks = list->tasks, .count = list->count};
    const char *name = list->board != NULL ? list->board : BOARD_USUAL;

    if (!policy_of(list->policy != NULL ? list->policy : "edf", &fit.policy)) {
        return 2;
    }
    if (!board_read(name, list->location, data_folder(), &board)) {
        return 1;
    }
    fit.costs = board.costs;
    if (fit.costs.switch_ns == 0) {
        error(list->location,
              "board %s does not say what the hypervisor costs; add costs to its board.yaml", name);
        return 1;
    }
    uint64_t cpu = list->cpu != UINT64_MAX ? list->cpu : board.cpu_count - 1;
    if (cpu >= board.cpu_count) {
        error(list->location, "there is no CPU %llu; board %s has CPUs 0 to %zu",
              (unsigned long long)cpu, name, board.cpu_count - 1);
        return 1;
    }
    if (!task_fit(&fit)) {
        error(list->location,
              "under %s they do not fit: %s; spread them over CPUs, give one a CPU of its own "
              "(realtime: hard), or try "
              "another policy",
              core_policy_text(fit.policy), fit.reason);
        return 1;
    }
    print_fit(&fit, cpu);
    return fflush(stdout) == 0 ? 0 : 2;
}

static int read_and_suggest(char **arguments, int count, struct task_list *list)
{
    const struct task_list told = *list;
    bool sound = true;

    for (int i = 0; i < count; i++) {
        sound &= is_file(arguments[i]) ? task_file_read(arguments[i], list)
                                       : task_text_read(arguments[i], list);
    }
    list->board = told.board != NULL ? told.board : list->board;
    list->policy = told.policy != NULL ? told.policy : list->policy;
    list->cpu = told.cpu != UINT64_MAX ? told.cpu : list->cpu;
    int status = sound ? suggest(list) : 1;
    errors_print();
    return status;
}

int suggest_command(int argc, char **argv)
{
    static struct task_list list = {.cpu = UINT64_MAX, .location = {"nagaya suggest", 0}};
    char *end;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == OPTION_POLICY) {
            list.policy = optarg;
        } else if (option == OPTION_BOARD) {
            list.board = optarg;
        } else if (option == OPTION_DATA) {
            data_folder_set(optarg);
        } else if (option == OPTION_HELP) {
            return fputs(usage, stdout) < 0 ? 2 : 0;
        } else if (option == OPTION_CPU) {
            list.cpu = strtoul(optarg, &end, 10);
            if (*end != '\0' || end == optarg) {
                fprintf(stderr, "nagaya suggest: --cpu %s: write a number\n", optarg);
                return 2;
            }
        } else {
            return 2; /* getopt has said why */
        }
    }
    if (optind == argc) {
        fputs(usage, stderr);
        return 2;
    }
    return read_and_suggest(argv + optind, argc - optind, &list);
}
