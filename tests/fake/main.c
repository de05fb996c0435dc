/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake: the engine on a machine that does not exist (machine.h).
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "machine.h"

static _Noreturn void usage(void)
{
    fputs("usage: fake [--seed N] [--steps N] [--turns] [--policy NAME] [--faults N] [--grain N]\n "
          "           "
          "[--reprioritise]\n",
          stderr);
    exit(2);
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 0);

    if (end == text || *end != 0) {
        usage();
    }
    return value;
}

/** What the seed tells if nobody else does. */
static void settings_choose(void)
{
    static const char *const policies[] = {"edf", "fixed-priority", "round-robin", "timetable"};
    static const uint32_t grains[] = {1, 4, 16, 64};
    uint64_t seed = machine.seed;

    machine.policy = machine.policy != NULL ? machine.policy : policies[seed % 4];
    machine.grain = machine.grain != 0 ? machine.grain : grains[seed / 4 % 4];
    machine.early = seed / 16 % 2 == 0 ? 0 : 64;
    machine.hostile = seed / 32 % 2 == 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seed", 1, NULL, 's'},         {"steps", 1, NULL, 'n'},  {"turns", 0, NULL, 't'},
        {"policy", 1, NULL, 'p'},       {"faults", 1, NULL, 'f'}, {"grain", 1, NULL, 'g'},
        {"reprioritise", 0, NULL, 'r'}, {NULL, 0, NULL, 0}};
    int option;

    machine.steps = 100000;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 's':
            machine.seed = number(optarg);
            break;
        case 'n':
            machine.steps = number(optarg);
            break;
        case 't':
            machine.turns = true;
            break;
        case 'p':
            machine.policy = optarg;
            break;
        case 'f':
            machine.faults = (uint32_t)number(optarg);
            break;
        case 'g':
            machine.grain = (uint32_t)number(optarg);
            break;
        case 'r':
            machine.reprioritises = true;
            break;
        default:
            usage();
        }
    }
    settings_choose();
    plan_build();
    machine_run();
    guests_check_end();
    uint64_t steps = 0;
    for (uint32_t i = 0; i < CPUS; i++) {
        steps += machine_cpus[i].steps;
    }
    printf("seed %llu: %llu steps, %llu ns, policy %s\n", (unsigned long long)machine.seed,
           (unsigned long long)steps, (unsigned long long)machine_time(0), machine.policy);
    return 0;
}
