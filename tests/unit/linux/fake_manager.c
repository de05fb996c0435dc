/* SPDX-License-Identifier: Apache-2.0 */
/* A manager's device, with a plan that was built here, and a hypervisor that does what it is
 * told. */
#include <string.h>

#include "linux_test.h"

#define MANAGER_IPA  0x50000000U /* the ranges, as the manager sees them */
#define STORE_IPA    0x58000000U
#define STORE_PA     0x48000000U
#define STATS_OFFSET (PLAN_MAX_VMS * PLAN_PAGE_SIZE)
#define LOG_OFFSET   (STATS_OFFSET + 0x8000U)
#define OBSERVE_SIZE (LOG_OFFSET + 0x10000U)
#define PLAN_SIZE    0x4000U

struct fake_manager fake;

/** The whole plan; the arrays follow the head. */
struct whole_plan {
    struct plan plan;
    struct plan_vm vms[3];
    struct plan_vcpu vcpus[4];
    struct plan_core cores[3];
    struct plan_region regions[2];
    struct plan_memory linux_memory[1], control_memory[1];
    struct plan_restore control_restore[2];
};
static_assert(sizeof(struct whole_plan) <= PLAN_SIZE, "it fits");

static uint64_t checksum(const void *bytes, size_t from, size_t to)
{
    const uint64_t *words = bytes;
    uint64_t sum = PLAN_CHECKSUM_SEED;

    for (size_t i = from / 8; i < to / 8; i++) {
        sum = (sum ^ words[i]) * PLAN_CHECKSUM_PRIME;
    }
    return sum;
}

void fake_plan_seal(void)
{
    fake.plan->body_checksum = checksum(fake.plan, PLAN_HEAD_SIZE, sizeof(struct whole_plan));
    fake.plan->head_checksum =
        checksum(fake.plan, offsetof(struct plan, total_size), PLAN_HEAD_SIZE);
}

#define ARRAY(member)                                                                              \
    {                                                                                              \
        offsetof(struct whole_plan, member),                                                       \
            sizeof((struct whole_plan *)0)->member / sizeof(*((struct whole_plan *)0)->member)     \
    }

static void build_plan(struct whole_plan *whole)
{
    *whole = (struct whole_plan){
        .plan = {.magic = PLAN_MAGIC,
                 .version = PLAN_VERSION,
                 .head_size = PLAN_HEAD_SIZE,
                 .total_size = sizeof(*whole),
                 .cpu_count = 3,
                 .vms = ARRAY(vms),
                 .vcpus = ARRAY(vcpus),
                 .cores = ARRAY(cores),
                 .regions = ARRAY(regions),
                 .board = "tester"},
        .vms = {{.name = "linux",
                 .vcpu_count = 2,
                 .command_ipa = MANAGER_IPA,
                 .memory = ARRAY(linux_memory)},
                {.name = "control",
                 .level = PLAN_LEVEL_HARD,
                 .first_vcpu = 2,
                 .vcpu_count = 1,
                 .entry_ipa = STORE_TARGET + 0x40,
                 .memory = ARRAY(control_memory),
                 .restore = ARRAY(control_restore)},
                {.name = "plc", .level = PLAN_LEVEL_SOFT, .first_vcpu = 3, .vcpu_count = 1}},
        .vcpus = {{.vm = LINUX, .cpu = 0},
                  {.vm = LINUX, .cpu = 1},
                  {.vm = CONTROL, .cpu = 2},
                  {.vm = PLC, .cpu = 1}},
        .cores = {{.number = 0, .policy_name = "dedicated"},
                  {.number = 1, .policy = PLAN_POLICY_EDF, .policy_name = "edf"},
                  {.number = 5, .policy_name = "dedicated"}},
        .regions = {{.name = "ram", .pa = 0x40000000, .size = 0x20000000},
                    {.name = "uart", .pa = 0x9000000, .size = 0x1000}},
        .linux_memory = {{.ipa = STORE_IPA, .pa = STORE_PA, .size = STORE_SIZE}},
        .control_memory = {{.ipa = STORE_TARGET - 0x100000, .pa = 0x4a000000, .size = 0x1000000}},
        .control_restore = {{.target_pa = 0x4a000000, .size = 0x100000},
                            {.target_pa = 0x4a100000, .source_pa = STORE_PA, .size = STORE_SIZE}},
    };
}

/* What the hypervisor does with a command, at once. */
static void carry_out(volatile uint32_t *word, uint32_t command)
{
    /* it is mapped elsewhere, too */
    uint32_t vm = (uint32_t)((uintptr_t)word % PLAN_PAGE_SIZE) / 4;
    struct vm_status *status = fake.status[vm];
    bool off = status->state == VM_STATUS_OFF;

    assert_in_range(vm, 0, 2);
    fake.commands++;
    if (command < MANAGER_START || command > MANAGER_RESTART) {
        fake.page->results[vm] = MANAGER_ERR_COMMAND;
    } else if (status->state >= VM_STATUS_STOPPING || (command == MANAGER_START && !off) ||
               (command == MANAGER_STOP && off)) {
        fake.page->results[vm] = MANAGER_ERR_STATE;
    } else {
        fake.page->results[vm] = MANAGER_OK;
        if (!fake.slow) {
            *status = (struct vm_status){
                .state = command == MANAGER_STOP ? VM_STATUS_OFF : VM_STATUS_RUNNING,
                .generation = status->generation + (command != MANAGER_STOP),
                .reason = VM_REASON_MANAGER,
                .time = fake_now};
        }
    }
}

void fake_log(uint32_t cpu, struct log_record record)
{
    struct log_ring *ring = &fake.rings[cpu];

    record.cpu = (uint16_t)cpu;
    ring->records[ring->written++ % LOG_RING_RECORDS] = record;
}

int fake_manager_setup(void **state)
{
    static const uint8_t stores[] = {0, 0, 0, CONTROL, 0, 0, 0, 0, 0, 0, STORE_SIZE >> 8, 0};
    uint8_t *observe;

    fake_setup(state);
    fake_device(3, "nagaya-manager");
    fake = (struct fake_manager){.page = fake_range(3, 0, MANAGER_IPA, PLAN_PAGE_SIZE)};
    observe = fake_range(3, 1, MANAGER_IPA + 0x100000, OBSERVE_SIZE);
    for (uint32_t vm = 0; vm < 3; vm++) {
        fake.status[vm] = (void *)(observe + vm * (size_t)PLAN_PAGE_SIZE);
        *fake.status[vm] = (struct vm_status){.state = VM_STATUS_RUNNING,
                                              .generation = 1,
                                              .reason = VM_REASON_BOOT,
                                              .time = 99 * FREQUENCY};
    }
    fake.stats = (void *)(observe + STATS_OFFSET);
    fake.rings = (void *)(observe + LOG_OFFSET);
    fake.plan = fake_range(3, 2, MANAGER_IPA + 0x200000, PLAN_SIZE);
    build_plan((struct whole_plan *)fake.plan);
    fake_plan_seal();
    fake.store = fake_range(3, 3, STORE_IPA, STORE_SIZE);
    memset(fake.store, 0x5a, STORE_SIZE);
    fake_cell(3, "nagaya,stats-offset", STATS_OFFSET);
    fake_cell(3, "nagaya,log-offset", LOG_OFFSET);
    fake_property(3, "nagaya,stores", stores, sizeof(stores));
    fake_stored = carry_out;
    return 0;
}
