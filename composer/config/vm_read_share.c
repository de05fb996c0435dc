/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what a VM asks of shared cores: its guarantee, its rank, and how many interrupts it may
 * have. */
#include "core_read.h"
#include "memory.h"
#include "vm_read.h"
#include "yaml_value.h"

/* A vCPU whose user does not say: its timer and one more in each period; or Linux with HZ=250
 * and a device. */
#define INTERRUPTS_USUAL     2U
#define INTERRUPTS_PERIOD_NS 1000000U /* without a period of its own */

#define PRIORITY_LIMIT   255U
#define INTERRUPTS_LIMIT 1000000U

static const struct yaml_key rate_keys[] = {
    YAML_REQUIRED("count"),
    YAML_REQUIRED("per"),
};

/* The place of @key, or one without a line. */
static struct source_location key_location(struct yaml_file *file, yaml_node_t *node,
                                           const char *key)
{
    return yaml_find(file, node, key) != NULL ? yaml_key_location(file, node, key)
                                              : (struct source_location){0};
}

static void read_interrupt_rate(struct yaml_file *file, yaml_node_t *rate, struct vm *vm)
{
    uint64_t count = vm->interrupts;

    if (rate == NULL ||
        !yaml_expect_mapping(file, rate, "interrupt-rate", "{count: 2, per: 1ms}")) {
        return;
    }
    yaml_check_keys(file, rate, rate_keys, COUNT_OF(rate_keys), "interrupt-rate");
    yaml_read_number(file, yaml_find(file, rate, "count"), "count", INTERRUPTS_LIMIT, &count);
    yaml_read_time(file, yaml_find(file, rate, "per"), "per", CORE_TIME_MIN_NS,
                   &vm->interrupt_period_ns);
    vm->interrupts = (uint32_t)count;
}

void vm_read_share(struct yaml_file *file, yaml_node_t *node, struct vm *vm,
                   struct vm_source *source)
{
    uint64_t priority = 0;

    source->delivery = key_location(file, node, "interrupts");
    source->affinity = key_location(file, node, "affinity");
    source->period = key_location(file, node, "period");
    source->budget = key_location(file, node, "budget");
    source->priority = key_location(file, node, "priority");
    source->interrupt_rate = key_location(file, node, "interrupt-rate");
    yaml_read_time(file, yaml_find(file, node, "period"), "period", CORE_TIME_MIN_NS,
                   &vm->period_ns);
    yaml_read_time(file, yaml_find(file, node, "budget"), "budget", CORE_TIME_MIN_NS,
                   &vm->budget_ns);
    yaml_read_number(file, yaml_find(file, node, "priority"), "priority", PRIORITY_LIMIT,
                     &priority);
    vm->priority = (uint32_t)priority;

    vm->interrupts = INTERRUPTS_USUAL;
    vm->interrupt_period_ns = vm->period_ns != 0 ? vm->period_ns : INTERRUPTS_PERIOD_NS;
    read_interrupt_rate(file, yaml_find(file, node, "interrupt-rate"), vm);
}
