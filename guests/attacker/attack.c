/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting and printing. The cores attack one after the other, so nothing here is shared at one
 * time.
 */
#include "attack.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "kit/cpu.h"

static unsigned attacks;
static unsigned breaches;
static unsigned wrong;

void tally_step(struct tally *tally, bool refused, uint64_t what)
{
    tally->steps++;
    if (refused && tally->refused++ == 0) {
        tally->first_refused = what;
    }
    if (!refused && tally->passed++ == 0) {
        tally->first_passed = what;
    }
}

static void print_name(const char *name)
{
    attacks++;
    printf("attack %s.%u: ", name, cpu_index());
}

void attack_must_fail(const char *name, const struct tally *tally)
{
    print_name(name);
    if (tally->passed != 0) {
        breaches++;
        printf("BREACH, %" PRIu64 " of %" PRIu64 " steps passed, first 0x%" PRIx64 "\n",
               tally->passed, tally->steps, tally->first_passed);
    } else {
        printf("abort at 0x%" PRIx64 ", all %" PRIu64 " steps refused\n", tally->first_refused,
               tally->steps);
    }
}

void attack_survived(const char *name, const struct tally *tally)
{
    print_name(name);
    printf("survived, %" PRIu64 " steps, %" PRIu64 " refused\n", tally->steps, tally->refused);
}

void attack_must_answer(const char *name, const struct tally *tally)
{
    print_name(name);
    if (tally->passed != 0) {
        wrong++;
        printf("WRONG, %" PRIu64 " of %" PRIu64 " answers, first for 0x%" PRIx64 "\n",
               tally->passed, tally->steps, tally->first_passed);
    } else {
        printf("refused, all %" PRIu64 " answers as specified\n", tally->steps);
    }
}

void attack_report(const char *name, bool breach, const char *format, ...)
{
    va_list arguments;

    print_name(name);
    if (breach) {
        breaches++;
        printf("BREACH, ");
    }
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

void attack_summary(void)
{
    printf("attacker: %u answers not as specified\n", wrong);
    printf("attacker: %u attacks, %u breaches\n", attacks, breaches);
}
