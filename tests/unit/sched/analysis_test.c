/* SPDX-License-Identifier: Apache-2.0 */
/* The analysis: by hand-made examples, and against the simulator, which must never be worse. */
#include "sched_test.h"

#include <string.h>

#include "analysed_core.h"

#define SETS 3000

/* How near the simulation came to the bounds, in percent: a bound that is never nearly reached
 * is of no use. */
static uint64_t nearest_response, nearest_wake;

static void note_nearest(uint64_t *nearest, uint64_t seen_ns, uint64_t bound_ns)
{
    if (bound_ns != ANALYSIS_UNBOUNDED && seen_ns * 100 / bound_ns > *nearest) {
        *nearest = seen_ns * 100 / bound_ns;
    }
}

static void check_actor(const struct analysed_core *analysed, size_t i, size_t set)
{
    const struct actor *actor = &analysed->simulation.actors[i];
    const struct analysis_verdict *verdict = &analysed->analysis.entities[i];
    bool full = analysed->conducts[i] == CONDUCT_DISCIPLINED;
    uint64_t wake = full ? verdict->wake_ns : verdict->delivery_ns;
    uint64_t response = full ? verdict->response_ns : verdict->sustained_ns;

    /* Who yields may have given up all of its budget. */
    if (analysed->conducts[i] == CONDUCT_RESTLESS && wake != ANALYSIS_UNBOUNDED) {
        wake += analysed->entities[i].budget_ns;
    }

    note_nearest(&nearest_wake, actor->wake_max_ns, wake);
    if (analysed->conducts[i] <= CONDUCT_EAGER) {
        note_nearest(&nearest_response, actor->response_max_ns, response);
    }
    if (actor->wake_max_ns > wake) {
        fail_msg("%s, set %zu: entity %zu woke up after %lu, later than %lu (conduct %d)",
                 policy_name(analysed->simulation.policy), set, i, actor->wake_max_ns, wake,
                 analysed->conducts[i]);
    }
    if (analysed->conducts[i] <= CONDUCT_EAGER && actor->response_max_ns > response) {
        fail_msg("%s, set %zu: entity %zu took %lu, longer than %lu (conduct %d)",
                 policy_name(analysed->simulation.policy), set, i, actor->response_max_ns, response,
                 analysed->conducts[i]);
    }
}

static void check_policy(const struct sched_policy *policy, bool costly, uint64_t random)
{
    static struct analysed_core analysed;
    size_t accepted = 0;

    nearest_response = nearest_wake = 0;
    for (size_t set = 0; accepted < SETS; set++) {
        analysed_core_make(&analysed, policy, costly, &random);
        assert_true(set < 100 * SETS);
        if (!analysed.analysis.holds) {
            continue;
        }
        accepted++;
        analysed_core_load(&analysed, &random);
        simulate(&analysed.simulation);
        for (size_t i = 0; i < analysed.simulation.actor_count; i++) {
            check_actor(&analysed, i, set);
        }
    }
    print_message("%s: %lu %% of the response bound, %lu %% of the wake-up bound reached\n",
                  policy_name(policy), nearest_response, nearest_wake);
}

static void test_fixed_priority_is_never_worse_than_its_analysis(void **state)
{
    (void)state;
    check_policy(&sched_fixed_priority, false, 11);
    check_policy(&sched_fixed_priority, true, 12);
}

static void test_edf_is_never_worse_than_its_analysis(void **state)
{
    (void)state;
    check_policy(&sched_edf, false, 21);
    check_policy(&sched_edf, true, 22);
}

static void test_round_robin_is_never_worse_than_its_analysis(void **state)
{
    (void)state;
    check_policy(&sched_round_robin, false, 31);
    check_policy(&sched_round_robin, true, 32);
}

static void test_the_timetable_is_never_worse_than_its_analysis(void **state)
{
    (void)state;
    check_policy(&sched_timetable, false, 41);
    check_policy(&sched_timetable, true, 42);
}

static struct analysis analyse(struct analysis_core core, const struct analysis_entity *entities,
                               size_t count)
{
    struct analysis analysis;

    core.entities = entities;
    core.entity_count = count;
    core.slice_ns = core.slice_ns != 0 ? core.slice_ns : 2;
    analysis_run(&core, &analysis);
    return analysis;
}

static void test_fixed_priority_by_hand(void **state)
{
    const struct analysis_entity entities[] = {
        {.name = "low", .period_ns = 80, .budget_ns = 20, .priority = 1},
        {.name = "high", .period_ns = 40, .budget_ns = 10, .priority = 2},
        {.name = "rest"},
    };
    struct analysis analysis =
        analyse((struct analysis_core){.policy = PLAN_POLICY_FIXED_PRIORITY}, entities, 3);

    (void)state;
    assert_true(analysis.holds);
    assert_int_equal(analysis.entities[1].response_ns, 10);
    /* 20 of its own, and the other one's 10 at the end of a period and again at the beginning of
     * the next */
    assert_int_equal(analysis.entities[0].response_ns, 40);
    assert_int_equal(analysis.utilisation_ppm, 500000);
    assert_true(analysis.entities[2].holds);
}

/* The back-to-back effect: utilisation 11/12, schedulable if the servers were periodic tasks,
 * but not as they are. */
static void test_back_to_back_budgets_are_seen(void **state)
{
    const struct analysis_entity entities[] = {
        {.name = "high", .period_ns = 6, .budget_ns = 3, .priority = 2},
        {.name = "low", .period_ns = 12, .budget_ns = 5, .priority = 1},
    };
    struct analysis analysis =
        analyse((struct analysis_core){.policy = PLAN_POLICY_FIXED_PRIORITY}, entities, 2);

    (void)state;
    assert_false(analysis.holds);
    assert_int_equal(analysis.entities[1].response_ns, 14);
    assert_string_equal(analysis.reason,
                        "low: it may take 14 ns to get its 5 ns, longer than its period of 12 ns");
}

static void test_edf_by_hand(void **state)
{
    const struct analysis_entity thirds[] = {
        {.name = "a", .period_ns = 3000, .budget_ns = 1000},
        {.name = "b", .period_ns = 6000, .budget_ns = 2000},
        {.name = "c", .period_ns = 9000, .budget_ns = 3000},
    };
    const struct analysis_entity more[] = {
        {.name = "a", .period_ns = 3000, .budget_ns = 1000},
        {.name = "b", .period_ns = 6000, .budget_ns = 2000},
        {.name = "c", .period_ns = 9000, .budget_ns = 3001},
    };

    (void)state;
    assert_true(analyse((struct analysis_core){.policy = PLAN_POLICY_EDF}, thirds, 3).holds);
    assert_false(analyse((struct analysis_core){.policy = PLAN_POLICY_EDF}, more, 3).holds);
    assert_false(
        analyse((struct analysis_core){.policy = PLAN_POLICY_EDF, .late_ns = 1}, thirds, 3).holds);
    assert_true(
        analyse((struct analysis_core){.policy = PLAN_POLICY_EDF, .late_ns = 200}, thirds, 1)
            .holds);
}

/* One message for the core: where the demand is too large, who makes it, and a budget or period
 * that is just enough. */
static void test_a_core_refused_under_edf_hears_where_and_what_would_do(void **state)
{
    struct analysis_entity entities[] = {
        {.name = "short", .period_ns = 5000000, .budget_ns = 2000000},
        {.name = "long", .period_ns = 10000000, .budget_ns = 5995000},
        {.name = "rest"},
    };
    const struct analysis_core core = {.policy = PLAN_POLICY_EDF, .late_ns = 2000};
    struct analysis analysis = analyse(core, entities, 3);

    (void)state;
    assert_false(analysis.holds);
    assert_int_equal(analysis.culprit, 1);
    assert_string_equal(analysis.entities[1].reason,
                        "the demand-bound test fails: within 10 ms, 10.003 ms are asked for (short "
                        "2 x 2 ms, long 1 x "
                        "5.995 ms, with an exit of 2 us before and in each); utilisation 100.01 %; "
                        "with a budget of at "
                        "most 5.99 ms or a period of at least 10.01 ms it would pass");
    assert_string_equal(analysis.entities[0].reason, "more is asked for than there is: see long");
    assert_string_equal(analysis.entities[2].reason, "no guarantee: it may never run");
    assert_memory_equal(analysis.reason, "long: the demand-bound test", 27);
    entities[1].budget_ns = 5990000;
    assert_true(analyse(core, entities, 3).holds);
    entities[1].budget_ns = 6000000;
    entities[1].period_ns = 10010000;
    assert_false(analyse(core, entities, 3).holds);
    entities[1].budget_ns = 5995000;
    assert_true(analyse(core, entities, 3).holds);
}

/* A period of the budget's own length, shorter than the wait for an exit: its deadline is met,
 * but nothing is left. */
static void test_edf_names_the_overhead_not_a_response(void **state)
{
    const struct analysis_entity entities[] = {{.name = "a",
                                                .period_ns = 1000000,
                                                .budget_ns = 900000,
                                                .interrupts = 600,
                                                .interrupt_period_ns = 1000000}};
    struct analysis analysis =
        analyse((struct analysis_core){.policy = PLAN_POLICY_EDF, .late_ns = 1000}, entities, 1);

    (void)state;
    assert_true(analysis.entities[0].response_ns > entities[0].period_ns);
    assert_string_equal(analysis.entities[0].reason,
                        "switches and interrupts (interrupt-rate, doorbell-interval) may take "
                        "1.202 ms in 1.001 ms: all "
                        "of its budget of 900 us");
}

/* The longer of its two turns would be lost to the switch to it. */
static void test_round_robin_counts_the_switches_between_its_turns(void **state)
{
    const struct analysis_entity entities[] = {{.name = "a", .period_ns = 1000, .budget_ns = 40},
                                               {.name = "b"}};
    struct analysis_core core = {
        .policy = PLAN_POLICY_ROUND_ROBIN, .slice_ns = 10, .switch_ns = 10};

    (void)state;
    assert_int_equal(analyse(core, entities, 2).entities[0].usable_ns, 0);
    assert_false(analyse(core, entities, 2).holds);
}

static void test_round_robin_by_hand(void **state)
{
    const struct analysis_entity entities[] = {
        {.name = "a", .period_ns = 12, .budget_ns = 4}, {.name = "b"}, {.name = "c"}};
    const struct analysis_entity hasty[] = {
        {.name = "a", .period_ns = 11, .budget_ns = 4}, {.name = "b"}, {.name = "c"}};
    struct analysis_core core = {.policy = PLAN_POLICY_ROUND_ROBIN, .slice_ns = 2};

    (void)state;
    assert_true(analyse(core, entities, 3).holds);
    assert_int_equal(analyse(core, entities, 3).entities[0].response_ns, 12);
    assert_int_equal(analyse(core, entities, 3).entities[1].wake_ns, 5);
    assert_false(analyse(core, hasty, 3).holds);
}

static void test_the_timetable_by_hand(void **state)
{
    const struct plan_slot slots[] = {{.start_ns = 0, .length_ns = 2, .vcpu = 0},
                                      {.start_ns = 5, .length_ns = 2, .vcpu = 0}};
    const struct plan_slot overlapping[] = {{.start_ns = 0, .length_ns = 6, .vcpu = 0},
                                            {.start_ns = 5, .length_ns = 2, .vcpu = 0}};
    const struct analysis_entity entities[] = {{.name = "a", .period_ns = 9, .budget_ns = 3},
                                               {.name = "b"}};
    const struct analysis_entity homeless[] = {{.name = "a"},
                                               {.name = "b", .period_ns = 10, .budget_ns = 1}};
    struct analysis_core core = {
        .policy = PLAN_POLICY_TIMETABLE, .frame_ns = 10, .slots = slots, .slot_count = 2};
    struct analysis analysis = analyse(core, entities, 2);

    (void)state;
    assert_true(analysis.holds);
    assert_int_equal(analysis.entities[0].response_ns, 9); /* from 2: [5, 7) and [10, 11) */
    /* from 2 to the end of the first instruction at 5 */
    assert_int_equal(analysis.entities[0].wake_ns, 4);
    /* from 5, the end of a gap, to that at 7 */
    assert_int_equal(analysis.entities[1].wake_ns, 3);
    assert_int_equal(analysis.utilisation_ppm, 400000);
    assert_false(analyse(core, homeless, 2).holds);
    core.slots = overlapping;
    assert_false(analyse(core, entities, 2).holds);
}

static void test_senseless_input_is_refused(void **state)
{
    const struct analysis_entity too_much = {.name = "a", .period_ns = 5, .budget_ns = 6};
    const struct analysis_entity two[] = {{.name = "a"}, {.name = "b"}};
    struct analysis analysis;

    (void)state;
    for (unsigned policy = 0; policy < PLAN_POLICY_COUNT; policy++) {
        analysis =
            analyse((struct analysis_core){.policy = (enum plan_policy)policy, .frame_ns = 10},
                    &too_much, 1);
        assert_false(analysis.holds);
        assert_string_equal(analysis.reason, "a: its budget is longer than its period");
    }
    assert_false(analyse((struct analysis_core){.policy = PLAN_POLICY_DEDICATED}, two, 2).holds);
    assert_false(analyse((struct analysis_core){.policy = PLAN_POLICY_TIMETABLE}, two, 2).holds);
}

/* Without other load the bound is what really happens; with little load it is not far from it. */
static void test_light_sets_are_not_frightened(void **state)
{
    const struct analysis_entity entities[] = {
        {.name = "a", .period_ns = 10000000, .budget_ns = 200000, .priority = 3, .interrupts = 2},
        {.name = "b", .period_ns = 20000000, .budget_ns = 1000000, .priority = 2, .interrupts = 2},
        {.name = "c", .period_ns = 50000000, .budget_ns = 2000000, .priority = 1, .interrupts = 2},
    };
    const struct analysis_core costs = {
        .switch_ns = 600, .interrupt_ns = 200, .late_ns = 2000, .slice_ns = 1000000};

    (void)state;
    for (unsigned policy = PLAN_POLICY_FIXED_PRIORITY; policy <= PLAN_POLICY_EDF; policy++) {
        struct analysis_core core = costs;
        struct analysis analysis;

        core.policy = (enum plan_policy)policy;
        analysis = analyse(core, entities, 1);
        assert_true(analysis.holds);
        assert_true(analysis.entities[0].response_ns <= 600000);
        analysis = analyse(core, entities, 3);
        assert_true(analysis.holds);
        for (size_t i = 0; i < 3; i++) {
            assert_true(analysis.entities[i].response_ns <= 7500000);
            assert_true(analysis.entities[i].usable_ns >= entities[i].budget_ns * 8 / 10);
        }
    }
}

/* A doorbell with an interval is an interrupt in that time; a watchdog, a decision in each of
 * its periods. */
static void test_doorbells_and_watchdogs_are_reckoned_with(void **state)
{
    static const uint64_t intervals[] = {3000000, 3000000}, watchdogs[] = {1000000};
    struct analysis_entity entities[] = {
        {.name = "a",
         .period_ns = 10000000,
         .budget_ns = 2000000,
         .interrupts = 2,
         .interrupt_period_ns = 3000000},
        {.name = "b",
         .period_ns = 20000000,
         .budget_ns = 5000000,
         .interrupts = 1,
         .interrupt_period_ns = 1000000},
    };
    struct analysis_core core = {.policy = PLAN_POLICY_EDF,
                                 .switch_ns = 600,
                                 .interrupt_ns = 200,
                                 .late_ns = 2000,
                                 .slice_ns = 1000000};
    struct analysis without, with;

    (void)state;
    without = analyse(core, entities, 2);
    entities[0].interrupts = 0;
    entities[0].doorbells_ns = intervals;
    entities[0].doorbell_count = 2;
    with = analyse(core, entities, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(with.entities[i].response_ns, without.entities[i].response_ns);
        assert_int_equal(with.entities[i].usable_ns, without.entities[i].usable_ns);
        assert_int_equal(with.entities[i].wake_ns, without.entities[i].wake_ns);
    }
    core.watchdogs_ns = watchdogs;
    core.watchdog_count = 1;
    without = with;
    with = analyse(core, entities, 2);
    for (size_t i = 0; i < 2; i++) {
        uint64_t occasions = with.entities[i].response_ns / watchdogs[0] + 1;
        assert_int_equal(with.entities[i].usable_ns,
                         without.entities[i].usable_ns - occasions * core.late_ns);
    }
}

int test_analysis(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_priority_by_hand),
        cmocka_unit_test(test_back_to_back_budgets_are_seen),
        cmocka_unit_test(test_edf_by_hand),
        cmocka_unit_test(test_a_core_refused_under_edf_hears_where_and_what_would_do),
        cmocka_unit_test(test_edf_names_the_overhead_not_a_response),
        cmocka_unit_test(test_round_robin_by_hand),
        cmocka_unit_test(test_round_robin_counts_the_switches_between_its_turns),
        cmocka_unit_test(test_the_timetable_by_hand),
        cmocka_unit_test(test_senseless_input_is_refused),
        cmocka_unit_test(test_light_sets_are_not_frightened),
        cmocka_unit_test(test_doorbells_and_watchdogs_are_reckoned_with),
        cmocka_unit_test(test_fixed_priority_is_never_worse_than_its_analysis),
        cmocka_unit_test(test_edf_is_never_worse_than_its_analysis),
        cmocka_unit_test(test_round_robin_is_never_worse_than_its_analysis),
        cmocka_unit_test(test_the_timetable_is_never_worse_than_its_analysis),
    };

    return cmocka_run_group_tests_name("analysis", tests, NULL, NULL);
}
