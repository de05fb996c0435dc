/* SPDX-License-Identifier: Apache-2.0 */
/* The commands for the manager. */
#include <stdio.h>
#include <string.h>

#include "linux_test.h"
#include "nagaya.h"
#include "nagayactl.h"

static void test_list_shows_every_vm(void **state)
{
    (void)state;
    *fake.status[CONTROL] = (struct vm_status){.state = VM_STATUS_OFF,
                                               .generation = 4,
                                               .reason = VM_REASON_WATCHDOG,
                                               .time = 97 * FREQUENCY + FREQUENCY / 2};
    assert_int_equal(RUN("list"), STATUS_DONE);
    assert_string_equal(outcome.out,
                        "VM       LEVEL        CPUS  STATE  RESTARTS  SINCE  BY\n"
                        "linux    best effort  0,1   runs          0  1.0 s  boot\n"
                        "control  hard         5     off           3  2.5 s  watchdog\n"
                        "plc      soft         1     runs          0  1.0 s  boot\n");
}

static void test_list_as_json(void **state)
{
    (void)state;
    assert_int_equal(RUN("list", "--json"), STATUS_DONE);
    assert_says(outcome.out,
                "{\"board\": \"tester\", \"vms\": [{\"name\": \"linux\", \"level\": \"best "
                "effort\", \"cpus\": [0, 1], "
                "\"state\": \"runs\", \"restarts\": 0, \"generation\": 1, \"reason\": \"boot\", "
                "\"ms_in_state\": 1000}, {");
    assert_ptr_equal(strchr(outcome.out, '\n'), outcome.out + strlen(outcome.out) - 1);
}

static void test_top_counts_exits_by_class(void **state)
{
    (void)state;
    fake.stats[0].exits[EXIT_IRQ] = 30;
    fake.stats[0].exits[0x16] = 5;
    fake.stats[0].exits[0x24] = 2;
    fake.stats[0].exits[0x3c] = 1;
    fake.stats[3] = (struct vcpu_stats){.ran_ns = 1500000000, .overruns = 7, .longest = 12300};
    assert_int_equal(RUN("top", "--once"), STATUS_DONE);
    assert_says(
        outcome.out,
        "VM       CPU  STATE     TIME  EXITS  WORST us  OVERRUNS  VCPU  IRQ  CALL  ABORT  OTHER\n"
        "linux      0  runs       own     38       0.0         0     0   30     5      2      1\n");
    assert_says(
        outcome.out,
        "plc        1  runs   1.500 s      0      12.3         7     0    0     0      0      0\n");
    assert_int_equal(RUN("top", "--once", "--json"), STATUS_DONE);
    assert_says(outcome.out, "\"exits\": {\"HVC\": 5, \"data abort\": 2, \"class 0x3c\": 1, "
                             "\"IRQ\": 30}, \"longest_ns\": 0");
    assert_says(
        outcome.out,
        "\"vm\": \"plc\", \"vcpu\": 0, \"cpu\": 1, \"policy\": \"edf\", \"state\": \"runs\", "
        "\"ran_ns\": 1500000000, \"exits\": {}, \"longest_ns\": 12300, \"overruns\": 7");
}

static void test_top_leaves_out_what_nobody_has(void **state)
{
    (void)state;
    assert_int_equal(RUN("top", "--once"), STATUS_DONE);
    assert_says(outcome.out, "\nVM       CPU  STATE     TIME  EXITS  WORST us  OVERRUNS  VCPU\n");
}

static void test_log_is_in_words_and_in_order(void **state)
{
    (void)state;
    fake_log(1, (struct log_record){.time = 2 * FREQUENCY, .event = LOG_VM_STARTED, .vm = PLC});
    fake_log(0, (struct log_record){.time = FREQUENCY, .event = LOG_VM_STARTED, .vm = LINUX});
    fake_log(0, (struct log_record){.time = 3 * FREQUENCY + 250000000,
                                    .event = LOG_VM_REFUSED_WRITE,
                                    .vm = CONTROL,
                                    .arguments = {0x9000018, 0x52600040}});
    assert_int_equal(RUN("log"), STATUS_DONE);
    assert_string_equal(
        outcome.out,
        "[    1.000000] vm linux: started\n"
        "[    2.000000] vm plc: started\n"
        "[    3.250000] vm control: write to 0x09000018 (uart) at pc 0x52600040: not granted\n");
    assert_int_equal(RUN("log", "-n", "2", "--json"), STATUS_DONE);
    assert_says(outcome.out, "{\"time_ns\": 2000000000, \"cpu\": 1, \"event\": 5, \"vm\": \"plc\", "
                             "\"text\": \"vm plc: started\"}\n");
    assert_null(strstr(outcome.out, "linux"));
    assert_says(outcome.out, "vm control: write to");
}

static void test_log_numbers_cpus_as_the_board_does(void **state)
{
    (void)state;
    fake_log(2, (struct log_record){.event = LOG_CPU_READY, .vm = UINT16_MAX, .arguments = {2}});
    assert_int_equal(RUN("log", "--once"), STATUS_DONE);
    assert_string_equal(outcome.out, "[    0.000000] cpu 5: ready\n");
    assert_int_equal(RUN("log", "--once", "--json"), STATUS_DONE);
    assert_string_equal(outcome.out,
                        "{\"time_ns\": 0, \"cpu\": 5, \"event\": 0, \"text\": \"cpu 5: ready\"}\n");
}

static void test_log_tells_what_it_missed(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < LOG_RING_RECORDS + 3; i++) {
        fake_log(2, (struct log_record){.time = i, .event = LOG_VM_OFF, .vm = CONTROL});
    }
    assert_int_equal(RUN("log", "--once"), STATUS_DONE);
    assert_says(outcome.out, "(3 lines were overwritten unread)\n[    0.000000] vm control: off\n");
    fake.rings[2].written = LOG_RING_RECORDS + 1;
    assert_int_equal(RUN("log", "--once"), STATUS_DONE);
    assert_says(outcome.out, "(1 line was overwritten unread)\n");
}

static void test_stop_start_and_restart(void **state)
{
    (void)state;
    assert_int_equal(RUN("stop", "control"), STATUS_DONE);
    assert_string_equal(outcome.out, "control: off\n");
    assert_int_equal(fake.status[CONTROL]->state, VM_STATUS_OFF);
    assert_int_equal(RUN("start", "control"), STATUS_DONE);
    assert_string_equal(outcome.out, "control: runs\n");
    assert_int_equal(RUN("restart", "--json", "control"), STATUS_DONE);
    assert_string_equal(outcome.out,
                        "{\"name\": \"control\", \"state\": \"runs\", \"generation\": 3}\n");
    assert_int_equal(fake.commands, 3);
    assert_int_equal(fake.status[PLC]->generation, 1);
}

static void test_the_vm_of_the_tool_itself_is_ended_by_force_only(void **state)
{
    (void)state;
    assert_int_equal(RUN("stop", "linux"), STATUS_FAILED);
    assert_string_equal(outcome.err,
                        "nagayactl: stop: linux is this VM itself; --force does it all the same\n");
    assert_int_equal(RUN("restart", "linux"), STATUS_FAILED);
    assert_int_equal(fake.commands, 0);
    assert_int_equal(RUN("restart", "--force", "linux"), STATUS_DONE);
    assert_int_equal(RUN("stop", "-F", "linux"), STATUS_DONE);
    assert_string_equal(outcome.out, "linux: off\n");
    assert_int_equal(fake.commands, 2);
}

static void test_a_refused_command_says_why(void **state)
{
    (void)state;
    assert_int_equal(RUN("start", "control"), STATUS_FAILED);
    assert_string_equal(outcome.err, "nagayactl: start: control can't be started: it is running\n");
    assert_int_equal(RUN("stop", "contrl"), STATUS_FAILED);
    assert_string_equal(outcome.err,
                        "nagayactl: stop: there is no VM contrl; there are linux, control, plc\n");
    assert_int_equal(fake.commands, 1);
}

/* As a VM does that is stopped and can't be woken. */
static void end_slowly(volatile uint32_t *word, uint32_t command)
{
    uint32_t vm = (uint32_t)((uintptr_t)word % PLAN_PAGE_SIZE) / 4;

    (void)command;
    fake.page->results[vm] = MANAGER_OK;
    fake.status[vm]->state = VM_STATUS_STOPPING;
}

static void test_a_command_that_is_not_done_in_time_fails(void **state)
{
    (void)state;
    fake.slow = true;
    assert_int_equal(RUN("stop", "control", "-t", "0.01"), STATUS_FAILED);
    assert_says(outcome.err, "control was told to stop, but has not done so after 10 ms");
    assert_int_equal(RUN("stop", "--no-wait", "control"), STATUS_DONE);
}

static void test_a_lost_vm_takes_no_command(void **state)
{
    (void)state;
    fake.status[CONTROL]->state = VM_STATUS_LOST;
    fake.status[CONTROL]->reason = VM_REASON_ENGINE;
    assert_int_equal(RUN("restart", "control"), STATUS_FAILED);
    assert_string_equal(
        outcome.err,
        "nagayactl: restart: control can't be restarted: it is lost, for one of its CPUs has "
        "stopped by a fault of the hypervisor (nagayactl faults): nothing but a reset of "
        "the machine starts it again\n");
    assert_int_equal(RUN("load", "control", "/nowhere"), STATUS_FAILED);
    assert_says(outcome.err, "control is lost");
    assert_int_equal(RUN("list"), STATUS_DONE);
    assert_says(outcome.out,
                "control  hard         5     lost          0  1.0 s  hypervisor fault\n");
}

static void test_a_vm_that_is_lost_meanwhile_is_not_waited_for(void **state)
{
    (void)state;
    struct nagaya_manager manager;

    assert_true(nagaya_manager_open(&manager, false));
    fake.status[CONTROL]->state = VM_STATUS_LOST;
    assert_false(nagaya_vm_wait(&manager, CONTROL, MANAGER_STOP, *fake.status[CONTROL], 1000000));
    assert_says(nagaya_error(), "control was told to stop, but is lost now");
    nagaya_manager_close(&manager);
}

static void test_a_stop_that_cannot_finish_is_told_in_words(void **state)
{
    (void)state;
    fake.status[CONTROL]->state = VM_STATUS_STOPPING;
    fake.status[CONTROL]->time = fake_now - FREQUENCY / 2;
    assert_int_equal(RUN("stop", "control"), STATUS_FAILED);
    assert_string_equal(outcome.err,
                        "nagayactl: stop: control can't be stopped: it is being stopped\n");
    fake.status[CONTROL]->time = fake_now - 2 * FREQUENCY;
    assert_int_equal(RUN("stop", "control"), STATUS_FAILED);
    assert_says(
        outcome.err,
        "it is being stopped, for more than a second by now: as a rule that is a vCPU with direct "
        "interrupts that sleeps with its interrupts closed");
    fake.slow = true;
    fake.status[CONTROL]->state = VM_STATUS_RUNNING;
    fake_stored = end_slowly;
    assert_int_equal(RUN("stop", "control", "-t", "0.01"), STATUS_FAILED);
    assert_says(outcome.err, "but has not done so after 10 ms; as a rule that is a vCPU");
}

static void fail_cpu(uint32_t cpu)
{
    fake.rings[cpu].fault = (struct engine_fault){.count = 1,
                                                  .time = 2 * FREQUENCY,
                                                  .esr = 0x96000021,
                                                  .elr = 0x7f80001234,
                                                  .vcpu = 3,
                                                  .exit_esr = 0x93c08007,
                                                  .exit_pc = 0x40080000};
}

static void test_faults_are_shown(void **state)
{
    (void)state;
    assert_int_equal(RUN("faults"), STATUS_DONE);
    assert_string_equal(outcome.out, "");
    fail_cpu(2);
    assert_int_equal(RUN("faults"), STATUS_DONE);
    assert_string_equal(
        outcome.out,
        "cpu 5: exception inside the hypervisor after 2.000000 s\n"
        "  esr 0x96000021 elr 0x7f80001234 far 0x00000000 spsr 0x00000000 sp 0x00000000 lr "
        "0x00000000\n"
        "  loaded: vm control, vCPU 0; its last exit that was no short one: esr 0x93c08007 at pc "
        "0x40080000\n");
    fake.rings[2].fault.count = 3;
    fake.rings[2].fault.vcpu = 0;
    assert_int_equal(RUN("faults"), STATUS_DONE);
    assert_says(outcome.out, "  no vCPU was loaded\n  2 more came while it was dealt with\n");
}

static void test_faults_as_json(void **state)
{
    (void)state;
    fail_cpu(2);
    assert_int_equal(RUN("faults", "--json"), STATUS_DONE);
    assert_string_equal(
        outcome.out,
        "{\"cpu\": 5, \"time_ns\": 2000000000, \"count\": 1, \"esr\": 2516582433, \"elr\": "
        "547608334900, \"far\": 0, \"spsr\": 0, \"sp\": 0, \"lr\": 0, \"vm\": \"control\", "
        "\"vcpu\": 0, \"exit_esr\": 2478866439, \"exit_pc\": 1074266112}\n");
}

static void test_the_managers_doorbell_can_be_waited_for(void **state)
{
    (void)state;
    struct nagaya_manager manager;

    assert_true(nagaya_manager_open(&manager, false));
    assert_int_equal(nagaya_manager_wait(&manager, 0), NAGAYA_TIMED_OUT);
    fake_ring(3);
    assert_int_equal(nagaya_manager_wait(&manager, 1000), NAGAYA_RUNG);
    assert_int_equal(nagaya_manager_wait(&manager, 0), NAGAYA_TIMED_OUT);
    nagaya_manager_close(&manager);
}

/* A program for control: at the room's start, its first instruction at the entry. */
static const char *program_file(size_t size)
{
    static char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "%s/program", fake_root());
    file = fopen(path, "w");
    for (size_t i = 0; i < size; i++) {
        fputc('a' + (int)(i % 26), file);
    }
    fclose(file);
    return path;
}

static bool store_is_untouched(void)
{
    for (size_t i = 0; i < STORE_SIZE; i++) {
        if (fake.store[i] != 0x5a) {
            return false;
        }
    }
    return true;
}

static void test_load_fills_the_store_and_starts(void **state)
{
    const char *path = program_file(0x100);

    (void)state;
    fake.status[CONTROL]->state = VM_STATUS_OFF;
    assert_int_equal(RUN("load", "control", path), STATUS_DONE);
    assert_string_equal(outcome.out, "control: runs\n");
    assert_memory_equal(fake.store, "abcdefgh", 8);
    assert_int_equal(fake.store[0x100], 0); /* nothing of the program before stays */
    assert_int_equal(fake.store[STORE_SIZE - 1], 0);
    assert_int_equal(fake.status[CONTROL]->generation, 2);
}

static void test_load_without_start(void **state)
{
    (void)state;
    fake.status[CONTROL]->state = VM_STATUS_OFF;
    assert_int_equal(RUN("load", "--no-start", "control", program_file(0x100)), STATUS_DONE);
    assert_int_equal(fake.commands, 0);
    assert_int_equal(fake.store[0], 'a');
}

static void test_a_refused_load_leaves_the_store_as_it_is(void **state)
{
    (void)state;
    assert_int_equal(RUN("load", "control", program_file(0x100)), STATUS_FAILED);
    assert_says(outcome.err, "control is not off; stop it first (nagayactl stop control)");
    fake.status[CONTROL]->state = VM_STATUS_OFF;
    assert_int_equal(RUN("load", "control", program_file(STORE_SIZE + 1)), STATUS_FAILED);
    assert_says(outcome.err, "has 16385 bytes, but the VM's room is 16384");
    assert_int_equal(RUN("load", "control", program_file(0x40)), STATUS_FAILED);
    assert_says(outcome.err, "before the VM's entry");
    assert_int_equal(RUN("load", "control", "/nonexistent"), STATUS_FAILED);
    assert_says(outcome.err, "/nonexistent can't be read: No such file or directory");
    assert_int_equal(RUN("load", "control", "/"), STATUS_FAILED);
    fake.status[PLC]->state = VM_STATUS_OFF;
    assert_int_equal(RUN("load", "plc", program_file(0x100)), STATUS_FAILED);
    assert_says(outcome.err, "plc has no room for another image");
    assert_int_equal(fake.commands, 0);
    assert_true(store_is_untouched());
}

static void test_a_store_that_the_plan_does_not_have_is_refused(void **state)
{
    static const uint8_t stores[][12] = {
        /* not this VM's */
        {0, 0, 0, PLC, 0, 0, 0, 0, 0, 0, STORE_SIZE >> 8, 0},
        /* no such VM */
        {0, 0, 0, 3, 0, 0, 0, 0, 0, 0, STORE_SIZE >> 8, 0},
        /* it ends beyond the range */
        {0, 0, 0, CONTROL, 0, 0, 0x10, 0, 0, 0, STORE_SIZE >> 8, 0},
        /* too large */
        {0, 0, 0, CONTROL, 0, 0, 0, 0, 0, 0, 2 * STORE_SIZE >> 8, 0},
        {0, 0, 0, CONTROL, 0xff, 0xff, 0xf0, 0, 0, 0, STORE_SIZE >> 8, 0}, /* wraps */
        /* far from all VMs */
        {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, STORE_SIZE >> 8, 0},
    };

    (void)state;
    fake.status[CONTROL]->state = VM_STATUS_OFF;
    for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++) {
        fake_property(3, "nagaya,stores", stores[i], sizeof(stores[i]));
        assert_int_equal(RUN("load", "control", program_file(0x100)), STATUS_FAILED);
        assert_says(outcome.err, "a store that does not fit the plan");
    }
    assert_true(store_is_untouched());
    /* all in order, but for the range */
    fake_property(3, "nagaya,stores", "\0\0\0\1\0\0\0\0\0\0\x40", 12);
    fake_range(3, 3, 0x58000000, STORE_SIZE / 2);
    assert_int_equal(RUN("load", "control", program_file(0x100)), STATUS_FAILED);
    assert_says(outcome.err, "a store that does not fit the plan");
}

static void test_without_the_manager_interface(void **state)
{
    (void)state;
    assert_int_equal(RUN("list"), STATUS_FAILED);
    assert_says(outcome.err,
                "there is no /sys/class/uio: the kernel module nagaya_uio is not loaded");
    fake_device(0, "something-else");
    assert_int_equal(RUN("list"), STATUS_FAILED);
    assert_says(outcome.err, "this VM is not the manager");
}

static void test_a_plan_of_another_version_is_told(void **state)
{
    (void)state;
    fake.plan->version++;
    assert_int_equal(RUN("list"), STATUS_FAILED);
    assert_says(outcome.err, "is of another version than this tool");
    fake.plan->magic++;
    assert_int_equal(RUN("list"), STATUS_FAILED);
    assert_says(outcome.err, "the hypervisor's plan is none");
}

/* Whatever one 32-bit word of the plan says, nothing outside of it is read; with proper checksums,
 * nothing else helps.
 */
static void test_a_damaged_plan_leads_nowhere(void **state)
{
    static const uint32_t values[] = {1, 0x7fffffff, 0xfffffff8, 0xffffffff};
    uint32_t *words = (uint32_t *)fake.plan;

    (void)state;
    fake_log(
        0, (struct log_record){.event = LOG_VM_REFUSED_READ, .vm = PLC, .arguments = {0x9000000}});
    for (size_t word = offsetof(struct plan, total_size) / 4; word < fake.plan->total_size / 4;
         word++) {
        uint32_t kept = words[word];

        if (word >= 4 && word < 10) {
            continue; /* sizes and checksums themselves: below */
        }
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
            words[word] = values[i];
            fake_plan_seal();
            if (RUN("list") == STATUS_DONE) {
                RUN("log", "--once");
            }
            RUN("load", "control", "/dev/null");
        }
        words[word] = kept;
    }
    fake_plan_seal();
    fake.plan->total_size = 0x4008;
    assert_int_equal(RUN("list"), STATUS_FAILED);
    assert_says(outcome.err, "is damaged");
}

static void test_a_name_without_an_end_is_refused(void **state)
{
    struct plan_region *regions = (void *)((uint8_t *)fake.plan + fake.plan->regions.offset);

    (void)state;
    memset(regions[1].name, 'x', sizeof(regions[1].name));
    fake_plan_seal();
    assert_int_equal(RUN("list"), STATUS_FAILED);
    assert_says(outcome.err, "does not fit");
}

static void test_a_flipped_bit_of_the_plan_is_found(void **state)
{
    (void)state;
    fake.plan->vms.count ^= 1;
    assert_int_equal(RUN("list"), STATUS_FAILED);
    assert_says(outcome.err, "the hypervisor's plan is damaged");
}

int manager_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_list_shows_every_vm, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_list_as_json, fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_top_counts_exits_by_class, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_top_leaves_out_what_nobody_has, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_log_is_in_words_and_in_order, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_log_numbers_cpus_as_the_board_does, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_log_tells_what_it_missed, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_stop_start_and_restart, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_the_vm_of_the_tool_itself_is_ended_by_force_only,
                                        fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_refused_command_says_why, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_command_that_is_not_done_in_time_fails,
                                        fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_load_fills_the_store_and_starts, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_load_without_start, fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_refused_load_leaves_the_store_as_it_is,
                                        fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_store_that_the_plan_does_not_have_is_refused,
                                        fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_lost_vm_takes_no_command, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_vm_that_is_lost_meanwhile_is_not_waited_for,
                                        fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_stop_that_cannot_finish_is_told_in_words,
                                        fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_faults_are_shown, fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_faults_as_json, fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_the_managers_doorbell_can_be_waited_for,
                                        fake_manager_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(test_without_the_manager_interface, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_plan_of_another_version_is_told, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_damaged_plan_leads_nowhere, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_name_without_an_end_is_refused, fake_manager_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(test_a_flipped_bit_of_the_plan_is_found, fake_manager_setup,
                                        fake_teardown),
    };

    return cmocka_run_group_tests_name("manager", tests, NULL, NULL);
}
