/* SPDX-License-Identifier: Apache-2.0 */
/* Every policy against the reference, and what `until` promises. */
#include "sched_test.h"

#include <string.h>

#include "random_sets.h"
#include "reference.h"

#define SETS 3000

extern const struct sched_policy sched_strict_order;

static const struct sched_policy *const policies[] = {
    &sched_fixed_priority, &sched_edf, &sched_round_robin, &sched_timetable, &sched_dedicated};
#define POLICIES (sizeof(policies) / sizeof(policies[0]))

struct trace {
    uint8_t actor[512];
};

static void note_trace(struct simulation *simulation, size_t actor, bool on_budget,
                       uint64_t from_ns, uint64_t to_ns)
{
    struct trace *trace = simulation->observer;

    (void)on_budget;
    for (uint64_t t = from_ns; t < to_ns; t++) {
        trace->actor[t] = actor == NOBODY ? TRACE_NOBODY : (uint8_t)actor;
    }
}

static void simulate_traced(struct simulation *simulation, struct trace *trace)
{
    memset(trace, 0, sizeof(*trace));
    simulation->ran = note_trace;
    simulation->observer = trace;
    simulate(simulation);
}

static void explain(const struct simulation *simulation, const struct trace *got,
                    const struct trace *wanted, size_t set)
{
    uint64_t t = 0;

    while (t < simulation->horizon_ns && got->actor[t] == wanted->actor[t]) {
        t++;
    }
    if (t == simulation->horizon_ns) {
        return;
    }
    for (size_t i = 0; i < simulation->actor_count; i++) {
        const struct actor *actor = &simulation->actors[i];

        print_error("entity %zu: period %lu budget %lu priority %u, first job at %lu for %lu\n", i,
                    actor->parameters.period_ns, actor->parameters.budget_ns,
                    actor->parameters.priority, actor->jobs[0].arrival_ns,
                    actor->jobs[0].demand_ns);
    }
    fail_msg("%s, set %zu: at %lu %u runs instead of %u (slice %lu)",
             policy_name(simulation->policy), set, t, got->actor[t], wanted->actor[t],
             simulation->slice_ns);
}

static void test_each_policy_does_what_the_reference_says(void **state)
{
    static struct simulation simulation;
    struct trace got, wanted;
    uint64_t random = 0x5eed;

    (void)state;
    for (size_t set = 0; set < SETS * POLICIES; set++) {
        random_small_core(&simulation, policies[set % POLICIES], &random);
        simulate_traced(&simulation, &got);
        reference_run(&simulation, wanted.actor);
        explain(&simulation, &got, &wanted, set);
    }
}

static void test_calling_more_often_changes_nothing(void **state)
{
    static struct simulation simulation;
    struct trace got, wanted;
    uint64_t random = 0xabcd;

    (void)state;
    for (size_t set = 0; set < SETS * POLICIES; set++) {
        random_small_core(&simulation, policies[set % POLICIES], &random);
        simulate_traced(&simulation, &wanted);
        simulation.extra_calls_ns = random_between(&random, 1, 10);
        simulate_traced(&simulation, &got);
        explain(&simulation, &got, &wanted, set);
    }
}

/* A timetable may be called at a slot's boundary that changes nothing; round robin and dedicated
 * never, and the others hardly ever (a refill may come with an event that makes it unimportant). */
static void test_no_decision_is_due_without_need(void **state)
{
    static struct simulation simulation;
    uint64_t random = 0x7777;
    uint64_t decisions[POLICIES] = {0};
    uint64_t needless[POLICIES] = {0};

    (void)state;
    for (size_t set = 0; set < SETS * POLICIES; set++) {
        const struct sched_policy *policy = policies[set % POLICIES];

        if (policy == &sched_timetable) {
            continue;
        }
        random_small_core(&simulation, policy, &random);
        simulate(&simulation);
        decisions[set % POLICIES] += simulation.decisions;
        needless[set % POLICIES] += simulation.needless;
    }
    for (size_t p = 0; p < POLICIES; p++) {
        assert_true(needless[p] * 50 <= decisions[p]);
    }
    assert_int_equal(needless[2], 0);
    assert_int_equal(needless[4], 0);
}

/* An idle core has no tick, nor has one with a single entity that is ready, whatever its budget. */
static void test_a_core_with_at_most_one_ready_entity_has_no_tick(void **state)
{
    static struct simulation simulation;

    (void)state;
    for (size_t p = 0; p < POLICIES; p++) {
        memset(&simulation, 0, sizeof(simulation));
        simulation.policy = policies[p];
        simulation.slice_ns = 10;
        simulation.frame_ns = 100;
        simulation.horizon_ns = 100000;
        simulation.actor_count = 1;
        simulation.actors[0].parameters =
            (struct sched_parameters){.period_ns = 100, .budget_ns = 30};
        actor_always(&simulation.actors[0], 1000);
        simulate(&simulation);
        assert_int_equal(simulation.decisions, 2); /* at the start, and at its arrival */
        assert_true(simulation.decision.entity == &simulation.entities[0]);
        assert_true(simulation.decision.until_ns == SCHED_NEVER);
    }
}

/* The timetable, second by second: the owners in their slots only, also if they want more and if
 * calls are late. */
static void test_the_timetable_is_exact(void **state)
{
    static struct simulation simulation;
    struct trace got;
    uint64_t random = 0x1234;

    (void)state;
    for (size_t set = 0; set < SETS; set++) {
        random_small_core(&simulation, &sched_timetable, &random);
        for (size_t i = 0; i < simulation.actor_count; i++) {
            simulation.actors[i].job_count = 0;
            actor_always(&simulation.actors[i], 0);
        }
        simulate_traced(&simulation, &got);
        for (uint64_t t = 0; t < simulation.horizon_ns; t++) {
            uint64_t phase = t % simulation.frame_ns;
            size_t owner = NOBODY;

            for (size_t s = 0; s < simulation.slot_count; s++) {
                if (phase >= simulation.slots[s].start_ns &&
                    phase - simulation.slots[s].start_ns < simulation.slots[s].length_ns) {
                    owner = simulation.slots[s].entity;
                }
            }
            if (owner != NOBODY) {
                assert_int_equal(got.actor[t], owner);
            } else if (got.actor[t] != TRACE_NOBODY) {
                assert_false(simulation.entities[got.actor[t]].owns_slot);
            }
        }
    }
}

/* docs/scheduling.md, "A policy of your own": one file, nothing else. */
static void test_a_policy_of_the_users_own_runs(void **state)
{
    static struct simulation simulation;
    struct trace got;

    (void)state;
    memset(&simulation, 0, sizeof(simulation));
    simulation.policy = &sched_strict_order;
    simulation.horizon_ns = 100;
    simulation.actor_count = 2;
    actor_add_job(&simulation.actors[0], 20, 30, false);
    actor_always(&simulation.actors[1], 10);
    simulate_traced(&simulation, &got);
    for (uint64_t t = 0; t < 100; t++) {
        assert_int_equal(got.actor[t], t < 10 ? TRACE_NOBODY : t >= 20 && t < 50 ? 0 : 1);
    }
}

int test_policies(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_policy_does_what_the_reference_says),
        cmocka_unit_test(test_calling_more_often_changes_nothing),
        cmocka_unit_test(test_no_decision_is_due_without_need),
        cmocka_unit_test(test_a_core_with_at_most_one_ready_entity_has_no_tick),
        cmocka_unit_test(test_the_timetable_is_exact),
        cmocka_unit_test(test_a_policy_of_the_users_own_runs),
    };

    return cmocka_run_group_tests_name("policies", tests, NULL, NULL);
}
