/* SPDX-License-Identifier: Apache-2.0 */
/* What check promises: sound images pass, each kind of damage is refused by its own property,
 * nothing makes it crash.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "check_context.h"
#include "corrupt.h"
#include "el2_map.h"
#include "mutations.h"
#include "show_parts.h"

#define TESTS_MAX 600

void examine(const struct builder *builder, struct report *report, FILE *out)
{
    char why[IMAGE_FILE_WHY_SIZE];
    struct image_file image = {.bytes = malloc(builder->file_size), .size = builder->file_size};
    struct check check = {0};
    memcpy(image.bytes, builder->file, builder->file_size);
    *report = (struct report){.checked = PROPERTY_IMAGE_ELF + 1};
    if (image_file_parse(&image, why)) {
        report->checked = PROPERTY_IMAGE_OVERLAP + 1;
        if (check_run(&check, &image, NULL, report) && out != NULL) {
            struct map map;
            map_make(&check.view, &map);
            show_text(&check.view, &map, "image", true, out);
            show_json(&check.view, &map, true, out);
            check_residual_print(&check, out);
            map_free(&map);
        }
    } else {
        report_fail(report, PROPERTY_IMAGE_ELF, "%s", why);
    }
    check_free(&check);
    image_file_close(&image);
}

/* The ids of the properties that failed, in the order of the enumeration. */
static void failed_ids(const struct report *report, char *ids, size_t size)
{
    ids[0] = 0;
    for (unsigned i = 0; i < PROPERTY_COUNT; i++) {
        if (report->failures[i] != 0) {
            size_t used = strlen(ids);
            snprintf(ids + used, size - used, "%s%s", used != 0 ? " " : "", property_id(i));
        }
    }
}

static void assert_sound(void (*describe)(struct builder *builder))
{
    struct builder builder;
    struct report report;
    char ids[1024];
    builder_init(&builder);
    if (describe != NULL) {
        describe(&builder);
    }
    builder_build(&builder);
    builder_emit(&builder);
    examine(&builder, &report, NULL);
    failed_ids(&report, ids, sizeof(ids));
    report_print(&report, stdout, true);
    assert_string_equal(ids, "");
    assert_int_equal(report_open_count(&report), 0);
    builder_free(&builder);
}

static void test_a_sound_image_passes(void **state)
{
    (void)state;
    assert_sound(NULL);
}

static void test_a_sound_image_with_a_shared_cpu_passes(void **state)
{
    (void)state;
    assert_sound(builder_share);
}

static void test_a_sound_image_of_vms_that_live_together_passes(void **state)
{
    (void)state;
    assert_sound(builder_join);
    assert_sound(corrupt_together_tree);
}

static void test_a_sound_image_for_a_gicv2_passes(void **state)
{
    (void)state;
    assert_sound(builder_gicv2);
    assert_sound(builder_frame);
}

static void test_a_sound_image_with_calls_of_the_firmware_passes(void **state)
{
    (void)state;
    assert_sound(corrupt_firmware_none);
}

/* The image that @builder describes is sound, and what is shown of it holds each of @said. Frees
 * @builder. */
static void assert_said(struct builder *builder, const char *const said[], size_t count)
{
    struct report report;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    builder_build(builder);
    builder_emit(builder);
    examine(builder, &report, out);
    fclose(out);
    assert_int_equal(report_open_count(&report), 0);
    for (size_t i = 0; i < count; i++) {
        if (strstr(text, said[i]) == NULL) {
            fail_msg("not said: %s; but\n%s", said[i], text);
        }
    }
    free(text);
    builder_free(builder);
}

static void test_what_the_firmware_is_asked_is_shown(void **state)
{
    (void)state;
    static const char *const said[] = {
        "Passed on to the firmware, which acts on the whole machine and takes time without a bound",
        "linux  0xc2000000  to 0xc200ffff",
        "vm linux: can have the firmware do all that its calls 0xc2000000 to 0xc200ffff do",
        "vm linux: can keep cpu 1 in the firmware for a time that nothing here bounds",
        "all  linux  -        the time of its calls to the firmware",
        "\"first\": 2181038081",
        "ROM",
    };
    struct builder builder;
    builder_init(&builder);
    builder_share(&builder);
    corrupt_firmware_none(&builder);
    assert_said(&builder, said, sizeof(said) / sizeof(said[0]));
}

/* 4 and 5 ms of 10 ms: 90 %. */
static void test_what_vms_of_a_shared_cpu_can_rely_on_is_shown(void **state)
{
    (void)state;
    static const char *const said[] = {
        "Shared cpu 1: policy timetable, turns of 1 ms, frame of 10 ms, 90.0 % promised",
        "linux    slots, 4 ms in 10 ms  yes",
        "control  1 ms in 20 ms         yes",
        "from 5 ms  to 10 ms  control",
        "\"utilisation_ppm\": 900000",
        "\"budget_ns\": 1000000",
        ("vm control (shared cpu 1): its interrupts take time from the others there; the analysis "
         "assumes at most 3"),
        "the analysis assumes at most 3 in 1000",
        ("VMs on shared cpu 1: can tell by the caches what others there did before, and may steer "
         "what others there"),
        "Speculation from one VM of a CPU to another is not mitigated.",
        "\"speculation\": \"ignore\"",
    };
    struct builder builder;
    builder_init(&builder);
    builder_share(&builder);
    builder.vcpus[3].period_ns = 20000000;
    builder.vcpus[3].budget_ns = 1000000;
    builder.vcpus[3].interrupts = 3;
    builder.vcpus[3].interrupt_period_ns = 1000000;
    assert_said(&builder, said, sizeof(said) / sizeof(said[0]));
}

static void test_whether_speculation_is_mitigated_is_shown(void **state)
{
    (void)state;
    static const char *const said[] = {
        ("VMs on shared cpu 1: can tell by the caches what others there did before; predictors "
         "forget at each switch"),
        "Speculation from one VM of a CPU to another is mitigated.",
        "\"speculation\": \"mitigate\"",
    };
    struct builder builder;
    builder_init(&builder);
    builder_share(&builder);
    builder.head.speculation = PLAN_SPECULATION_MITIGATE;
    assert_said(&builder, said, sizeof(said) / sizeof(said[0]));
}

static void test_what_vms_share_is_shown(void **state)
{
    (void)state;
    static const char *const said[] = {
        "data     8 KB    linux    0x40c00000  read-write  126      at most once in 1 ms",
        "                 control  0x90000000  read-only   127",
        "control  50 ms   1 s    restart  cpu 0",
        ("Manager: vm linux; may give another image to vm control (8 KB); interrupt 125 tells it "
         "of "
         "lost VMs"),
        "its core stops, the VMs there are lost (on-engine-fault: stop-core)",
        ("is lost with an exception inside the hypervisor on cpu 0, which then looks no more at "
         "the "
         "watchdog of vm "),
        ("vm control (direct interrupts): can sleep with its interrupts closed, and then nothing "
         "stops or restarts it"),
        "\"on_engine_fault\": \"stop-core\"",
        "\"manager_intid\": 125",
        "vm linux (manager): can stop and start all VMs",
        "vm linux (manager): chooses what vm control starts with (reload)",
        "is 0x40010000  136 KB  status pages, counters, log",
        "its members  by member",
        "\"doorbell_interval_ns\": 1000000",
        "\"watcher\": \"cpu 0\"",
        "\"kind\": \"store\"",
    };
    struct builder builder;
    builder_init(&builder);
    builder_join(&builder);
    assert_said(&builder, said, sizeof(said) / sizeof(said[0]));
}

static void test_what_follows_the_hypervisors_own_fault_is_shown(void **state)
{
    (void)state;
    static const char *const said[] = {
        "After an exception inside the hypervisor: the machine is reset (on-engine-fault: reset)",
        ("all VMs: end with an exception inside the hypervisor, which resets the machine "
         "(on-engine-fault: reset)"),
        "\"on_engine_fault\": \"reset\"",
    };
    struct builder builder;
    builder_init(&builder);
    builder.head.engine_fault = PLAN_ENGINE_FAULT_RESET;
    assert_said(&builder, said, sizeof(said) / sizeof(said[0]));
}

static void test_damage_is_refused_by_its_property(void **state)
{
    const struct damage *damage = *state;
    struct builder builder;
    struct report report;
    char ids[1024];
    builder_init(&builder);
    if (damage->describe != NULL) {
        damage->describe(&builder);
    }
    builder_build(&builder);
    if (damage->memory != NULL) {
        damage->memory(&builder);
    }
    builder_emit(&builder);
    if (damage->file != NULL) {
        damage->file(&builder);
    }
    examine(&builder, &report, NULL);
    failed_ids(&report, ids, sizeof(ids));
    if (strcmp(ids, damage->failed) != 0) {
        report_print(&report, stdout, true);
    }
    assert_string_equal(ids, damage->failed);
    assert_true(report_open_count(&report) != 0);
    bool said = false;
    for (unsigned i = 0; i < PROPERTY_COUNT; i++) {
        said = said || strstr(report.first[i], damage->text) != NULL;
    }
    if (!said) {
        report_print(&report, stdout, true);
        fail_msg("no message says: %s", damage->text);
    }
    builder_free(&builder);
}

/* What the example of two direct VMs, one with a DMA device and the log's UART, could still do. */
static void test_what_vms_can_still_do_is_said(void **state)
{
    (void)state;
    static const char *const said[] = {
        "vm linux (direct interrupts): can raise SGIs on cpu 2 of vm control",
        "vm control (direct interrupts): can raise SGIs on cpus 0, 1 of vm linux",
        "vm linux (direct interrupts): can end an interrupt that is active for another VM",
        ("vm linux: its device serial0 can read and write all memory, the hypervisor's too (dma: "
         "trusted)"),
        "vm linux: has the UART that the hypervisor logs to",
        "all VMs: share caches, buses and memory bandwidth",
    };
    struct builder builder;
    struct report report;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    builder_init(&builder);
    builder.regions[REGION_SERIAL0].flags = PLAN_REGION_DMA;
    builder.head.console = (struct plan_console){.pa = SERIAL0_PA, .busy_mask = 1, .present = 1};
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        builder_map_el2(&builder, cpu, EL2_CONSOLE, SERIAL0_PA, 0x1000,
                        PLAN_MEMORY_READ | PLAN_MEMORY_WRITE | PLAN_MEMORY_DEVICE);
    }
    builder_build(&builder);
    builder_emit(&builder);
    examine(&builder, &report, out);
    fclose(out);
    assert_int_equal(report_open_count(&report), 0);
    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
        if (strstr(text, said[i]) == NULL) {
            fail_msg("not said: %s", said[i]);
        }
    }
    free(text);
    builder_free(&builder);
}

/* With a GICv2 SGIs and GICC_DIR go by pages that no VM has. */
static void test_what_a_gicv2_leaves_is_said(void **state)
{
    (void)state;
    struct builder builder;
    struct report report;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    builder_init(&builder);
    builder_gicv2(&builder);
    builder_build(&builder);
    builder_emit(&builder);
    examine(&builder, &report, out);
    fclose(out);
    assert_int_equal(report_open_count(&report), 0);
    assert_non_null(strstr(
        text,
        "vm control (direct interrupts): can end an interrupt that is active for another VM"));
    assert_null(strstr(text, "can raise SGIs"));
    free(text);
    builder_free(&builder);
}

/* Every property of an image alone can fail, and there is one here that shows it. The others:
 * test_check_against.py. */
static void test_every_property_is_shown_to_fail(void **state)
{
    const struct damages *const *all = *state;
    for (unsigned property = 0; property < PROPERTY_ENGINE_PLACES; property++) {
        bool shown = false;
        for (unsigned i = 0; all[i] != NULL; i++) {
            for (size_t j = 0; j < all[i]->count; j++) {
                shown = shown || strstr(all[i]->items[j].failed, property_id(property)) != NULL;
            }
        }
        if (!shown) {
            fail_msg("no damage makes %s fail", property_id(property));
        }
    }
}

int main(void)
{
    static const struct damages *const all[] = {
        &damages_image,
        &damages_plan,
        &damages_limits,
        &damages_memory,
        &damages_hypervisor,
        &damages_machine,
        &damages_cpus,
        &damages_together,
        &damages_numbers,
        &damages_firmware,
        &damages_trees,
        &damages_gicv2,
        NULL,
    };
    static struct CMUnitTest tests[TESTS_MAX];
    size_t count = 0;
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_a_sound_image_passes);
    tests[count++] =
        (struct CMUnitTest)cmocka_unit_test(test_a_sound_image_with_a_shared_cpu_passes);
    tests[count++] =
        (struct CMUnitTest)cmocka_unit_test(test_a_sound_image_of_vms_that_live_together_passes);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_a_sound_image_for_a_gicv2_passes);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_what_a_gicv2_leaves_is_said);
    tests[count++] =
        (struct CMUnitTest)cmocka_unit_test(test_a_sound_image_with_calls_of_the_firmware_passes);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_what_the_firmware_is_asked_is_shown);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_what_vms_share_is_shown);
    tests[count++] =
        (struct CMUnitTest)cmocka_unit_test(test_what_follows_the_hypervisors_own_fault_is_shown);
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(test_what_vms_can_still_do_is_said);
    tests[count++] =
        (struct CMUnitTest)cmocka_unit_test(test_what_vms_of_a_shared_cpu_can_rely_on_is_shown);
    tests[count++] =
        (struct CMUnitTest)cmocka_unit_test(test_whether_speculation_is_mitigated_is_shown);
    for (unsigned i = 0; all[i] != NULL; i++) {
        for (size_t j = 0; j < all[i]->count && count < TESTS_MAX - MUTATION_TESTS_MAX; j++) {
            const struct damage *damage = &all[i]->items[j];
            tests[count++] =
                (struct CMUnitTest){.name = damage->name,
                                    .test_func = test_damage_is_refused_by_its_property,
                                    .initial_state = (void *)(uintptr_t)damage};
        }
    }
    tests[count++] = (struct CMUnitTest){.name = "test_every_property_is_shown_to_fail",
                                         .test_func = test_every_property_is_shown_to_fail,
                                         .initial_state = (void *)(uintptr_t)all};
    count += mutation_tests(&tests[count]);
    return _cmocka_run_group_tests("check", tests, count, NULL, NULL);
}
