/* SPDX-License-Identifier: Apache-2.0 */
/* Damage to the plan by itself. */
#include "corrupt.h"

#include <string.h>

static void no_plan_there(struct builder *builder)
{
    builder->segments[0].size = TEXT_SIZE;
    builder->segments[0].file_size = TEXT_SIZE;
}

static void other_magic(struct builder *builder)
{
    builder_plan(builder)->magic++;
}

static void other_version(struct builder *builder)
{
    builder_plan(builder)->version++;
}

static void other_head_size(struct builder *builder)
{
    builder_plan(builder)->head_size += 8;
}

static void huge(struct builder *builder)
{
    builder_plan(builder)->total_size = 0xfffffffffffffff8;
}

static void checksum_of_head(struct builder *builder)
{
    builder_put_checksums(builder);
    builder->keep_checksums = true;
    builder_plan(builder)->conduit = PLAN_CONDUIT_HVC;
}

static void checksum_of_body(struct builder *builder)
{
    builder_put_checksums(builder);
    builder->keep_checksums = true;
    builder_plan_vm(builder, LINUX)->fault_action = PLAN_FAULT_STOP;
}

static void vms_outside(struct builder *builder)
{
    builder_plan(builder)->vms.count = 0xffffffff;
}

static void memory_outside(struct builder *builder)
{
    builder_plan_vm(builder, LINUX)->memory.offset = 0xfffffff8;
}

static void arrays_overlap(struct builder *builder)
{
    builder_plan_vm(builder, LINUX)->restore.offset =
        builder_plan_vm(builder, LINUX)->memory.offset;
}

static void no_cpus(struct builder *builder)
{
    builder_plan(builder)->cpu_count = 0;
}

static void name_without_end(struct builder *builder)
{
    memset(builder->vms[LINUX].name, 'x', PLAN_NAME_SIZE);
}

static void name_that_moves_the_cursor(struct builder *builder)
{
    builder->vms[LINUX].name[2] = 0x1b;
}

static void two_vms_of_one_name(struct builder *builder)
{
    memcpy(builder->vms[LINUX].name, builder->vms[CONTROL].name, PLAN_NAME_SIZE);
}

static void vcpu_of_no_vm(struct builder *builder)
{
    builder->vcpus[1].vm = 7;
}

static void vcpu_on_no_cpu(struct builder *builder)
{
    builder->vcpus[1].cpu = 3;
}

static void vms_vcpus_outside(struct builder *builder)
{
    builder->vms[CONTROL].vcpu_count = 2;
}

static void region_of_no_vm(struct builder *builder)
{
    builder->regions[REGION_RTC].owner = 2;
}

static void memory_of_no_region(struct builder *builder)
{
    builder->ranges[LINUX][2].region = 6;
}

static void memory_not_a_page(struct builder *builder)
{
    builder->ranges[LINUX][1].size -= 64;
}

static void memory_wraps(struct builder *builder)
{
    builder->ranges[LINUX][1].size = 0xfffffffffffff000;
}

static void restore_not_a_line(struct builder *builder)
{
    builder->restores[LINUX][1].size += 32;
}

static void regions_not_sorted(struct builder *builder)
{
    builder->regions[REGION_RTC].pa = 0x1000;
}

static void spi_to_no_cpu(struct builder *builder)
{
    builder->head.gic.spi_cpu[77] = 3;
}

static void unused_cpu(struct builder *builder)
{
    builder->head.cpus[5].mpidr = 5;
}

static void rest_of_name(struct builder *builder)
{
    builder->regions[REGION_RTC].name[20] = 'x';
}

static void console_that_is_none(struct builder *builder)
{
    builder->head.console.busy_mask = 8;
}

static void bytes_between_arrays(struct builder *builder)
{
    memset((uint8_t *)builder_plan(builder) + builder->plan_used, 0x55, 8);
    builder_plan(builder)->total_size += 8;
}

static const struct damage damages[] = {
    DESCRIBED("plan: not loaded", no_plan_there, "plan.head", "no plan is loaded"),
    IN_MEMORY("plan: magic", other_magic, "plan.head", "magic"),
    IN_MEMORY("plan: version", other_version, "plan.head", "known here is version"),
    IN_MEMORY("plan: size of head", other_head_size, "plan.head", "head_size"),
    IN_MEMORY("plan: too large", huge, "plan.head", "total_size"),
    IN_MEMORY("plan: checksum of the head", checksum_of_head, "plan.checksum", "the head's"),
    IN_MEMORY("plan: checksum of the body", checksum_of_body, "plan.checksum", "the body's"),
    IN_MEMORY("plan: VMs outside", vms_outside, "plan.arrays", "vms"),
    IN_MEMORY("plan: memory of a VM outside", memory_outside, "plan.arrays", "a VM's memory"),
    IN_MEMORY("plan: arrays overlap", arrays_overlap, "plan.arrays plan.fields plan.unused",
              "overlap"),
    IN_MEMORY("plan: no CPUs", no_cpus, "plan.fields", "cpu_count"),
    DESCRIBED("plan: name without an end", name_without_end, "plan.fields", "vm 0: name"),
    DESCRIBED("plan: name with a control character", name_that_moves_the_cursor, "plan.fields",
              "vm 0: name"),
    DESCRIBED("plan: two VMs of one name", two_vms_of_one_name, "plan.fields", "vm 1: name"),
    DESCRIBED("plan: vCPU of no VM", vcpu_of_no_vm, "plan.fields", "vcpu 1: vm is 0x7"),
    DESCRIBED("plan: vCPU on no CPU", vcpu_on_no_cpu, "plan.fields", "vcpu 1: cpu is 0x3"),
    DESCRIBED("plan: VM with vCPUs that don't exist", vms_vcpus_outside, "plan.fields",
              "vcpu_count"),
    DESCRIBED("plan: region of no VM", region_of_no_vm, "plan.fields", "region 3: owner"),
    DESCRIBED("plan: memory of no region", memory_of_no_region, "plan.fields", "memory 2: region"),
    DESCRIBED("plan: memory in parts of pages", memory_not_a_page, "plan.fields", "memory 1: ipa"),
    DESCRIBED("plan: memory wraps around", memory_wraps, "plan.fields", "memory 1: ipa"),
    DESCRIBED("plan: restore in parts of lines", restore_not_a_line, "plan.fields",
              "restore 1: target_pa"),
    DESCRIBED("plan: regions not sorted", regions_not_sorted, "plan.fields", "not sorted"),
    DESCRIBED("plan: interrupt to no CPU", spi_to_no_cpu, "plan.fields", "spi_cpu"),
    DESCRIBED("plan: unused CPU not zero", unused_cpu, "plan.unused", "cpu 5"),
    DESCRIBED("plan: bytes behind a name", rest_of_name, "plan.unused", "name of region 3"),
    DESCRIBED("plan: a console that is none", console_that_is_none, "plan.unused", "console"),
    IN_MEMORY("plan: bytes in no array", bytes_between_arrays, "plan.unused",
              "its last array ends"),
};
const struct damages damages_plan = DAMAGES(damages);
