/* SPDX-License-Identifier: Apache-2.0 */
/* Each number of a system whose VMs share a CPU and live together, with each value that it can't
 * have: one mistake, which names the line, the key, the value and what is possible. */
#include "front_tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"

#define TIME_WRONG "is not a time; write a whole number with ns, us, ms or s, like 10ms"
#define SIZE_WRONG "is not a size; write a number with K, M or G, like 32M"
#define WRONG      "is not a number; write digits, or 0x and hexadecimal digits"
#define LONGEST    "3600s"

enum kind { TIME, SIZE, NUMBER };

/* A number of the system below. */
struct number {
    const char *name; /* where it stands there: @name@ */
    const char *key;  /* in its line, and in the message */
    const char *good;
    enum kind kind;
    const char *least; /* of a time; 0 is too short then */
    const char *most;  /* of a number */
    const char *zero;  /* what is said of 0 instead of "too short", or NULL if 0 is good */
};

static const struct number numbers[] = {
    {"slice", "slice", "1ms", TIME, "10us", NULL, NULL},
    {"frame", "frame", "20ms", TIME, "10us", NULL, NULL},
    {"start", "start", "2ms", TIME, NULL, NULL, NULL},
    {"length", "length", "4ms", TIME, "10us", NULL, NULL},
    {"interval", "doorbell-interval", "100us", TIME, "1us", NULL, NULL},
    {"watch", "period", "50ms", TIME, "1ms", NULL, NULL},
    {"first", "first", "1s", TIME, "1ms", NULL, NULL},
    {"per", "per", "10s", TIME, "1ms", NULL, NULL},
    {"period", "period", "10ms", TIME, "10us", NULL, NULL},
    {"budget", "budget", "2ms", TIME, "10us", NULL, NULL},
    {"rate", "per", "5ms", TIME, "10us", NULL, NULL},
    {"memory", "memory", "64K", SIZE, NULL, NULL, NULL},
    {"reload", "reload", "1M", SIZE, NULL, NULL, NULL},
    {"restarts", "count", "3", NUMBER, NULL, "16",
     "count: 0 would allow no restart; write on-fault: stop, or action: stop"},
    {"arrivals", "count", "2", NUMBER, NULL, "1000000", NULL},
    {"priority", "priority", "255", NUMBER, NULL, "255", NULL},
};

static const char *const text[] = {
    "board: tester",
    "cores:",
    "  - cpus: [2]",
    "    policy: timetable",
    "    slice: @slice@",
    "    frame: @frame@",
    "    slots:",
    "      - vm: plc",
    "        start: @start@",
    "        length: @length@",
    "  - {cpus: [3], policy: fixed-priority}",
    "channels:",
    "  - name: data",
    "    between: [linux, plc]",
    "    memory: @memory@",
    "    doorbell-interval: @interval@",
    "vms:",
    "  - {name: linux, cpus: [0], memory: 32M, image: images/program, manager: true}",
    "  - name: plc",
    "    cpus: [2]",
    "    memory: 32M",
    "    image: images/program",
    "    realtime: soft",
    "    reload: @reload@",
    "    watchdog:",
    "      period: @watch@",
    "      action: restart",
    "      first: @first@",
    "    restart-limit:",
    "      count: @restarts@",
    "      per: @per@",
    "  - name: drive",
    "    cpus: [3]",
    "    memory: 32M",
    "    image: images/program",
    "    realtime: soft",
    "    period: @period@",
    "    budget: @budget@",
    "    priority: @priority@",
    "    interrupt-rate:",
    "      count: @arrivals@",
    "      per: @rate@",
};

static char folder[] = "/tmp/nagaya-numbers-XXXXXX";

static const struct number *number_of(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        if (strlen(numbers[i].name) == length && strncmp(numbers[i].name, name, length) == 0) {
            return &numbers[i];
        }
    }
    fail_msg("nothing is called %.*s", (int)length, name);
    return NULL;
}

/* Writes the system with @value for @changed, and good values for all else. Returns the line of
 * @changed. */
static unsigned write_system(const struct number *changed, const char *value)
{
    FILE *file = fopen(text_format("%s/system.yaml", folder), "w");
    unsigned line = 0;

    assert_non_null(file);
    for (unsigned i = 0; i < COUNT_OF(text); i++) {
        const char *at = strchr(text[i], '@');

        if (at == NULL) {
            fprintf(file, "%s\n", text[i]);
            continue;
        }
        const struct number *number = number_of(at + 1, strlen(at + 1) - 1);
        line = number == changed ? i + 1 : line;
        fprintf(file, "%.*s%s\n", (int)(at - text[i]), text[i],
                number == changed ? value : number->good);
    }
    fclose(file);
    return line;
}

/* With @value for @number, @said is all that the user is told; "": nothing. */
static void hear(const struct number *number, const char *value, const char *said)
{
    unsigned line = write_system(number, value);
    const char *heard = front_mistakes(folder, "system.yaml");
    const char *expected = said[0] != '\0' ? text_format("system.yaml:%u: %s\n", line, said) : "";

    if (strcmp(heard, expected) != 0) {
        fail_msg("%s: %s\nexpected: %sheard:    %s", number->name, value, expected, heard);
    }
}

static void refuse(const struct number *number, const char *value, const char *wrong)
{
    hear(number, value, text_format("%s: %s %s", number->key, value, wrong));
}

static void check_times(const struct number *number)
{
    static const char *const wrong[] = {"-1ms", "1",  "64K", "10 ms", "1.5ms",
                                        "1min", "ms", "0x",  "soon",  "99999999999999999999s"};

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        refuse(number, wrong[i], TIME_WRONG);
    }
    if (number->least != NULL) {
        refuse(number, "0", text_format("is too short; at least %s", number->least));
        refuse(number, "999ns", text_format("is too short; at least %s", number->least));
    }
    refuse(number, "3601s", "is too long; at most " LONGEST);
    refuse(number, "18446744073s", "is too long; at most " LONGEST);
    refuse(number, "18446744073709551615s", "is too long; at most " LONGEST);
}

static void check_sizes(const struct number *number)
{
    static const char *const wrong[] = {"-4K", "4KB", "1ms",   "4k",
                                        "K",   "0x",  "large", "99999999999999999999K"};

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        refuse(number, wrong[i], SIZE_WRONG);
    }
    hear(number, "0", text_format("%s: the size is 0; write a size like 32M", number->key));
    refuse(number, "5K", "is not a multiple of 4K; write a size like 32M");
    refuse(number, "1", "is not a multiple of 4K; write a size like 32M");
    refuse(number, "262144G", "is more than any board has; write a size like 32M");
    refuse(number, "18446744073709551615G", "is more than any board has; write a size like 32M");
}

static void check_counts(const struct number *number)
{
    static const char *const wrong[] = {
        "-1", "1ms", "4K", "1.5", "0x", "many", "99999999999999999999"};

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        refuse(number, wrong[i], WRONG);
    }
    /* So many interrupts may be more than the budget bears, but not too large a number. */
    write_system(number, number->most);
    assert_null(strstr(front_mistakes(folder, "system.yaml"), "too large"));
    refuse(number, text_format("%llu", strtoull(number->most, NULL, 10) + 1),
           text_format("is too large; at most %s", number->most));
    refuse(number, "4294967297", text_format("is too large; at most %s", number->most));
    hear(number, "0", number->zero != NULL ? number->zero : "");
}

static void test_a_number_out_of_range_is_one_mistake(void **state)
{
    static void (*const checks[])(const struct number *) = {
        [TIME] = check_times, [SIZE] = check_sizes, [NUMBER] = check_counts};
    static const char *const examples[] = {
        [TIME] = "a time like 10ms", [SIZE] = "a size like 32M", [NUMBER] = "a number"};
    const struct number *number = *state;
    const char *example = examples[number->kind];

    hear(number, number->good, "");
    checks[number->kind](number);
    hear(number, "", text_format("%s has no value; write %s", number->key, example));
    hear(number, "~", text_format("%s has no value; write %s", number->key, example));
    hear(number, "[1]",
         text_format("%s: a list, where one value is expected; write %s", number->key, example));
    hear(number, "{a: 1}",
         text_format("%s: a group of keys, where one value is expected; write %s", number->key,
                     example));
}

int run_numbers_tests(void)
{
    struct CMUnitTest tests[COUNT_OF(numbers)];

    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        tests[i] = (struct CMUnitTest){.name = numbers[i].name,
                                       .test_func = test_a_number_out_of_range_is_one_mistake,
                                       .initial_state = (void *)(uintptr_t)&numbers[i]};
    }

    int failed = _cmocka_run_group_tests("numbers", tests, COUNT_OF(numbers), NULL, NULL);
    unlink(text_format("%s/system.yaml", folder));
    rmdir(folder);
    return failed;
}
