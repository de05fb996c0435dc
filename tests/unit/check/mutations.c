/* SPDX-License-Identifier: Apache-2.0 */
/* Images that are changed at random: none makes check crash or hang, and no change of a table
 * passes. */
#include "mutations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corrupt.h"
#include "el2_map.h"

#define MUTATIONS 4000

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Flips a few bytes; every other time where most is decided: headers, plan, tables. */
static void mutate(struct builder *builder, const uint8_t *original, uint64_t *random)
{
    memcpy(builder->file, original, builder->file_size);
    unsigned flips = 1 + (unsigned)(next_random(random) % 8);
    for (unsigned i = 0; i < flips; i++) {
        size_t range = next_random(random) % 2 == 0 ? builder->file_size : 0x6000;
        builder->file[next_random(random) % range] = (uint8_t)next_random(random);
    }
    if (next_random(random) % 16 == 0) {
        builder->file_size = next_random(random) % builder->file_size;
    }
}

/* Show is let loose on whatever check could open. */
static void test_no_damage_makes_check_crash_or_hang(void **state)
{
    (void)state;
    uint64_t random = 0x4e6167617961;
    struct builder builder;
    struct report report;
    FILE *out = fopen("/dev/null", "w");
    builder_init(&builder);
    builder_build(&builder);
    builder_emit(&builder);
    size_t size = builder.file_size;
    uint8_t *original = builder.file;
    builder.file = malloc(size);
    for (unsigned i = 0; i < MUTATIONS; i++) {
        builder.file_size = size;
        mutate(&builder, original, &random);
        examine(&builder, &report, out);
    }
    free(original);
    fclose(out);
    builder_free(&builder);
}

/** A system of builder.h. */
struct system_kind {
    void (*describe)(struct builder *builder);
};
static const struct system_kind shared = {builder_share};
static const struct system_kind joined = {builder_join};
static const struct system_kind framed = {builder_frame};

/* Most of those flips end at the checksum, so here plan and tables are changed in memory, and it
 * is put right. */
static void test_no_plan_with_a_good_checksum_makes_check_crash_or_hang(void **state)
{
    const struct system_kind *kind = *state;
    static const uint64_t values[] = {0,         1,      0xffffffff,        UINT64_MAX,
                                      RAM_START, 0x1000, (uint64_t)1 << 40, 0xfffffffffffff000};
    uint64_t random = 0x6e6167617961;
    struct builder builder;
    struct report report;
    FILE *out = fopen("/dev/null", "w");
    builder_init(&builder);
    kind->describe(&builder);
    builder_build(&builder);
    uint64_t *plan = builder_at(&builder, PLAN_PA);
    uint64_t *tables = builder_at(&builder, TABLES_PA);
    uint64_t used = (builder.next_table - TABLES_PA) / sizeof(uint64_t);
    for (unsigned i = 0; i < MUTATIONS; i++) {
        bool in_plan = next_random(&random) % 2 == 0;
        uint64_t *word = in_plan
                             ? &plan[next_random(&random) % (builder.plan_used / sizeof(uint64_t))]
                             : &tables[next_random(&random) % used];
        uint64_t before = *word;
        uint64_t choice = next_random(&random);
        *word = choice % 4 == 0   ? values[choice / 4 % 8]
                : choice % 4 == 1 ? before ^ (uint64_t)1 << (choice / 4 % 64)
                : choice % 4 == 2 ? TABLES_PA + (choice / 4 % 64) * 0x1000 + 3
                                  : before + choice / 4 % 4096;
        builder_emit(&builder);
        examine(&builder, &report, out);
        free(builder.file);
        *word = before;
    }
    builder.file = NULL;
    fclose(out);
    builder_free(&builder);
}

/* Devices are outer shareable, whatever their descriptor says (Arm DDI 0487, D8.6.2): those two
 * bits have no meaning.
 */
static bool is_only_the_shareability_of_a_device(uint64_t before, uint64_t after)
{
    bool stage2 = (before & 0x3c) == 1 << 2 && (before & 0xc0) != 0;
    bool stage1 = (before & 0x1c) == EL2_MAIR_DEVICE << 2;
    return (before & 1) != 0 && (stage2 || stage1) && ((before ^ after) & ~(uint64_t)0x300) == 0;
}

/* One bit of a table of a VM's or of a CPU's, or one entry in place of another. */
static void test_no_change_of_a_table_passes(void **state)
{
    const struct system_kind *kind = *state;
    uint64_t random = 0x7461626c6573;
    struct builder builder;
    struct report report;
    builder_init(&builder);
    kind->describe(&builder);
    builder_build(&builder);
    uint64_t *tables = builder_at(&builder, TABLES_PA);
    uint64_t used = (builder.next_table - TABLES_PA) / sizeof(uint64_t);
    for (unsigned i = 0; i < MUTATIONS;) {
        uint64_t *word = &tables[next_random(&random) % used];
        uint64_t before = *word;
        /* Most entries are empty: an unlikely place for a mistake, and a likely one for more
         * than there should be. */
        if (before == 0 && next_random(&random) % 16 != 0) {
            continue;
        }
        *word = next_random(&random) % 4 == 0 ? tables[next_random(&random) % used]
                                              : before ^ (uint64_t)1 << next_random(&random) % 64;
        if (*word != before && !is_only_the_shareability_of_a_device(before, *word)) {
            builder_emit(&builder);
            examine(&builder, &report, NULL);
            free(builder.file);
            builder.file = NULL;
            if (report_open_count(&report) == 0) {
                fail_msg("0x%lx in place of 0x%lx at 0x%lx passes", *word, before,
                         TABLES_PA + (uint64_t)(word - tables) * sizeof(uint64_t));
            }
            i++;
        }
        *word = before;
    }
    builder_free(&builder);
}

static struct CMUnitTest of_kind(const char *name, CMUnitTestFunction test,
                                 const struct system_kind *kind)
{
    return (struct CMUnitTest){
        .name = name, .test_func = test, .initial_state = (void *)(uintptr_t)kind};
}

size_t mutation_tests(struct CMUnitTest *tests)
{
    size_t count = 0;
    tests[count++] =
        of_kind("test_no_change_of_a_table_passes", test_no_change_of_a_table_passes, &joined);
    tests[count++] = of_kind("test_no_change_of_a_table_for_a_gicv2_passes",
                             test_no_change_of_a_table_passes, &framed);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_no_damage_makes_check_crash_or_hang);
    tests[count++] = of_kind("test_no_plan_with_a_good_checksum_makes_check_crash_or_hang",
                             test_no_plan_with_a_good_checksum_makes_check_crash_or_hang, &shared);
    tests[count++] = of_kind("test_no_plan_of_vms_that_live_together_makes_check_crash_or_hang",
                             test_no_plan_with_a_good_checksum_makes_check_crash_or_hang, &joined);
    tests[count++] = of_kind("test_no_plan_for_a_gicv2_makes_check_crash_or_hang",
                             test_no_plan_with_a_good_checksum_makes_check_crash_or_hang, &framed);
    return count;
}
